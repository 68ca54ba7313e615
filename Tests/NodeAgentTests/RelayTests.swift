import EdgeModel
import Foundation
import Logging
import Synchronization
import TestKit
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

    private func relay(
        _ script: Script, isAlive: Bool = true,
        runs: @escaping @Sendable (Subscription, String) async -> Bool = { _, _ in false },
        tell: @escaping @Sendable (RelayState.Event) -> Void = { _ in }
    ) throws -> Relay {
        let name = try #require(ResourceName(rawValue: "fra1"))
        let settings = NodeAgentSettings(
            node: NodeDescription(name: name, region: "fra", listen: []), directory: "", envoy: "", module: nil,
            server: try WebURL("http://127.0.0.1:1"), tokenFile: "", concurrency: 1, drain: .zero)
        return Relay(
            client: ControlPlaneClient(transport: script, settings: settings, token: "t"),
            probes: .init(isAlive: { isAlive }, runs: runs), lastGood: LastGood(),
            chance: { 0 }, logger: Logger(label: "relay"), tell: tell, startAnew: {})
    }

    private func question(_ kind: String, _ version: String?) throws -> DiscoveryRequest {
        let word = version.map { #""version_info":"\#($0)","# } ?? ""
        let body = #"{\#(word)"node":{"id":"fra1"},"resource_names":[]}"#
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
        let relay = try relay(script, runs: { subscription, _ in isWarm && subscription == .clusters })
        for version in ["", "c1", "c1"] { _ = try await relay.answer(question("clusters", version)) }
        let words = script.asked.map { $0.headers.first(RelayWord.warm) }
        #expect(words == [nil, isWarm ? RelayWord.yes : nil, nil], "said once, of what was just accepted")
    }

    // MARK: in Envoy's place

    @Test func asksServeAsSoonAsEnvoyRunsTheAnswer() async throws {
        let script = Script([Self.response(200, version: "v2"), Self.response(200, version: "v3")])
        let told = Mutex<[RelayState.Event]>([])
        let relay = try relay(
            script, runs: { _, version in version == "v2" },
            tell: { event in
                told.withLock { $0.append(event) }
            })
        _ = try await relay.answer(question("routes", "v1"))
        try await eventually("serve is asked in Envoy's place") { script.asked.count == 2 }
        let next = try question("routes", "v2")
        #expect(script.asked.last?.body == next.body(token: "t"), "to the letter what Envoy asks")
        let answer = await relay.answer(next)
        #expect(answer.body == Self.response(200, version: "v3").body)
        #expect(script.asked.count == 2, "what was asked already is not asked again")
        let accepted = told.withLock { $0 }.filter { $0 == .accepted(next.subscription, version: "v2") }
        #expect(accepted.count == 1)
    }

    /// It does not run clusters as long as one of them warms up.
    @Test func clustersItRunsAreWarm() async throws {
        let script = Script([Self.response(200, version: "c2")])
        let relay = try relay(script, runs: { subscription, version in subscription == .clusters && version == "c2" })
        _ = try await relay.answer(question("clusters", "c1"))
        try await eventually("serve is asked in Envoy's place") { script.asked.count == 2 }
        #expect(script.asked.map { $0.headers.first(RelayWord.warm) } == [nil, RelayWord.yes])
    }

    @Test func saysNothingForAnEnvoyThatRunsSomethingElse() async throws {
        let script = Script([Self.response(200, version: "v2")])
        let looks = Mutex(0)
        let relay = try relay(
            script,
            runs: { _, _ in
                looks.withLock { $0 += 1 }
                return false
            })
        _ = try await relay.answer(question("routes", "v1"))
        try await eventually("it looked as often as it does") { looks.withLock { $0 } == Relay.looks }
        #expect(script.asked.count == 1)
        _ = try await relay.answer(question("routes", "v1"))
        #expect(script.asked.count == 2)
    }

    @Test(arguments: [true, false])
    func whatWasAskedForAnEnvoyThatIsGoneReachesNoOther(isNewProcess: Bool) async throws {
        let script = Script([
            Self.response(200, version: "v2"), Self.response(200, version: "v3"), Self.response(200, version: "v4"),
        ])
        let relay = try relay(script, runs: { _, _ in true })
        _ = try await relay.answer(question("routes", "v1"))
        try await eventually("serve is asked in Envoy's place") { script.asked.count == 2 }
        if isNewProcess { await relay.envoyStarts() }
        let answer = try await relay.answer(question("routes", isNewProcess ? "v2" : "v1"))
        #expect(answer.body == Self.response(200, version: "v4").body)
    }

    /// An Envoy that begins takes on everything at once.
    @Test func firstAnswersAreNotWatched() async throws {
        let script = Script([Self.response(200, version: "v1"), Self.response(200, version: "v2")])
        let looks = Mutex<[String]>([])
        let relay = try relay(
            script,
            runs: { _, version in
                looks.withLock { $0.append(version) }
                return true
            })
        _ = try await relay.answer(question("routes", nil))
        _ = try await relay.answer(question("routes", "v1"))
        try await eventually("the second is") { looks.withLock { $0 }.count == 1 }
        #expect(looks.withLock { $0 } == ["v2"])
    }
}
