internal import EdgePlan

/// How many plans of zones name each content, and so which origins there are and whose findings count: kept from one
/// compilation to the next, so that neither is gathered from all zones again.
struct ContentUses: Sendable {
    private struct Use: Sendable {
        var count: Int
        var origins: [String: OriginPlan]
        var findings: [Finding]
    }

    private var uses: [ConfigurationID: Use] = [:]
    private var originUses: [String: Int] = [:]
    private var plans: [String: OriginPlan] = [:]
    /// Contents with findings.
    private var troubled: Set<ConfigurationID> = []
    /// Sorted by name.
    private(set) var origins: [OriginPlan] = []
    private var isSorted = true

    func contains(_ id: ConfigurationID) -> Bool { uses[id] != nil }

    mutating func release(_ zones: some Sequence<ZonePlan>) {
        for id in zones.lazy.flatMap({ $0.configurations.lazy.map(\.id) }) {
            guard var use = uses[id] else { continue }
            use.count -= 1
            uses[id] = use.count > 0 ? use : nil
            guard use.count == 0 else { continue }
            troubled.remove(id)
            for name in use.origins.keys {
                let left = originUses[name, default: 1] - 1
                originUses[name] = left > 0 ? left : nil
                if left == 0 { (plans[name], isSorted) = (nil, false) }
            }
        }
    }

    mutating func retain(_ zones: some Sequence<ZonePlan>, _ compiled: [ConfigurationID: PlanMemory.Compiled]) {
        for id in zones.lazy.flatMap({ $0.configurations.lazy.map(\.id) }) {
            if uses[id] != nil {
                uses[id]?.count += 1
                continue
            }
            guard let content = compiled[id] else { continue }
            uses[id] = Use(count: 1, origins: content.origins, findings: content.findings)
            if !content.findings.isEmpty { troubled.insert(id) }
            for (name, plan) in content.origins {
                originUses[name, default: 0] += 1
                if plans[name] == nil { (plans[name], isSorted) = (plan, false) }
            }
        }
    }

    mutating func sortOrigins() {
        guard !isSorted else { return }
        origins = plans.values.sorted { $0.name < $1.name }
        isSorted = true
    }

    /// Findings of all contents, each once, in the order in which plans of zones name them.
    func findings(_ networks: [[ZonePlan]]) -> [Finding] {
        guard !troubled.isEmpty else { return [] }
        var rest = troubled
        var findings: [Finding] = []
        for id in networks.lazy.joined().flatMap({ $0.configurations.lazy.map(\.id) }) where rest.remove(id) != nil {
            findings += uses[id]?.findings ?? []
        }
        return findings
    }
}
