import EdgePlan
import TestKit
import Testing

@testable import EnvoyConfig

/// Rendering takes over what did not change; what comes of it must be, byte for byte, what comes of rendering anew.
@Suite("Rendering again and again")
struct RenderingAgainTests {
    /// A few origins of which one changes without changing its name, as only a plan of another program could.
    private static func origins(_ random: inout SeededGenerator) -> [OriginPlan] {
        var all: [OriginPlan] = [.fixed, .named, .geo, .inner]
        if Int.random(in: 0..<4, using: &random) == 0 { all.removeLast() }
        if Int.random(in: 0..<8, using: &random) == 0 { all[0].responseTimeout = 7_000 }
        return all
    }

    private static func zone(_ number: Int, _ random: inout SeededGenerator) -> ZonePlan {
        let name = "z\(number).s\(number % 5).example"
        let hosts = [[], [name], [name], [name, "www." + name], [name, "*.s\(number).test"], ["*.com", name]]
        let names = [OriginPlan.fixed, .named, .geo, .inner].map(\.name)
        return .zone(
            name, hosts: hosts.randomElement(using: &random), origin: names.randomElement(using: &random),
            routed: Bool.random(using: &random) ? [] : [names[Int.random(in: 0..<4, using: &random)]])
    }

    private static func encode(_ zone: ZonePlan) -> [UInt8] { Array("\(zone.hosts) \(zone.configurations)".utf8) }

    /// Some zones come, change, go or come back as they were.
    private static func change(_ zones: inout [String: ZonePlan], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let zone = zone(Int.random(in: 0..<40, using: &random), &random)
            zones[zone.name] = Int.random(in: 0..<5, using: &random) == 0 ? nil : zone
        }
    }

    private static func answers(_ table: RouteTable) -> [DiscoveryAnswer] {
        [table.answer] + table.shards.map(\.answer)
    }

    @Test("Random sequences of plans, whole and in shards", arguments: [4, 12, 1_000])
    func sameAsAnew(largestWhole: Int) throws {
        var random = SeededGenerator.announced("rendering again, whole up to \(largestWhole)")
        let renderer = EnvoyRenderer(largestWhole: largestWhole)
        var (production, lower): ([String: ZonePlan], [String: ZonePlan]) = ([:], [:])
        var previous: ResourceSet?
        for step in 0..<150 {
            Self.change(&production, &random)
            if Bool.random(using: &random) { lower = production } else { Self.change(&lower, &random) }
            let plan = EdgePlan.edge(
                production: production.values.sorted { $0.name < $1.name },
                lower: lower.values.sorted { $0.name < $1.name }, origins: Self.origins(&random))
            let again = try renderer.render(plan, reusing: previous, encode: Self.encode)
            let anew = try renderer.render(plan, encode: Self.encode)
            #expect(again.clusters == anew.clusters, "step \(step)")
            for network in Network.allCases {
                let (table, other) = (again.routes(network), anew.routes(network))
                #expect(table.clusters == other.clusters && table.resource == other.resource, "step \(step)")
                // Whether it comes in shards depends on what was before; what is in them does not.
                #expect(table.inShards.map(\.answer) == other.inShards.map(\.answer), "step \(step)")
                if table.shards.isEmpty == other.shards.isEmpty {
                    #expect(table == other && Self.answers(table) == Self.answers(other), "step \(step)")
                }
            }
            previous = again
        }
    }
}
