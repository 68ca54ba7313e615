import EdgeModel
import EdgePlan
import EnvoyConfig
import FleetProtocol
import TestKit
import Testing
import XDSServer

/// A node whose Envoy fetches shards, as the server sees it.
struct ShardedNode {
    let name: ResourceName
    var delivery = RouteDelivery()
    // A restart is no reproach here: that is FirstNode's affair.
    var rollout = FleetRollout(.init(settle: 1_000, firstNode: .init(suspicion: 0))) { node, _ in
        DiscoveryAnswer([], tag: node.fetchesShards == true ? "shards." : "")
    }
    var versions: [RoutePiece: String] = [:]
    var events: [FleetEvent.Kind] = []

    init(_ name: String = "fra1") { self.name = name.asName }

    mutating func publish(_ set: ResourceSet, _ number: Int, at now: Int64 = 0) {
        tell(delivery.publish(set, &rollout, at: now))
        tell(rollout.publish(set, digests: Given.digests(number), at: now))
        tell(delivery.offer(&rollout, at: now))
    }

    mutating func ask(
        _ kind: ResourceKind, _ version: String?, piece: RoutePiece = .whole, at now: Int64 = 0, can: Bool = true
    ) -> DiscoveryAnswer? {
        let request = DiscoveryRequest(
            node: Given.node(name.rawValue), token: "", kind: kind, version: version, piece: piece, canFetchShards: can)
        tell(delivery.hear(request, &rollout, at: now))
        tell(delivery.offer(&rollout, at: now))
        return delivery.answer(name, kind, piece, &rollout, at: now)
    }

    /// Asks for a shard as Envoy does, with what it runs, and takes what comes unless it is refused.
    @discardableResult
    mutating func poll(_ shard: Int, refusing: Bool = false, at now: Int64 = 0) -> Bool {
        guard let answer = ask(.productionRoutes, versions[.shard(shard)], piece: .shard(shard), at: now) else {
            return false
        }
        if !refusing { versions[.shard(shard)] = answer.version }
        return true
    }

    /// All shards once; those that something came for.
    @discardableResult
    mutating func pollAll(at now: Int64 = 0) -> [Int] {
        var sent: [Int] = []
        for shard in 0..<RouteShard.count where poll(shard, at: now) { sent.append(shard) }
        return sent
    }

    mutating func start(at now: Int64 = 0) {
        versions = [:]
        let clusters = ask(.clusters, nil, at: now)
        _ = ask(.clusters, clusters?.version, at: now)
        let listeners = ask(.listeners, nil, at: now)
        _ = ask(.listeners, listeners?.version, at: now)
        pollAll(at: now)
        pollAll(at: now)
    }

    mutating func tell(_ new: [FleetEvent]) { events += new.map(\.kind) }

    var acceptedPlan: Digest? {
        events.reversed().lazy.compactMap { event -> Digest?? in
            if case .accepted(.productionRoutes, _, let plan) = event { plan } else { nil }
        }.first ?? nil
    }

    var refusals: Int {
        events.count { if case .refused(.productionRoutes, _, _, _) = $0 { true } else { false } }
    }
}

extension Given {
    /// Zones `z0.example`... with one origin; `changed` has a second host.
    static func zones(_ count: Int, changed: Set<Int> = []) -> EdgePlan {
        var plan = Given.plan("a.1")
        let zone = plan.production.zones[0]
        plan.production.zones = (0..<count).map { number in
            var zone = zone
            zone.name = "z\(number).example"
            zone.hosts = ["z\(number).example"] + (changed.contains(number) ? ["www.z\(number).example"] : [])
            return zone
        }
        return plan
    }

    static func sharded(_ plan: EdgePlan) throws -> ResourceSet {
        try EnvoyRenderer(largestWhole: 20).render(plan) { EnvoyRenderer.envelope($0) }
    }
}

@Suite("Routes in shards")
struct RouteDeliveryTests {
    private let shard = RouteShard.of("z3.example")

    @Test("A first node shows that it lives with the next word of the shard that made the version whole, no other's")
    func life() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        node.pollAll()
        node.publish(try Given.sharded(Given.zones(40, changed: [3])), 2)
        let isAsked = { (node: ShardedNode, shard: Int) in
            node.delivery.isToAskAgain(node.name, .productionRoutes, .shard(shard), node.rollout)
        }
        node.poll(shard)
        #expect(!isAsked(node, shard), "it has not said anything of it yet")
        node.poll(shard)
        #expect(node.acceptedPlan == Given.digest(2) && isAsked(node, shard) && !isAsked(node, 0))
        // May have been on its way since before the change.
        node.poll(0)
        #expect(isAsked(node, shard))
        node.poll(shard)
        #expect(!isAsked(node, shard))
    }

    @Test("A process that starts while the network is large fetches shards; one that runs keeps its way")
    func layout() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(3)), 1)
        let clusters = node.ask(.clusters, nil)
        _ = node.ask(.clusters, clusters?.version)
        let smallAnswer = node.ask(.listeners, nil)
        let small = try #require(smallAnswer)
        #expect(!small.version.hasPrefix("shards."))
        _ = node.ask(.listeners, small.version)
        node.publish(try Given.sharded(Given.zones(40)), 2)
        let unchanged = node.ask(.listeners, small.version)
        #expect(unchanged == nil)
        // The whole is still there for it.
        let wholeAnswer = node.ask(.productionRoutes, "old")
        let whole = try #require(wholeAnswer)
        #expect(String(decoding: whole.body, as: UTF8.self).contains("z39.example"))
        // It starts anew, without and with a module that knows shards.
        _ = node.ask(.clusters, nil)
        let old = node.ask(.listeners, nil, can: false)
        #expect(old?.version == small.version)
        _ = node.ask(.clusters, nil)
        let new = node.ask(.listeners, nil)
        #expect(new?.version.hasPrefix("shards.") == true)
    }

    @Test("A node that waits before anything is published gets shards when the network turns out to be large")
    func early() throws {
        var node = ShardedNode()
        _ = node.ask(.clusters, nil)
        let nothing = node.ask(.listeners, nil)
        #expect(nothing == nil)
        // Its request for clusters was held for as long as requests are, and comes again.
        _ = node.ask(.clusters, nil)
        node.publish(try Given.sharded(Given.zones(40)), 1)
        let listeners = node.delivery.answer(node.name, .listeners, .whole, &node.rollout, at: 0)
        #expect(listeners?.version.hasPrefix("shards.") == true)
    }

    @Test("One changed zone: one shard is sent, and the plan counts as accepted when it is")
    func oneZone() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        #expect(node.acceptedPlan == Given.digest(1))
        node.publish(try Given.sharded(Given.zones(40, changed: [3])), 2)
        #expect(node.acceptedPlan == Given.digest(1))
        let sent = node.pollAll()
        #expect(sent == [shard])
        #expect(node.acceptedPlan == Given.digest(1))
        node.poll(shard)
        #expect(node.acceptedPlan == Given.digest(2) && node.refusals == 0)
    }

    @Test("Two changed zones: accepted only when both shards are")
    func twoZones() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        let other = RouteShard.of("z4.example")
        try #require(other != shard)
        node.publish(try Given.sharded(Given.zones(40, changed: [3, 4])), 2)
        node.poll(shard)
        node.poll(shard)
        #expect(node.acceptedPlan == Given.digest(1))
        node.poll(other)
        node.poll(other)
        #expect(node.acceptedPlan == Given.digest(2))
    }

    @Test("No shard is sent before the clusters of the whole version are accepted")
    func clustersFirst() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        var plan = Given.zones(40, changed: [3])
        let moved = Given.plan("b.1")
        plan.production.zones[9].configurations = moved.production.zones[0].configurations
        plan.origins += moved.origins
        node.publish(try Given.sharded(plan), 2)
        let early = node.pollAll()
        #expect(early == [])
        let clustersAnswer = node.ask(.clusters, node.rollout.acceptedVersion(node.name, .clusters))
        let clusters = try #require(clustersAnswer)
        _ = node.ask(.clusters, clusters.version)
        let sent = node.pollAll()
        #expect(Set(sent) == [shard, RouteShard.of("z9.example")])
    }

    @Test(
        "A shard that is refused twice is a refusal of the version; the other shards go back, and a rollback is silent")
    func refusal() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        let other = RouteShard.of("z4.example")
        let before = node.versions
        node.publish(try Given.sharded(Given.zones(40, changed: [3, 4])), 2)
        node.poll(other)
        node.poll(other)
        #expect(node.versions != before)
        let attempts = [node.poll(shard, refusing: true), node.poll(shard, refusing: true)]
        #expect(attempts == [true, true] && node.refusals == 0)
        let third = node.poll(shard, refusing: true)
        #expect(!third && node.refusals == 1)
        // What was taken goes back.
        let back = [node.poll(other), node.poll(other)]
        #expect(back == [true, false] && node.versions == before)
        let rest = node.pollAll()
        #expect(rest == [] && node.refusals == 1)
        node.publish(try Given.sharded(Given.zones(40, changed: [5])), 3)
        let next = [node.poll(RouteShard.of("z5.example")), node.poll(RouteShard.of("z5.example"))]
        #expect(next == [true, false])
        #expect(node.acceptedPlan == Given.digest(3))
    }

    @Test("A version that keeps a refused piece is refused as well, not left between")
    func refusedAgain() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        node.publish(try Given.sharded(Given.zones(40, changed: [3])), 2)
        for _ in 0..<3 { node.poll(shard, refusing: true) }
        #expect(node.refusals == 1)
        node.publish(try Given.sharded(Given.zones(40, changed: [3, 4])), 3)
        let attempts = [
            node.poll(shard, refusing: true), node.poll(shard, refusing: true), node.poll(shard, refusing: true),
        ]
        #expect(attempts == [true, true, false] && node.refusals == 2)
        node.publish(try Given.sharded(Given.zones(40, changed: [4])), 4)
        node.pollAll()
        node.pollAll()
        #expect(node.acceptedPlan == Given.digest(4))
    }

    @Test("An answer that was lost is sent again")
    func lost() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        node.publish(try Given.sharded(Given.zones(40, changed: [3])), 2)
        let attempts = [node.poll(shard, refusing: true), node.poll(shard), node.poll(shard)]
        #expect(attempts == [true, true, false])
        #expect(node.acceptedPlan == Given.digest(2) && node.refusals == 0)
    }

    @Test("A server that has just started learns from the shards what a node runs and sends what differs")
    func newServer() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        for changed in [[], [3]] as [Set<Int>] {
            var again = ShardedNode()
            again.versions = node.versions
            again.publish(try Given.sharded(Given.zones(40, changed: changed)), 2)
            let clusters = node.rollout.acceptedVersion(node.name, .clusters)
            _ = again.ask(.clusters, clusters)
            _ = again.ask(.listeners, node.rollout.acceptedVersion(node.name, .listeners))
            let sent = again.pollAll()
            #expect(sent == (changed.isEmpty ? [] : [shard]))
            again.poll(shard)
            #expect(again.acceptedPlan == Given.digest(2) && again.refusals == 0)
        }
    }

    @Test("A new process gets every shard again")
    func restart() throws {
        var node = ShardedNode()
        node.publish(try Given.sharded(Given.zones(40)), 1)
        node.start()
        node.start(at: 10)
        #expect(node.versions.count == RouteShard.count && node.acceptedPlan == Given.digest(1))
        node.publish(try Given.sharded(Given.zones(2)), 2, at: 20)
        // A network that became small is still sent in shards to whom fetches them.
        let emptied = node.pollAll(at: 20)
        #expect(emptied.count > 10)
        node.pollAll(at: 20)
        #expect(node.acceptedPlan == Given.digest(2))
    }

    @Test("Whatever is lost, refused or restarted: no shard leads to a cluster that is not there", arguments: 0..<12)
    func chance(_ round: Int) throws {
        var chance = SeededGenerator.announced("shards \(round)")
        var node = ShardedNode()
        var (clusters, leads): (Set<String>, [Int: Set<String>]) = ([], [:])
        var (clustersVersion, now, number): (String?, Int64, Int) = (nil, 1_000, 0)
        func names(_ answer: DiscoveryAnswer, _ field: String) -> Set<String> {
            let parts = String(decoding: answer.body, as: UTF8.self).split(separator: "\"\(field)\":\"").dropFirst()
            return Set(parts.compactMap { $0.split(separator: "\"").first.map(String.init) })
        }
        func publish(isNew: Bool = false) throws {
            number += 1
            var plan = Given.zones(30)
            for zone in plan.production.zones.indices
            where Int.random(in: 0..<10, using: &chance) == 0 || (isNew && zone == 0) {
                let origin = isNew && zone == 0 ? 9 : Int.random(in: 0..<6, using: &chance)
                let other = Given.plan("o\(origin).1")
                plan.production.zones[zone].configurations = other.production.zones[0].configurations
                for origin in other.origins where !plan.origins.contains(origin) { plan.origins.append(origin) }
            }
            node.publish(try Given.sharded(plan), number, at: now)
        }
        func askClusters(isKept: Bool) {
            guard let answer = node.ask(.clusters, clustersVersion, at: now), isKept else { return }
            (clustersVersion, clusters) = (answer.version, names(answer, "cluster_name"))
        }
        func askShard(_ shard: Int, isKept: Bool) {
            let before = node.versions[.shard(shard)]
            let request = node.ask(.productionRoutes, before, piece: .shard(shard), at: now)
            guard let answer = request, isKept else { return }
            node.versions[.shard(shard)] = answer.version
            leads[shard] = names(answer, "cluster")
        }
        var taken = 0
        try publish()
        for step in 0..<6_000 {
            now += Int64.random(in: 1...40, using: &chance)
            if step % 50 == 0 { node.tell(node.rollout.tick(at: now)) }
            let isKept = Int.random(in: 0..<12, using: &chance) > 0
            switch Int.random(in: 0..<1_000, using: &chance) {
            case 0..<6: try publish()
            case 6: (node.versions, clusters, leads, clustersVersion) = ([:], [], [:], nil)
            case 7..<100: askClusters(isKept: isKept)
            default:
                guard clustersVersion != nil else { continue }
                askShard(Int.random(in: 0..<RouteShard.count, using: &chance), isKept: isKept)
                taken += 1
            }
            for (shard, names) in leads where !names.isSubset(of: clusters) {
                Issue.record(
                    "seed \(chance.seed), step \(step): shard \(shard) leads to \(names), there is \(clusters)")
                return
            }
        }
        // Without faults it ends where it should. What was refused last stays held until something else is published.
        try publish(isNew: true)
        for _ in 0..<4 {
            now += 100
            askClusters(isKept: true)
            for shard in 0..<RouteShard.count { askShard(shard, isKept: true) }
        }
        #expect(node.acceptedPlan == Given.digest(number) && taken > 1_000)
    }
}
