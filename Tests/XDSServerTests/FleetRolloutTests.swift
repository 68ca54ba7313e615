import EdgeModel
import EdgePlan
import EnvoyConfig
import FleetProtocol
import FoundationEssentials
import Testing
import XDSServer

@Suite("Rollout over the fleet")
final class FleetRolloutTests {
    private var rollout = FleetRollout(.init(settle: 1_000, planFormat: 1, firstNode: .init(suspicion: 0))) { node, _ in
        DiscoveryAnswer([]).with(node.listen.map(\.description).joined())
    }
    private let node = "fra1".asName

    private func publish(_ origin: String?, _ number: Int, health: Bool = false, at now: Int64) throws -> [FleetEvent] {
        try rollout.publish(
            Given.rendered(Given.plan(origin, health: health ? Given.health : nil)), digests: Given.digests(number),
            at: now)
    }

    /// A request and what it is answered with.
    private func ask(
        _ kind: ResourceKind, _ version: String?, _ name: String = "fra1", formats: [Int] = [], at now: Int64
    ) -> (events: [FleetEvent.Kind], answer: DiscoveryAnswer?) {
        let request = DiscoveryRequest(
            node: Given.node(name, formats: formats), token: "", kind: kind, version: version)
        let events = rollout.hear(request, at: now)
        return (events.map(\.kind), rollout.answer(name.asName, kind, at: now))
    }

    @Test("A certificate that is new, or gone, changes the listeners of nodes that are there already")
    func certificates() throws {
        rollout = FleetRollout(.init(settle: 1_000, planFormat: 1)) { _, certificates in
            DiscoveryAnswer([]).with(certificates.isEmpty ? "127.0.0.1" : "127.0.0.2")
        }
        var plan = Given.plan("a.1")
        _ = rollout.publish(try Given.rendered(plan), digests: Given.digests(1), at: 0)
        let first = try #require(ask(.listeners, nil, at: 0).answer).version
        #expect(ask(.listeners, first, at: 1).answer == nil)
        plan.certificates = [
            CertificatePlan(
                zone: "example.com", hosts: ["example.com"],
                files: CertificateFiles(certificate: "/tls/a.crt", key: "/tls/a.key"))
        ]
        _ = rollout.publish(try Given.rendered(plan), digests: Given.digests(2), at: 2)
        let offer = rollout.answer("fra1".asName, .listeners, at: 2)
        let second = try #require(offer).version
        #expect(second != first && ask(.listeners, second, at: 3).answer == nil)
        _ = rollout.publish(try Given.rendered(Given.plan("a.1")), digests: Given.digests(3), at: 4)
        let last = rollout.answer("fra1".asName, .listeners, at: 4)
        #expect(last?.version == first)
    }

    @Test("A change of certificates alone is acknowledged with the listeners, not with routes that stay as they are")
    func certificatesAlone() throws {
        rollout = FleetRollout(.init(settle: 1_000, planFormat: 1, firstNode: .init(suspicion: 0))) { _, certificates in
            DiscoveryAnswer([]).with(certificates.isEmpty ? "127.0.0.1" : "127.0.0.2")
        }
        let secure = Given.node("fra1", listen: ["https://127.0.0.10:8443"])
        func ask(_ kind: ResourceKind, _ version: String?, at now: Int64) -> (acknowledged: [Digest?], String?) {
            let request = DiscoveryRequest(node: secure, token: "", kind: kind, version: version)
            let events = rollout.hear(request, at: now).map(\.kind)
            return (acknowledged(events), rollout.answer(node, kind, at: now)?.version)
        }
        func acknowledged(_ events: [FleetEvent.Kind]) -> [Digest?] {
            events.compactMap { if case .accepted(.productionRoutes, _, let plan) = $0 { .some(plan) } else { nil } }
        }
        var plan = Given.plan("a.1")
        _ = rollout.publish(try Given.rendered(plan), digests: Given.digests(1), at: 0)
        var versions: [ResourceKind: String] = [:]
        for kind in [ResourceKind.clusters, .listeners, .productionRoutes] {
            versions[kind] = try #require(ask(kind, nil, at: 0).1)
            let word = ask(kind, versions[kind], at: 1)
            #expect(word.acknowledged == (kind == .productionRoutes ? [Given.digest(1)] : []))
        }
        let first = try #require(versions[.listeners])
        plan.certificates = [
            CertificatePlan(
                zone: "example.com", hosts: ["example.com"],
                files: CertificateFiles(certificate: "/tls/a.crt", key: "/tls/a.key"))
        ]
        let published = rollout.publish(try Given.rendered(plan), digests: Given.digests(2), at: 2)
        #expect(acknowledged(published.map(\.kind)) == [])
        #expect(ask(.productionRoutes, versions[.productionRoutes], at: 3).acknowledged == [])
        let offer = rollout.answer(node, .listeners, at: 4)
        let listeners = try #require(offer).version
        #expect(ask(.listeners, versions[.listeners], at: 5).acknowledged == [], "lost on its way")
        #expect(ask(.listeners, listeners, at: 6).acknowledged == [Given.digest(2)])

        // With a service beside it that tells: when the listeners have what they were told to fetch.
        func report(_ version: String, warming: Int) -> [Digest?] {
            let report = NodeReport(
                node: node, at: Timestamp(milliseconds: 7), process: "1", listenersVersion: version,
                warmingListeners: warming)
            return acknowledged(rollout.report(report, at: 7).map(\.kind))
        }
        _ = report(listeners, warming: 0)
        _ = rollout.publish(try Given.rendered(Given.plan("a.1")), digests: Given.digests(3), at: 8)
        #expect(ask(.listeners, listeners, at: 8).1 == first)
        #expect(ask(.listeners, first, at: 9).acknowledged == [])
        #expect(report(listeners, warming: 0) == [], "gathered before")
        #expect(report(first, warming: 1) == [])
        #expect(report(first, warming: 0) == [Given.digest(3)])
        #expect(report(first, warming: 0) == [], "told once")
    }

    @Test(
        "Production goes before the lower environments, and is not waited for when nobody answers",
        arguments: [true, false])
    func productionFirst(answers: Bool) throws {
        func publish(_ host: String, _ number: Int, at now: Int64) throws {
            let set = try Given.rendered(Given.plan("a.1", hosts: [host], lower: true))
            _ = rollout.publish(set, digests: Given.digests(number), at: now)
        }
        try publish("a.example", 1, at: 0)
        let kinds = [ResourceKind.clusters, .productionRoutes, .lowerRoutes]
        var versions: [ResourceKind: String] = [:]
        for round in 0..<4 {
            for kind in kinds {
                versions[kind] = ask(kind, versions[kind], at: Int64(round)).answer?.version ?? versions[kind]
            }
        }
        #expect(rollout.acceptedVersion(node, .lowerRoutes) != nil)
        try publish("b.example", 2, at: 1_000)
        let live = rollout.answer(node, .productionRoutes, at: 1_000)
        let version = try #require(live).version
        let early = rollout.answer(node, .lowerRoutes, at: 1_000)
        #expect(early == nil)
        guard answers else {
            let late = rollout.answer(node, .lowerRoutes, at: 1_300)
            #expect(late != nil)
            return
        }
        _ = ask(.productionRoutes, version, at: 1_010)
        let unconfirmed = rollout.answer(node, .lowerRoutes, at: 1_011)
        #expect(unconfirmed == nil, "others still wait for its next word")
        _ = ask(.productionRoutes, version, at: 1_012)
        let next = rollout.answer(node, .lowerRoutes, at: 1_012)
        #expect(next != nil)
    }

    @Test("The lower environments wait until every live node has production's routes")
    func productionEverywhereFirst() throws {
        func publish(_ host: String, _ number: Int, at now: Int64) throws {
            let set = try Given.rendered(Given.plan("a.1", hosts: [host], lower: true))
            _ = rollout.publish(set, digests: Given.digests(number), at: now)
        }
        let names = ["fra1", "hil1"]
        try publish("a.example", 1, at: 0)
        for name in names {
            var versions: [ResourceKind: String] = [:]
            for round in 0..<4 {
                for kind in [ResourceKind.clusters, .productionRoutes, .lowerRoutes] {
                    let answer = ask(kind, versions[kind], name, at: Int64(round)).answer
                    versions[kind] = answer?.version ?? versions[kind]
                }
            }
        }
        func lower(_ name: String, at now: Int64) -> DiscoveryAnswer? {
            rollout.answer(name.asName, .lowerRoutes, at: now)
        }
        try publish("b.example", 2, at: 1_000)
        let version = try #require(rollout.version(of: .production))
        let first = rollout.answer(node, .productionRoutes, at: 1_000)
        #expect(first?.version == version)
        for time in [1_001, 1_002] as [Int64] { _ = ask(.productionRoutes, version, at: time) }
        let early = lower("fra1", at: 1_003)
        #expect(early == nil, "hil1 has not taken production's yet")
        let sent = rollout.answer("hil1".asName, .productionRoutes, at: 1_003)
        #expect(sent?.version == version)
        _ = ask(.productionRoutes, version, "hil1", at: 1_004)
        let next = lower("fra1", at: 1_005)
        #expect(next != nil)
    }

    @Test("Clusters that a node accepts as warm can be used at once", arguments: [true, false])
    func warmWithTheAcceptance(isWarm: Bool) throws {
        _ = try publish("a.1", 1, at: 0)
        settle(at: 10_000)
        _ = try publish("b.1", 2, health: true, at: 20_000)
        let offer = rollout.answer(node, .clusters, at: 20_000)
        let clusters = try #require(offer).version
        var request = DiscoveryRequest(node: Given.node("fra1"), token: "", kind: .clusters, version: clusters)
        request.hasWarmClusters = isWarm
        _ = rollout.hear(request, at: 20_001)
        let routes = rollout.answer(node, .productionRoutes, at: 20_001)
        #expect((routes != nil) == isWarm)
    }

    /// Lets a node take everything that is on offer; gives the versions it ends with.
    @discardableResult
    private func settle(_ name: String = "fra1", at now: Int64) -> (clusters: String?, routes: String?) {
        var versions: [ResourceKind: String] = [:]
        for _ in 0..<4 {
            for kind in [ResourceKind.clusters, .productionRoutes] {
                if let answer = ask(kind, versions[kind] ?? rollout.acceptedVersion(name.asName, kind), name, at: now)
                    .answer
                {
                    versions[kind] = answer.version
                }
            }
        }
        return (versions[.clusters], versions[.productionRoutes])
    }

    @Test("Nothing is sent before something is published")
    func nothing() {
        for kind in ResourceKind.allCases { #expect(ask(kind, nil, at: 0).answer == nil) }
    }

    @Test("Routes wait until their clusters are accepted, then follow at once when nothing has to warm up")
    func order() throws {
        _ = try publish("a.1", 1, at: 0)
        let clusters = try #require(ask(.clusters, nil, at: 0).answer)
        _ = ask(.productionRoutes, "old", at: 0)
        #expect(rollout.answer(node, .productionRoutes, at: 10) == nil)
        let word = ask(.clusters, clusters.version, at: 11)
        #expect(word.events.contains(.accepted(.clusters, version: clusters.version, plan: nil)))
        #expect(rollout.answer(node, .productionRoutes, at: 11)?.version == rollout.version(of: .production))
    }

    @Test("An acceptance of routes carries the plan they stand for")
    func plan() throws {
        _ = try publish("a.1", 1, at: 0)
        settle(at: 1)
        let version = try #require(rollout.version(of: .production))
        _ = try publish("a.1", 2, at: 2)
        // Same routes, another plan: told without a word from the node.
        #expect(rollout.version(of: .production) == version)
        let again = try publish("a.1", 3, at: 3)
        #expect(again.map(\.kind) == [.accepted(.productionRoutes, version: version, plan: Given.digest(3))])
    }

    @Test("Routes wait for the first health checks of a bare Envoy, never longer than the cluster says")
    func warm() throws {
        _ = try publish("a.1", 1, at: 0)
        settle(at: 0)
        _ = try publish("b.1", 2, health: true, at: 1_000)
        let clusters = try #require(ask(.clusters, rollout.acceptedVersion(node, .clusters), at: 1_000).answer)
        _ = ask(.clusters, clusters.version, at: 1_000)
        #expect(rollout.answer(node, .productionRoutes, at: 2_499) == nil)
        #expect(rollout.answer(node, .productionRoutes, at: 2_500) != nil)
    }

    @Test("A report that nothing warms up any more lets routes go at once; one of another version does not")
    func reported() throws {
        _ = try publish("a.1", 1, at: 0)
        settle(at: 0)
        _ = try publish("b.1", 2, health: true, at: 1_000)
        let clusters = try #require(ask(.clusters, rollout.acceptedVersion(node, .clusters), at: 1_000).answer)
        _ = ask(.clusters, clusters.version, at: 1_000)
        var report = NodeReport(node: node, at: Timestamp(milliseconds: 0), process: "1", warmingClusters: 0)
        report.clustersVersion = Given.digest(9)
        _ = rollout.report(report, at: 1_100)
        #expect(rollout.answer(node, .productionRoutes, at: 1_100) == nil)
        report.clustersVersion = Digest(rawValue: clusters.version)
        _ = rollout.report(report, at: 1_200)
        #expect(rollout.answer(node, .productionRoutes, at: 1_200) != nil)
    }

    @Test("A report that nothing warms up may come before Envoy's acceptance")
    func warmBeforeAcceptance() throws {
        _ = try publish("a.1", 1, health: true, at: 0)
        let clusters = try #require(ask(.clusters, nil, at: 0).answer)
        #expect(ask(.productionRoutes, nil, at: 1).answer == nil)
        _ = rollout.report(
            NodeReport(
                node: node, at: Timestamp(milliseconds: 2), process: "1",
                clustersVersion: Digest(rawValue: clusters.version), warmingClusters: 0), at: 2)
        #expect(rollout.answer(node, .productionRoutes, at: 2) == nil)
        _ = ask(.clusters, clusters.version, at: 3)
        #expect(rollout.answer(node, .productionRoutes, at: 3) != nil)
    }

    @Test("A report that clusters still warm up holds routes back beyond the estimate, but not for ever")
    func reportedWarming() throws {
        _ = try publish("a.1", 1, at: 0)
        settle(at: 0)
        _ = try publish("b.1", 2, health: true, at: 1_000)
        let clusters = try #require(ask(.clusters, rollout.acceptedVersion(node, .clusters), at: 1_000).answer)
        _ = ask(.clusters, clusters.version, at: 1_000)
        var report = NodeReport(node: node, at: Timestamp(milliseconds: 0), process: "1", warmingClusters: 1)
        report.clustersVersion = Digest(rawValue: clusters.version)
        for time in stride(from: Int64(2_000), through: 15_000, by: 1_000) {
            _ = rollout.report(report, at: time)
            #expect(rollout.answer(node, .productionRoutes, at: time) == nil)
        }
        #expect(rollout.answer(node, .productionRoutes, at: 16_000) != nil)
    }

    @Test("An Envoy that starts asks for routes when its clusters are usable already")
    func start() throws {
        _ = try publish("a.1", 1, health: true, at: 0)
        let clusters = try #require(ask(.clusters, nil, at: 0).answer)
        _ = ask(.clusters, clusters.version, at: 10)
        #expect(ask(.productionRoutes, nil, at: 20).answer != nil)
    }

    @Test("Old clusters stay until the last live node has left them, and a while longer")
    func removal() throws {
        _ = try publish("a.1", 1, at: 0)
        settle("fra1", at: 0)
        settle("hil1", at: 0)
        _ = try publish("b.1", 2, at: 100)
        let union = settle("fra1", at: 100).clusters
        _ = rollout.tick(at: 5_000)
        #expect(ask(.clusters, union, "fra1", at: 5_000).answer == nil, "hil1 still needs a.1")
        settle("hil1", at: 5_000)
        _ = rollout.tick(at: 5_999)
        #expect(ask(.clusters, union, "fra1", at: 5_999).answer == nil, "they settle")
        _ = rollout.tick(at: 6_000)
        let smaller = try #require(ask(.clusters, union, "fra1", at: 6_000).answer)
        #expect(!String(decoding: smaller.body, as: UTF8.self).contains("\"a.1\""))
    }

    @Test("A node absent for two minutes no longer keeps old clusters")
    func expiry() throws {
        _ = try publish("a.1", 1, at: 0)
        settle("fra1", at: 0)
        settle("hil1", at: 0)
        _ = try publish("b.1", 2, at: 100)
        let union = settle("fra1", at: 100).clusters
        for time in [Int64(60_000), 119_000] {
            _ = rollout.tick(at: time)
            #expect(ask(.clusters, union, "fra1", at: time).answer == nil)
        }
        _ = rollout.tick(at: 121_000)
        _ = rollout.tick(at: 122_000)
        #expect(ask(.clusters, union, "fra1", at: 122_000).answer != nil)
    }

    @Test("A rollback to clusters that are still there goes out at once")
    func rollback() throws {
        _ = try publish("a.1", 1, at: 0)
        settle(at: 0)
        _ = try publish("b.1", 2, at: 100)
        let routes = settle(at: 100).routes
        _ = ask(.productionRoutes, routes, at: 150)
        _ = try publish("a.1", 1, at: 200)
        #expect(rollout.answer(node, .productionRoutes, at: 200)?.version == rollout.version(of: .production))
    }

    @Test("Refused routes are told with their plan and keep the node's old clusters")
    func refusal() throws {
        _ = try publish("a.1", 1, at: 0)
        let old = settle(at: 0)
        _ = try publish("b.1", 2, at: 100)
        let union = try #require(ask(.clusters, old.clusters, at: 100).answer)
        _ = ask(.clusters, union.version, at: 100)
        var events: [FleetEvent.Kind] = []
        for _ in 0..<3 { events += ask(.productionRoutes, old.routes, at: 200).events }
        let version = try #require(rollout.version(of: .production))
        #expect(events.first == .refused(.productionRoutes, version: version, plan: Given.digest(2), reason: nil))
        _ = rollout.tick(at: 9_000)
        #expect(ask(.clusters, union.version, at: 9_000).answer == nil, "the node still runs routes to a.1")
    }

    @Test("A node whose module cannot read the plan's format gets no routes, and that is told once")
    func format() throws {
        _ = try publish("a.1", 1, at: 0)
        let clusters = try #require(ask(.clusters, nil, formats: [7], at: 0).answer)
        _ = ask(.clusters, clusters.version, formats: [7], at: 0)
        let first = ask(.productionRoutes, nil, formats: [7], at: 0)
        #expect(first.answer == nil)
        guard case .refused(.productionRoutes, _, Given.digest(1), let reason?)? = first.events.last else {
            Issue.record("no refusal told: \(first.events)")
            return
        }
        #expect(reason.contains("reads plan formats 7, the plan has format 1"))
        #expect(ask(.productionRoutes, nil, formats: [7], at: 1).events == [])
        _ = ask(.clusters, clusters.version, formats: [1, 7], at: 2)
        #expect(ask(.productionRoutes, nil, formats: [1, 7], at: 2).answer != nil)
    }

    @Test("A node that does not tell what its module reads is sent format 1 and no later one")
    func formatNotTold() throws {
        for (format, isSent) in [(1, true), (2, false)] {
            rollout = FleetRollout(.init(settle: 1_000, planFormat: format)) { _, _ in DiscoveryAnswer([]) }
            _ = try publish("a.1", 1, at: 0)
            #expect((settle(at: 0).routes != nil) == isSent)
        }
    }

    @Test("A plan that changed while no server ran goes out without taking away what nodes still use")
    func successor() throws {
        _ = try publish("a.1", 1, at: 0)
        let old = settle(at: 0)
        let memory = rollout.memory
        rollout = FleetRollout(.init(settle: 1_000, planFormat: 1)) { _, _ in DiscoveryAnswer([]) }
        rollout.restore(memory, at: 100)
        _ = try publish("b.1", 2, health: true, at: 100)
        let told = ask(.productionRoutes, old.routes, at: 110).events
        #expect(told.contains(.accepted(.productionRoutes, version: old.routes ?? "", plan: Given.digest(1))))
        let union = try #require(ask(.clusters, old.clusters, at: 110).answer)
        let text = String(decoding: union.body, as: UTF8.self)
        #expect(text.contains("\"a.1\"") && text.contains("\"b.1\""))
    }

    @Test(
        "What only an absent node runs is there for it when it comes back, also to a server that was started anew",
        arguments: [false, true])
    func absenceOverRestart(isAbsentAtRestart: Bool) throws {
        _ = try publish("a.1", 1, at: 0)
        settle("fra1", at: 0)
        let absent = settle("hil1", at: 0)
        _ = try publish("b.1", 2, at: 100)
        var union = settle("fra1", at: 100).clusters
        var now: Int64 = 200
        func pass(_ milliseconds: Int64) {
            now += milliseconds
            _ = rollout.tick(at: now)
            _ = rollout.tick(at: now + 1_000)
            now += 1_000
            union = ask(.clusters, union, "fra1", at: now).answer?.version ?? union
            _ = ask(.clusters, union, "fra1", at: now)
        }
        func isOffered(_ origin: String, _ name: String) -> Bool {
            let offered = ask(.clusters, nil, name, at: now).answer
            return offered.map { String(decoding: $0.body, as: UTF8.self).contains("\"\(origin)\"") } ?? false
        }
        if isAbsentAtRestart { pass(Liveness.expiry) }
        let kept = try JSONDecoder().decode(RolloutMemory.self, from: JSONEncoder().encode(rollout.memory))
        rollout = FleetRollout(.init(settle: 1_000, planFormat: 1, firstNode: .init(suspicion: 0))) { _, _ in
            DiscoveryAnswer([])
        }
        rollout.restore(kept, at: now)
        _ = try publish("b.1", 2, at: now)
        settle("fra1", at: now)
        pass(Liveness.expiry + 1)
        pass(Liveness.expiry + 1)
        #expect(!isOffered("a.1", "sin1"), "nobody else is told of it")

        // Its first word names its clusters only; what routes it runs is remembered.
        let offer = try #require(ask(.clusters, absent.clusters, "hil1", at: now).answer)
        let text = String(decoding: offer.body, as: UTF8.self)
        #expect(text.contains("\"a.1\"") && text.contains("\"b.1\""))
        _ = ask(.clusters, offer.version, "hil1", at: now)
        pass(5_000)
        #expect(rollout.memory.tables.contains { $0.version == absent.routes }, "it has not said what it runs")
        _ = ask(.productionRoutes, absent.routes, "hil1", at: now)
        settle("hil1", at: now)
        pass(2_000)
        #expect(!isOffered("a.1", "sin2"), "it has moved on")
    }

    @Test("Who has been away for a month is forgotten")
    func longAbsence() throws {
        _ = try publish("a.1", 1, at: 0)
        settle("hil1", at: 0)
        let memory = rollout.memory
        func remembers(at now: Int64) -> Bool {
            var successor = FleetRollout(.init(settle: 1_000, planFormat: 1)) { _, _ in DiscoveryAnswer([]) }
            successor.restore(memory, at: now)
            return successor.memory.nodes.contains { $0.name == "hil1".asName }
        }
        let month: Int64 = 30 * 86_400_000
        #expect(remembers(at: month))
        #expect(!remembers(at: month + 60_000))
    }

    @Test("A node that begins after the server was started anew gets everything, though nothing changed")
    func newcomerAfterRestart() throws {
        _ = try publish("a.1", 1, at: 0)
        settle(at: 0)
        let memory = rollout.memory
        rollout = FleetRollout(.init(settle: 1_000, planFormat: 1)) { _, _ in DiscoveryAnswer([]) }
        rollout.restore(memory, at: 100)
        _ = try publish("a.1", 1, at: 100)
        #expect(settle("sin1", at: 200).routes == rollout.version(of: .production))
    }

    @Test("Listeners are the node's own and change with what it declares")
    func listeners() throws {
        _ = try publish("a.1", 1, at: 0)
        let first = try #require(ask(.listeners, nil, at: 0).answer)
        _ = ask(.listeners, first.version, at: 1)
        let moved = DiscoveryRequest(
            node: Given.node(listen: ["127.0.0.11:8080"]), token: "", kind: .listeners, version: first.version)
        _ = rollout.hear(moved, at: 2)
        #expect(rollout.answer(node, .listeners, at: 2).map { $0.version != first.version } == true)
    }

    @Test("A node that says nothing for 40 seconds is lost, once, and seen again when it returns")
    func lost() throws {
        _ = try publish("a.1", 1, at: 0)
        _ = ask(.clusters, nil, at: 0)
        #expect(rollout.tick(at: 40_000) == [])
        #expect(rollout.tick(at: 40_001).map(\.kind) == [.lost])
        #expect(rollout.tick(at: 50_000) == [])
        guard case .seen? = ask(.clusters, nil, at: 50_001).events.first else {
            Issue.record("the return was not told")
            return
        }
    }
}

extension DiscoveryAnswer {
    /// Another answer whose version depends on the text.
    fileprivate func with(_ text: String) -> DiscoveryAnswer {
        let sockets = text.split(separator: ":").first.map {
            ListenerPlan(network: .production, address: String($0), port: 1)
        }
        let listeners = sockets.flatMap { try? EnvoyRenderer(usesModule: false).listeners([$0], accessLog: nil) }
        return DiscoveryAnswer(listeners ?? [])
    }
}
