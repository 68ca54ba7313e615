import EdgeModel
import Foundation
import Testing

@testable import NodeAgent

@Suite struct DiscoveryRequestTests {
    private let body = Array(
        #"""
        {"node":{"id":"fra1","extensions":[{"name":"a","type_urls":["}"]}],"metadata":{"other":[1],"signalbox":{"listen":["127.0.0.1:80"],"token":"","region":"fra"}},"user_agent_name":"envoy"},
        "resource_names":["signalbox.production"],"type_url":"type.googleapis.com/envoy.config.route.v3.RouteConfiguration","version_info":"v1"}
        """#.utf8)

    @Test func readsWhatMatters() throws {
        let request = try #require(DiscoveryRequest(path: "/v3/discovery:routes", body: body))
        #expect(request.version == "v1")
        #expect(request.subscription == .routes("signalbox.production"))
        #expect(request.subscription.resource == .productionRoutes)
    }

    @Test func leavesOutTheExtensionsAndPutsInTheToken() throws {
        let request = try #require(DiscoveryRequest(path: "/v3/discovery:routes", body: body))
        let sent = try object(request.body(token: "t0k3n"))
        var expected = try object(body)
        var node = try #require(expected["node"] as? [String: Any])
        node["extensions"] = nil
        node["metadata"] = [
            "other": [1], "signalbox": ["listen": ["127.0.0.1:80"], "token": "t0k3n", "region": "fra"],
        ]
        expected["node"] = node
        #expect(sent as NSDictionary == expected as NSDictionary)
    }

    @Test(arguments: [
        #"{"type_url":"x"}"#, #"{"node":{},"type_url":"x"}"#, #"{"node":{"id":"a"}}"#,
        #"{"node":{"metadata":{"signalbox":{}}}}"#, #"{"node":{"extensions":[],"id":"a"}}"#, #"{"node":3}"#,
    ])
    func passesOnWhatHasNoPlaceForAToken(text: String) throws {
        let request = try #require(DiscoveryRequest(path: "/v3/discovery:clusters", body: Array(text.utf8)))
        let sent = try object(request.body(token: "t0k3n"))
        var expected = try object(Array(text.utf8))
        if var node = expected["node"] as? [String: Any] {
            node["extensions"] = nil
            expected["node"] = node
        }
        #expect(sent as NSDictionary == expected as NSDictionary)
        #expect(request.version == nil)
        #expect(request.subscription == .clusters)
    }

    @Test(arguments: [#""version_info":"v\"1","#, ""])
    func knowsTheQuestionThatFollowsAnAnswer(known: String) throws {
        func text(_ version: String) -> [UInt8] {
            Array(
                #"{\#(version)"node":{"id":"a","metadata":{"signalbox":{"token":""}},"extensions":[{}]},"resource_names":["x"]}"#
                    .utf8)
        }
        let request = try #require(DiscoveryRequest(path: "/v3/discovery:routes", body: text(known)))
        let next = try #require(request.accepting(#"v"2"#))
        let asked = try #require(DiscoveryRequest(path: "/v3/discovery:routes", body: text(#""version_info":"v\"2","#)))
        #expect(next == asked)
        #expect(next.version == #"v"2"#)
    }

    @Test func otherPathsAndBodiesAreNoQuestions() {
        #expect(DiscoveryRequest(path: "/v1/nodes", body: body) == nil)
        #expect(DiscoveryRequest(path: "/v3/discovery:../x", body: body) == nil)
        #expect(DiscoveryRequest(path: "/v3/discovery:routes", body: [1, 2]) == nil)
    }

    @Test func anAnswerTellsItsVersionAndTheTablesItsListenersFetch() {
        let listeners =
            #"{"version_info":"9","resources":[{"filter_chains":[{"filters":[{"typed_config":{"rds":{"route_config_name":"b"}}},{"typed_config":{"rds":{"route_config_name":"a"}}}]}]},{"rds":{"route_config_name":"a"}}]}"#
        let response = DiscoveryResponse(body: Array(listeners.utf8))
        #expect(response?.version == "9")
        #expect(response?.references.routes == ["a", "b"])
        #expect(DiscoveryResponse(body: Array(#"{"resources":[]}"#.utf8)) == nil)
        #expect(DiscoveryResponse(body: Array(#"{"version_info":""}"#.utf8)) == nil)
        #expect(DiscoveryResponse(body: []) == nil)
    }

    private func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
}
