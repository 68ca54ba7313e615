import EdgeModel
import Foundation
import Logging
import Synchronization
import Testing
import WebTransport

@testable import NodeAgent

/// The relay between an Envoy and a `serve` of which the test says what they answer.
@Suite struct RelayTests {
    /// Answers one after the other; remembers what it was asked.
    private final class Script: WebTransport {
        private let answers: Mutex<[WebResponse]>
        private let seen = Mutex<[WebRequest]>([])

        init(_ answers: [WebResponse]) { self.answers = Mutex(answers) }

        var asked: [WebRequest] { seen.withLock(\.self) }

        func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
            seen.withLock { $0.append(request) }
            let next = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            return next ?? RelayTests.response(304)
        }
    }

    private static func response(_ status: Int, again: Bool = false, version: String? = nil) -> WebResponse {
        WebResponse(
            status: status, version: .http11,
            headers: WebHeaders(again ? [WebHeader(received: RelayWord.again, RelayWord.yes)] : []),
            body: version.map { Array(#"{"version_info":"\#($0)","resources":[]}"#.utf8) } ?? [],
            timings: WebTimings(nameLookup: 0, connect: 0, tls: nil, firstByte: 0, total: 0), peer: "",
            reusedConnection: true, redirectsFollowed: 0)
    }

    private func relay(_ script: Script, isAlive: Bool = true, isWarm: Bool = false) throws -> Relay {
        let name = try #require(ResourceName(rawValue: "fra1"))
        let settings = NodeAgentSettings(
            node: NodeDescription(name: name, region: "fra", listen: []), directory: "", envoy: "", module: nil,
            server: try WebURL("http://127.0.0.1:1"), tokenFile: "", concurrency: 1, drain: .zero)
        return Relay(
            client: ControlPlaneClient(transport: script, settings: settings, token: "t"),
            probes: .init(isAlive: { isAlive }, areClustersWarm: { _ in isWarm }), lastGood: LastGood(),
            chance: { 0 }, logger: Logger(label: "relay"), tell: { _ in }, startAnew: {})
    }

    private func question(_ kind: String, _ version: String) throws -> DiscoveryRequest {
        let body = #"{"version_info":"\#(version)","node":{"id":"fra1"},"resource_names":[]}"#
        return try #require(DiscoveryRequest(path: "/v3/discovery:\(kind)", body: Array(body.utf8)))
    }

    @Test(arguments: [true, false])
    func asksAgainInEnvoysPlaceAsLongAsEnvoyAnswers(isAlive: Bool) async throws {
        let script = Script([Self.response(304, again: true), Self.response(200, version: "v2")])
        let answer = try await relay(script, isAlive: isAlive).answer(question("routes", "v1"))
        #expect(answer.status == (isAlive ? 200 : 304))
        #expect(script.asked.count == (isAlive ? 2 : 1), "a word for an Envoy that is silent would be a lie")
        #expect(Set(script.asked.map(\.body)).count == 1)
    }

    @Test(arguments: [true, false])
    func tellsWithTheAcceptanceThatClustersAreWarm(isWarm: Bool) async throws {
        let script = Script([Self.response(200, version: "c1"), Self.response(304), Self.response(304)])
        let relay = try relay(script, isWarm: isWarm)
        for version in ["", "c1", "c1"] { _ = try await relay.answer(question("clusters", version)) }
        let words = script.asked.map { $0.headers.first(RelayWord.warm) }
        #expect(words == [nil, isWarm ? RelayWord.yes : nil, nil], "said once, of what was just accepted")
    }
}
