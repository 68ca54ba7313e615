import EdgeModel
import EdgePlan
import EnvoyConfig
import FleetProtocol
import Testing
import XDSServer

@Suite("Origins ahead of the change that needs them")
final class AheadTests {
    private var rollout = FleetRollout(.init(settle: 1_000, planFormat: 1, firstNode: .init(suspicion: 0))) { _, _ in
        nil
    }
    private var versions: [ResourceName: [ResourceKind: String]] = [:]

    private func publish(_ origin: String, _ number: Int, at now: Int64) throws {
        _ = try rollout.publish(Given.rendered(Given.plan(origin)), digests: Given.digests(number), at: now)
    }

    private func clusters(_ origins: String...) throws -> [ClusterResource] {
        try origins.flatMap { try Given.rendered(Given.plan($0)).clusters }
    }

    /// A node asks, and takes what it is answered unless it refuses that.
    private func ask(_ kind: ResourceKind, _ name: String = "fra1", refusing: Bool = false, at now: Int64) -> String? {
        let known = versions[name.asName]?[kind]
        let request = DiscoveryRequest(node: Given.node(name), token: "", kind: kind, version: known)
        _ = rollout.hear(request, at: now)
        guard let answer = rollout.answer(name.asName, kind, at: now) else { return nil }
        if !refusing { versions[name.asName, default: [:]][kind] = answer.version }
        return String(decoding: answer.body, as: UTF8.self)
    }

    private func start(_ names: String..., at now: Int64) throws {
        try publish("a.1", 1, at: now)
        for _ in 0..<5 {
            for name in names {
                for kind in [ResourceKind.clusters, .productionRoutes] { _ = ask(kind, name, at: now) }
            }
        }
    }

    @Test("A change whose origins came ahead goes out at once")
    func goesOutAtOnce() throws {
        try start("fra1", "hil1", at: 0)
        #expect(rollout.offer(ahead: try clusters("a.1", "b.1"), at: 10) == ["b.1"], "a.1 is published")
        #expect(rollout.readiness(of: ["a.1", "b.1"], at: 10).waiting == ["fra1".asName, "hil1".asName])
        for name in ["fra1", "hil1"] {
            #expect(ask(.clusters, name, at: 11)?.contains("b.1") == true)
            #expect(ask(.productionRoutes, name, at: 11) == nil, "nothing is published")
            #expect(ask(.clusters, name, at: 12) == nil)
        }
        #expect(rollout.readiness(of: ["a.1", "b.1"], at: 12).ready == ["fra1".asName, "hil1".asName])
        try publish("b.1", 2, at: 13)
        #expect(ask(.productionRoutes, at: 13) != nil)
    }

    @Test("What nothing comes to need leaves after a minute, and what something came to need stays")
    func leaves() throws {
        try start("fra1", at: 0)
        _ = rollout.offer(ahead: try clusters("b.1", "c.1"), at: 10)
        _ = ask(.clusters, at: 11)
        try publish("c.1", 2, at: 20)
        for now in 21..<26 { for kind in [ResourceKind.clusters, .productionRoutes] { _ = ask(kind, at: Int64(now)) } }
        let end = 10 + FleetRollout.longestAhead
        // The node keeps talking.
        for now in stride(from: Int64(1_000), to: end, by: 1_000) {
            _ = rollout.tick(at: now)
            _ = ask(.clusters, at: now)
        }
        #expect(rollout.readiness(of: ["b.1", "c.1"], at: end - 1).ready == ["fra1".asName])
        _ = rollout.tick(at: end)
        let rest = ask(.clusters, at: end)
        #expect(rest?.contains("c.1") == true && rest?.contains("b.1") == false && rest?.contains("a.1") == false)
    }

    @Test("What is about to leave stays for the change that asks for it")
    func staysForTheChange() throws {
        try start("fra1", at: 0)
        try publish("b.1", 2, at: 100)
        for now in 101..<104 {
            for kind in [ResourceKind.clusters, .productionRoutes] { _ = ask(kind, at: Int64(now)) }
        }
        #expect(rollout.offer(ahead: try clusters("a.1"), at: 500) == ["a.1"])
        #expect(rollout.readiness(of: ["a.1"], at: 500).ready == ["fra1".asName], "it is there still")
        _ = rollout.tick(at: 5_000)
        _ = ask(.clusters, at: 5_000)
        #expect(rollout.readiness(of: ["a.1"], at: 5_000).ready == ["fra1".asName])
    }

    @Test("What a node refuses is told, and taken back without what others need")
    func refused() throws {
        try start("fra1", "hil1", at: 0)
        _ = rollout.offer(ahead: try clusters("b.1"), at: 10)
        _ = ask(.clusters, "hil1", at: 11)
        refuse(2, at: 11)
        _ = ask(.clusters, "hil1", at: 13)
        #expect(rollout.readiness(of: ["b.1"], at: 13).refused.isEmpty, "once may be an answer that was lost")
        refuse(1, at: 14)
        #expect(rollout.readiness(of: ["b.1"], at: 14).refused == [.init(node: "fra1".asName)])
        let rest = ask(.clusters, "hil1", at: 16)
        #expect(rest?.contains("b.1") == false && rest?.contains("a.1") == true)

        // The same once more is refused once more: what was taken back does not count as what there was before.
        _ = rollout.offer(ahead: try clusters("b.1"), at: 20)
        #expect(rollout.readiness(of: ["b.1"], at: 20).waiting == ["fra1".asName, "hil1".asName])
        refuse(3, at: 21)
        #expect(rollout.readiness(of: ["b.1"], at: 24).refused == [.init(node: "fra1".asName)])
    }

    /// So many questions, of which none takes what it was answered.
    private func refuse(_ times: Int64, at start: Int64) {
        for now in start..<(start + times) { _ = ask(.clusters, refusing: true, at: now) }
    }

    @Test("What is refused too late for whoever asked is taken back all the same, and what others had offered with it")
    func refusedLate() throws {
        try start("fra1", "hil1", at: 0)
        _ = rollout.offer(ahead: try clusters("bad.1"), at: 10)
        _ = rollout.offer(ahead: try clusters("good.1"), at: 2_000)
        refuse(3, at: 3_000)
        let rest = ask(.clusters, "hil1", at: 3_010)
        #expect(rest == nil || rest?.contains("bad.1") == false, "\(rest ?? "")")
        _ = rollout.offer(ahead: try clusters("good.1"), at: 3_020)
        for name in ["fra1", "hil1"] { for now in 3_021..<3_024 { _ = ask(.clusters, name, at: Int64(now)) } }
        #expect(rollout.readiness(of: ["good.1"], at: 3_030).ready == ["fra1".asName, "hil1".asName])
    }

    @Test("A node that refuses what is published does not hold up what mends it")
    func stuck() throws {
        try start("fra1", at: 0)
        try publish("bad.1", 2, at: 10)
        refuse(3, at: 11)
        _ = rollout.offer(ahead: try clusters("good.1"), at: 20)
        refuse(3, at: 21)
        let readiness = rollout.readiness(of: ["good.1"], at: 26)
        #expect(readiness.refused.isEmpty && readiness.stuck == ["fra1".asName], "\(readiness)")

        // What no node has taken on goes with what needed it: nothing is waited for.
        try publish("good.1", 3, at: 30)
        let mended = ask(.clusters, at: 30)
        #expect(mended?.contains("good.1") == true && mended?.contains("bad.1") == false, "\(mended ?? "")")
        _ = ask(.clusters, at: 31)
        #expect(ask(.productionRoutes, at: 31) != nil)
    }

    @Test("A node that refuses what was published and taken back is asked like any other")
    func stuckNoMore() throws {
        try start("fra1", at: 0)
        try publish("bad.1", 2, at: 10)
        refuse(3, at: 11)
        try publish("a.1", 3, at: 20)
        refuse(1, at: 21)
        _ = rollout.offer(ahead: try clusters("worse.1"), at: 30)
        refuse(3, at: 31)
        #expect(rollout.readiness(of: ["worse.1"], at: 40).refused == [.init(node: "fra1".asName)])
    }

    @Test("Nodes that are gone, or begin, are not waited for")
    func absent() throws {
        #expect(rollout.readiness(of: ["a.1"], at: 0).askedNobody)
        try start("fra1", "hil1", at: 0)
        let later: Int64 = 10 * 60_000
        _ = ask(.clusters, at: later)
        let request = DiscoveryRequest(node: Given.node("sin1"), token: "", kind: .clusters, version: nil)
        _ = rollout.hear(request, at: later)
        _ = rollout.offer(ahead: try clusters("b.1"), at: later)
        #expect(rollout.readiness(of: ["b.1"], at: later).waiting == ["fra1".asName])
        rollout.leave("fra1".asName)
        #expect(rollout.readiness(of: ["b.1"], at: later).askedNobody)
    }
}
