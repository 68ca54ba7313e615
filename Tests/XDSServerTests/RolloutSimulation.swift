import EdgeModel
import EdgePlan
import EnvoyConfig
import FleetProtocol
import FoundationEssentials
import TestKit
import Testing
import XDSServer

/// A model of Envoy that keeps what it accepted and warms clusters up, driven by chance: publications, answers that get
/// lost, refusals, restarts of nodes and of the server, absences. Whatever happens, no node's routes may lead to a cluster it does not have.
@Suite("Rollout under chance")
struct RolloutSimulation {
    private struct Envoy {
        var name: ResourceName
        var versions: [ResourceKind: String] = [:]
        /// By name: when it is usable.
        var clusters: [String: Int64] = [:]
        /// Clusters that its routes lead to.
        var routes: [Network: [String]] = [:]
        var absentUntil: Int64 = 0

        func problem(at now: Int64) -> String? {
            for (network, names) in routes {
                for name in names {
                    guard let usable = clusters[name] else { return "\(self.name) \(network): no cluster \(name)" }
                    if usable > now { return "\(self.name) \(network): cluster \(name) not usable before \(usable)" }
                }
            }
            return nil
        }
    }

    private static let warmUp: Int64 = 1_400

    @Test("No route ever leads to a cluster that is not there or not usable", arguments: 0..<12)
    func invariant(_ round: Int) throws { try run(round) }

    @Test(
        "The same five hundred times",
        .enabled(if: ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"] != nil, "set SIGNALBOX_SOAK=1"),
        arguments: 0..<500)
    func invariantSoak(_ round: Int) throws { try run(round) }

    private func run(_ round: Int) throws {
        var chance = SeededGenerator.announced("rollout simulation \(round)")
        // Restarts soon after something new hold it, and then little moves: only every other round suspects them.
        let isSuspicious = round.isMultiple(of: 2)
        // A server that has just started does not know what a node runs that was away all along: in some rounds one
        // server stays and absences outlast the expiry, in the others servers come and go and absences are shorter.
        let isPatient = round % 4 > 1
        let settings = FleetRollout.Settings(settle: 500, firstNode: isSuspicious ? .init() : .init(suspicion: 0))
        var rollout = FleetRollout(settings) { _, _ in DiscoveryAnswer([]) }
        var envoys = ["fra1", "hil1", "sin1"].map { Envoy(name: $0.asName) }
        var now: Int64 = 1_000_000
        var published: [String: (network: Network, clusters: [String])] = [:]
        var taken = 0
        func publish(_ step: Int) throws {
            let plan = Given.plan(
                "o\(Int.random(in: 0..<6, using: &chance)).1", health: Given.health, lower: Bool.random(using: &chance))
            let set = try Given.rendered(plan)
            for network in Network.allCases {
                let version = DiscoveryAnswer([set.routes(network).resource]).version
                published[version] = (network, set.routes(network).clusters)
            }
            _ = rollout.publish(set, digests: Given.digests(step % 100), at: now)
        }
        for step in 0..<1_500 {
            now += Int64.random(in: 1...(isPatient ? 1_000 : 120), using: &chance)
            if step == 0 || Int.random(in: 0..<25, using: &chance) == 0 {
                try publish(step)
            }
            _ = rollout.tick(at: now)
            if Int.random(in: 0..<40, using: &chance) == 0 {
                // Somebody is about to change something, or thinks better of it.
                let origin = "o\(Int.random(in: 0..<8, using: &chance)).1"
                _ = rollout.offer(
                    ahead: try Given.rendered(Given.plan(origin, health: Given.health)).clusters, at: now)
            }
            if Int.random(in: 0..<300, using: &chance) == 0, !isPatient {
                // The server ends; its successor starts with another plan.
                let memory = rollout.memory
                rollout = FleetRollout(settings) { _, _ in DiscoveryAnswer([]) }
                rollout.restore(memory, at: now)
                try publish(step)
            }
            let index = Int.random(in: envoys.indices, using: &chance)
            guard envoys[index].absentUntil <= now else { continue }
            switch Int.random(in: 0..<600, using: &chance) {
            case 0...2: envoys[index] = Envoy(name: envoys[index].name)
            case 3:
                let longest: Int64 = isPatient ? 3 * Liveness.expiry : 100_000
                envoys[index].absentUntil = now + Int64.random(in: 1_000...longest, using: &chance)
            default: break
            }
            // A process that starts asks for clusters first and for the rest when they are usable.
            let envoy = envoys[index]
            let isReady = envoy.versions[.clusters] != nil && envoy.clusters.values.allSatisfy { $0 <= now }
            let kinds: [ResourceKind] =
                isReady || !envoy.routes.isEmpty ? [.clusters, .productionRoutes, .lowerRoutes] : [.clusters]
            let kind = kinds[Int.random(in: kinds.indices, using: &chance)]
            let request = DiscoveryRequest(
                node: Given.node(envoy.name.rawValue), token: "", kind: kind, version: envoy.versions[kind])
            _ = rollout.hear(request, at: now)
            guard let answer = rollout.answer(envoy.name, kind, at: now) else { continue }
            let fate = Int.random(in: 0..<20, using: &chance)
            // Lost on its way or refused: the node keeps what it has either way.
            if fate == 0 { continue }
            envoys[index].versions[kind] = answer.version
            taken += 1
            if kind == .clusters {
                let names = Self.clusterNames(answer)
                let old = envoy.clusters
                envoys[index].clusters = Dictionary(
                    uniqueKeysWithValues: names.map { ($0, old[$0] ?? now + Self.warmUp) })
            } else if let table = published[answer.version] {
                envoys[index].routes[table.network] = table.clusters
            }
            if let problem = envoys[index].problem(at: now) {
                Issue.record("seed \(chance.seed), step \(step): \(problem)")
                return
            }
        }
        #expect(taken > (isSuspicious ? 10 : 50), "seed \(chance.seed)")
    }

    private static func clusterNames(_ answer: DiscoveryAnswer) -> [String] {
        let text = String(decoding: answer.body, as: UTF8.self)
        return text.split(separator: "\"cluster_name\":\"").dropFirst().compactMap { part in
            part.split(separator: "\"").first.map(String.init)
        }
    }
}
