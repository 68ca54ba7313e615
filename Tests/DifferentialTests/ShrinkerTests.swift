import EdgeModel
import EdgePlan
import TestKit
import Testing

@Suite("A failing case is made small")
struct ShrinkerTests {
    private func snapshot(_ dice: inout Dice) -> EdgeSnapshot {
        let origins = Dictionary(uniqueKeysWithValues: Pools.originNames.enumerated().map { ($1, 8_000 + $0) })
        return RandomEdge(
            configurations: RandomConfiguration(conditions: RandomCondition(ports: [80]), origins: origins)
        ).snapshot(&dice, firstID: 1)
    }

    private func refs(_ snapshot: EdgeSnapshot) -> [String] {
        (snapshot.zones.map(\.content) + snapshot.versions.values).flatMap { content in
            Phase.allCases.flatMap { content.configuration.rules(in: $0).map(\.ref) }
        }
    }

    @Test("What is not needed for the difference goes: rules, routing rules, headers, query and body")
    func small() async throws {
        var dice = Dice(seed: 11)
        var snapshot = snapshot(&dice)
        let marked = Rule(ref: "culprit", expression: "ssl", action: "block", parameters: nil)
        snapshot.zones[1].content.configuration.rules[.firewallCustom, default: []].append(marked)
        #expect(refs(snapshot).count > 20)
        let request = ClientRequest(
            method: "POST", target: "/a?b=1", host: "alpha.test",
            headers: [("A", "1"), ("X-A", "2"), ("Cookie", "3")], body: "k=v", source: "127.0.0.2",
            server: HostPort("127.0.0.1", 1))
        var asked = 0
        let shrinker = Shrinker { one in
            asked += 1
            return refs(one.snapshot).contains("culprit") && one.request.headers.contains { $0.name == "X-A" }
        }
        let found = try #require(try await shrinker.shrunk(.init(snapshot: snapshot, request: request)))
        #expect(refs(found.snapshot) == ["culprit"] && found.snapshot.routingRules.isEmpty)
        #expect(found.request.headers.map(\.name) == ["X-A"] && found.request.target == "/")
        #expect(found.request.method == "GET" && found.request.body.isEmpty && asked <= 80)
        #expect("\(found)".contains("culprit: ssl → block"))
    }

    @Test("What takes the requests before it is told as such")
    func notAlone() async throws {
        var dice = Dice(seed: 12)
        let request = ClientRequest(
            method: "GET", target: "/", host: "a", headers: [], source: "::1", server: HostPort("::1", 1))
        let found = try await Shrinker { _ in false }.shrunk(.init(snapshot: snapshot(&dice), request: request))
        #expect(found == nil)
    }

    @Test("Of a list stays what cannot be left out", arguments: [[], [3], [0, 7], [1, 2, 3, 9], Array(0..<10)])
    func fewest(needed: [Int]) async {
        let kept = await Shrinker.fewest(Array(0..<10)) { part in needed.allSatisfy(part.contains) }
        #expect(kept == needed)
    }
}
