import EdgeModel
import EdgePlan
import EnvoyConfig
import FleetProtocol
import Testing

@testable import XDSServer

@Suite("One node gets something new first")
final class FirstNodeTests {
    private var rollout = FleetRollout(.init(settle: 1_000)) { _, _ in DiscoveryAnswer([]) }
    private var events: [FleetEvent.Kind] = []

    /// - Parameter marks: newest deployment and newest one forward; everything is forward unless said.
    private func publish(_ origin: String, _ number: Int, marks: (Int, Int)? = nil, at now: Int64) throws {
        let deployments = DeploymentMarks(newest: marks?.0 ?? number, newestForward: marks?.1 ?? number)
        events += try rollout.publish(
            Given.rendered(Given.plan(origin)), digests: Given.digests(number), deployments: deployments, at: now
        ).map(\.kind)
    }

    @discardableResult
    private func ask(_ kind: ResourceKind, _ version: String?, _ name: String, at now: Int64) -> String? {
        let request = DiscoveryRequest(node: Given.node(name), token: "", kind: kind, version: version)
        events += rollout.hear(request, at: now).map(\.kind)
        return rollout.answer(name.asName, kind, at: now)?.version
    }

    /// What a request that waits gets now.
    private func waiting(_ name: String, at now: Int64, _ kind: ResourceKind = .productionRoutes) -> String? {
        rollout.answer(name.asName, kind, at: now)?.version
    }

    /// Takes the clusters on offer, and leaves requests for clusters and routes waiting.
    private func takeClusters(_ name: String, at now: Int64) {
        if let clusters = waiting(name, at: now, .clusters) { ask(.clusters, clusters, name, at: now) }
    }

    /// A process that begins with nothing and takes what it is given.
    private func begin(_ name: String, at now: Int64) {
        if let clusters = ask(.clusters, nil, name, at: now) { ask(.clusters, clusters, name, at: now) }
        if let routes = ask(.productionRoutes, nil, name, at: now) {
            ask(.productionRoutes, routes, name, at: now)
            ask(.productionRoutes, routes, name, at: now)
        }
    }

    /// Nodes that run `a.1`, which nobody suspects any more.
    private func fleet(_ names: String..., provenAt now: Int64 = 100_000) throws {
        try publish("a.1", 1, at: 0)
        for name in names { begin(name, at: 0) }
        _ = rollout.tick(at: 31_000)
        for name in names { ask(.productionRoutes, routes(name), name, at: now) }
        events = []
    }

    private func routes(_ name: String) -> String? { rollout.acceptedVersion(name.asName, .productionRoutes) }
    private var published: String? { rollout.version(of: .production) }
    private var holds: [FleetHold] {
        events.compactMap { event in
            if case .held(let hold) = event { return hold }
            return nil
        }
    }

    @Test("The others get it when the first has taken it and asked once more")
    func order() throws {
        try fleet("fra1", "hil1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_001) }
        #expect(waiting("fra1", at: 100_002) == published)
        #expect(waiting("hil1", at: 100_002) == nil)
        ask(.productionRoutes, published, "fra1", at: 100_010)
        #expect(rollout.isToAskAgain("fra1".asName, .productionRoutes), "it shows that it lives at once")
        #expect(waiting("hil1", at: 100_010) == nil)
        ask(.productionRoutes, published, "fra1", at: 100_020)
        #expect(!rollout.isToAskAgain("fra1".asName, .productionRoutes))
        #expect(waiting("hil1", at: 100_020) == published)
    }

    @Test("Words that come before the trial is over open it to nobody")
    func trial() {
        let (fra, hil) = ("fra1".asName, "hil1".asName)
        var rule = FirstNode(.production, .init(trial: 15))
        rule.publish(.init(version: "v2", plan: Given.digest(2)))
        rule.choose(
            among: [fra, hil].map { .init(name: $0, lastWord: 1_000, isServing: true, due: 0, isSilent: false) },
            at: 1_000)
        #expect(rule.offer(to: fra, running: "v1") == "v2")
        rule.accepted("v2", by: fra, at: 1_010)
        rule.lives(fra, at: 1_024)
        #expect(rule.offer(to: hil, running: "v1") == nil, "a report may come any moment")
        rule.lives(fra, at: 1_025)
        #expect(rule.offer(to: hil, running: "v1") == "v2")
    }

    @Test("The only node gets it at once")
    func alone() throws {
        try fleet("fra1")
        try publish("b.1", 2, at: 100_000)
        takeClusters("fra1", at: 100_001)
        #expect(waiting("fra1", at: 100_001) == published)
    }

    @Test("A node that begins with nothing meanwhile gets what was open to all before")
    func newcomer() throws {
        try fleet("fra1", "hil1")
        let old = routes("fra1")
        try publish("b.1", 2, at: 100_000)
        begin("sin1", at: 100_001)
        #expect(old != nil && routes("sin1") == old)
    }

    @Test("A first node that does not fetch it within 3 s is passed over; nodes heard of lately come first")
    func patience() throws {
        try fleet("fra1", "hil1", "sin1")
        _ = ask(.productionRoutes, routes("sin1"), "sin1", at: 119_000)
        try publish("b.1", 2, at: 120_000)
        for name in ["fra1", "hil1", "sin1"] { takeClusters(name, at: 120_000) }
        try publish("c.1", 3, at: 130_000)
        // All were heard of 10 s ago: by name.
        for name in ["fra1", "hil1"] { takeClusters(name, at: 130_001) }
        _ = rollout.tick(at: 133_001)
        #expect(waiting("hil1", at: 133_001) == nil)
        _ = rollout.tick(at: 133_100)
        #expect(waiting("hil1", at: 133_100) == published)
    }

    @Test("A first node that was sent it and says nothing is waited for 15 s: it may have crashed")
    func silence() throws {
        try fleet("fra1", "hil1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        #expect(waiting("fra1", at: 100_000) == published)
        _ = rollout.tick(at: 114_900)
        #expect(waiting("hil1", at: 114_900) == nil)
        _ = rollout.tick(at: 115_100)
        #expect(waiting("hil1", at: 115_100) == published)
    }

    @Test("A node that comes back without a version holds it for all, and gets what was open before")
    func crash() throws {
        try fleet("fra1", "hil1")
        let old = routes("fra1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        #expect(waiting("fra1", at: 100_000) == published)
        begin("fra1", at: 100_400)
        #expect(
            holds == [
                FleetHold(
                    network: .production, plan: Given.digest(2), node: "fra1".asName, cause: .restarted,
                    at: Timestamp(milliseconds: 100_400), after: 400)
            ])
        #expect(routes("fra1") == old && routes("hil1") == old)
        for time in stride(from: Int64(101_000), through: 200_000, by: 1_000) {
            _ = rollout.tick(at: time)
            #expect(waiting("hil1", at: time) == nil)
        }
    }

    @Test("It is held too when the first crashes after it has taken it, or reports a restart")
    func crashLater() throws {
        for isReported in [false, true] {
            rollout = FleetRollout(.init(settle: 1_000)) { _, _ in DiscoveryAnswer([]) }
            try fleet("fra1", "hil1")
            var report = NodeReport(node: "fra1".asName, at: Timestamp(milliseconds: 0), process: "1")
            _ = rollout.report(report, at: 100_000)
            try publish("b.1", 2, at: 100_000)
            for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
            #expect(waiting("fra1", at: 100_000) == published)
            ask(.productionRoutes, published, "fra1", at: 100_010)
            if isReported {
                report.restarts = 1
                events += rollout.report(report, at: 100_050).map(\.kind)
            } else {
                begin("fra1", at: 100_050)
            }
            #expect(holds.map(\.cause) == [.restarted])
            #expect(waiting("hil1", at: 100_060) == nil)
        }
    }

    @Test("A restart before it was given anything, reported later, is held against nothing")
    func restartBefore() throws {
        try fleet("fra1", "hil1")
        var report = NodeReport(node: "fra1".asName, at: Timestamp(milliseconds: 0), process: "1")
        _ = rollout.report(report, at: 100_000)
        try publish("b.1", 2, at: 100_000)
        begin("fra1", at: 100_010)
        #expect(routes("fra1") == published)
        report.restarts = 1
        events += rollout.report(report, at: 100_500).map(\.kind)
        #expect(holds.isEmpty)
        // The next one is another matter, however it becomes known.
        report.restarts = 2
        events += rollout.report(report, at: 101_000).map(\.kind)
        #expect(holds.map(\.cause) == [.restarted])
    }

    @Test("Until 30 s after it was opened to all a crash still holds it for those who do not have it yet; not later")
    func suspicion() throws {
        for (crash, isHeld) in [(Int64(129_000), true), (131_000, false)] {
            rollout = FleetRollout(.init(settle: 1_000)) { _, _ in DiscoveryAnswer([]) }
            try fleet("fra1", "hil1")
            try publish("b.1", 2, at: 100_000)
            takeClusters("fra1", at: 100_000)
            _ = waiting("fra1", at: 100_000)
            ask(.productionRoutes, published, "fra1", at: 100_010)
            ask(.productionRoutes, published, "fra1", at: 100_020)
            _ = rollout.tick(at: crash)
            begin("fra1", at: crash)
            #expect(holds.isEmpty == !isHeld)
            takeClusters("hil1", at: crash)
            #expect((waiting("hil1", at: crash) == nil) == isHeld)
        }
    }

    @Test("A node that said that it stops speaks against nothing when it begins again")
    func leaving() throws {
        try fleet("fra1", "hil1")
        try publish("b.1", 2, at: 100_000)
        takeClusters("fra1", at: 100_000)
        _ = waiting("fra1", at: 100_000)
        rollout.leave("fra1".asName)
        begin("fra1", at: 103_000)
        #expect(holds.isEmpty && routes("fra1") == published)
    }

    @Test("A refusal by the first node holds it; one by a later node does not")
    func refusal() throws {
        try fleet("fra1", "hil1")
        let old = routes("fra1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        for _ in 0..<3 { ask(.productionRoutes, old, "fra1", at: 100_000) }
        #expect(holds.map(\.cause) == [.refused])
        #expect(waiting("hil1", at: 100_001) == nil)
    }

    @Test("A refusal of the clusters that it needs holds it too")
    func refusedClusters() throws {
        try fleet("fra1", "hil1")
        let old = rollout.acceptedVersion("fra1".asName, .clusters)
        try publish("b.1", 2, at: 100_000)
        for _ in 0..<3 { ask(.clusters, old, "fra1", at: 100_000) }
        #expect(holds.map(\.cause) == [.refused])
    }

    @Test("A rollback ends the hold and goes to all at once, to the crashed node too; a second try begins anew")
    func rollback() throws {
        try fleet("fra1", "hil1")
        let old = routes("fra1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        #expect(waiting("fra1", at: 100_000) == published)
        // It crashed and has not come back yet.
        try publish("a.1", 1, at: 100_200)
        begin("fra1", at: 100_400)
        begin("sin1", at: 100_400)
        #expect(holds.isEmpty && [routes("fra1"), routes("sin1")] == [old, old])
        try publish("c.1", 3, at: 100_500)
        for name in ["fra1", "hil1", "sin1"] { takeClusters(name, at: 100_500) }
        #expect(waiting("fra1", at: 100_500) == published && waiting("hil1", at: 100_500) == nil)
    }

    @Test("A way back goes to all at once and cannot be held, also to what never ran")
    func wayBack() throws {
        try fleet("fra1", "hil1")
        try publish("z.1", 2, marks: (2, 1), at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        #expect(waiting("fra1", at: 100_000) == published && waiting("hil1", at: 100_000) == published)
        begin("fra1", at: 100_400)
        #expect(holds.isEmpty && routes("fra1") == published)
    }

    @Test("A way back carries nothing along that was never open to all")
    func wayBackBesideAPromotion() throws {
        try fleet("fra1", "hil1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        let promotion = try #require(waiting("fra1", at: 100_000))
        // Another application goes back while the promotion is with its first node.
        try publish("c.1", 3, marks: (3, 2), at: 100_100)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_100) }
        #expect(ask(.productionRoutes, promotion, "fra1", at: 100_110) == published)
        #expect(waiting("hil1", at: 100_110) == nil)
    }

    @Test("What was open to all needs no first node when it comes back")
    func known() throws {
        try fleet("fra1", "hil1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        try publish("a.1", 1, at: 100_001)
        #expect(waiting("hil1", at: 100_001) == nil, "it runs it")
        begin("sin1", at: 100_001)
        #expect(routes("sin1") == published)
    }

    @Test("A hold is still there in the successor, with what nodes that begin with nothing get, and a rollback ends it")
    func successor() throws {
        try fleet("fra1", "hil1")
        let old = routes("hil1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        _ = waiting("fra1", at: 100_000)
        begin("fra1", at: 100_400)
        let memory = rollout.memory
        rollout = FleetRollout(.init(settle: 1_000)) { _, _ in DiscoveryAnswer([]) }
        rollout.restore(memory, at: 110_000)
        events = []
        try publish("b.1", 2, at: 110_000)
        begin("sin1", at: 110_100)
        ask(.productionRoutes, old, "hil1", at: 110_100)
        #expect(waiting("hil1", at: 110_200) == nil)
        #expect(routes("sin1") == old)
        try publish("a.1", 1, at: 110_300)
        #expect(rollout.memory.firstNodes?.compactMap(\.hold) == [])
    }

    @Test("A crash while no server runs is noticed by the successor")
    func crashMeanwhile() throws {
        try fleet("fra1", "hil1")
        try publish("b.1", 2, at: 100_000)
        for name in ["fra1", "hil1"] { takeClusters(name, at: 100_000) }
        _ = waiting("fra1", at: 100_000)
        let memory = rollout.memory
        rollout = FleetRollout(.init(settle: 1_000)) { _, _ in DiscoveryAnswer([]) }
        rollout.restore(memory, at: 101_000)
        try publish("b.1", 2, at: 101_000)
        begin("fra1", at: 101_100)
        #expect(holds.map(\.after) == [1_100])
    }
}
