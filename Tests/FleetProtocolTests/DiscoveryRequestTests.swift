import EdgeModel
import EdgePlan
import EnvoyConfig
import FleetProtocol
import Testing

/// A question of an Envoy is read into one picture of it, or refused with a reason that a person understands.
@Suite("Discovery requests")
struct DiscoveryRequestTests {
    private static func body(
        id: String = "fra1", metadata: String = #""region":"eu""#, version: String = "", names: String = "[]"
    ) -> [UInt8] {
        Array(
            """
            {"node":{"id":"\(id)","metadata":{"signalbox":{"token":"t",\(metadata)}},"extensions":[{"name":"x"}]},
             "version_info":"\(version)","resource_names":\(names)}
            """.utf8)
    }

    private static func refusal(_ type: String, _ body: [UInt8]) -> String? {
        do throws(DiscoveryRequest.Malformed) {
            _ = try DiscoveryRequest(type: type, body: body)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func whatAnEnvoyAsks() throws {
        let request = try DiscoveryRequest(type: "clusters", body: Self.body(version: "v1"))
        #expect(request.node.name == ResourceName(rawValue: "fra1") && request.node.region == "eu")
        #expect(request.kind == .clusters && request.piece == .whole && request.version == "v1")
        #expect(try DiscoveryRequest(type: "clusters", body: Self.body()).version == nil, "an empty version is none")
    }

    @Test func routesAreAskedByNetworkAndShard() throws {
        let whole = EnvoyRenderer.routeConfigurationName(.production)
        let asked = try DiscoveryRequest(type: "routes", body: Self.body(names: #"["\#(whole)"]"#))
        #expect(asked.kind == .productionRoutes && asked.piece == .whole)
        let shard = EnvoyRenderer.routeConfigurationName(.lower, shard: 3)
        let piece = try DiscoveryRequest(type: "routes", body: Self.body(names: #"["\#(shard)"]"#))
        #expect(piece.kind == .routes(.lower) && piece.piece == .shard(3))
    }

    @Test func whatANodeSaysOfItselfIsFitToBeShown() throws {
        let metadata = #""region":"\u001b[31m\#(String(repeating: "x", count: 100))","refresh_delay":0"#
        let request = try DiscoveryRequest(type: "listeners", body: Self.body(metadata: metadata))
        #expect(request.node.region == "?[31m" + String(repeating: "x", count: 58))
        #expect(request.node.refreshDelay == nil, "a delay is 1 to 60,000 ms")
    }

    @Test func whatIsNoQuestionIsRefusedWithAReason() {
        #expect(Self.refusal("clusters", Array("{}".utf8))?.contains("no discovery request") == true)
        #expect(Self.refusal("clusters", Self.body(id: "../x")) == "node.id is no name of a node")
        #expect(Self.refusal("secrets", Self.body())?.contains("only listeners") == true)
        #expect(Self.refusal("routes", Self.body(names: #"["else"]"#))?.contains("names no route") == true)
        let metadata = #""listen":["nowhere"]"#
        #expect(Self.refusal("listeners", Self.body(metadata: metadata))?.contains("not IP:PORT") == true)
        let many = #""listen":[\#(repeatElement(#""127.0.0.1:80""#, count: 257).joined(separator: ","))]"#
        #expect(Self.refusal("listeners", Self.body(metadata: many)) == "more than 256 addresses")
    }

    @Test func aCertificateIsAskedByItsFiles() throws {
        let names = #"["/etc/a.crt:/etc/a.key"]"#
        let request = try SecretRequest(body: Self.body(names: names))
        #expect(request.files.certificate == "/etc/a.crt" && request.files.key == "/etc/a.key")
        for names in ["[]", #"["/a.crt"]"#, #"["../a.crt:/a.key"]"#] {
            #expect(throws: DiscoveryRequest.Malformed.self) { try SecretRequest(body: Self.body(names: names)) }
        }
    }
}
