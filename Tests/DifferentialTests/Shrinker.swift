import EdgeModel
import EdgePlan

/// Makes a failing case small: fewer rules and a plainer request, as long as the two sides still differ.
struct Shrinker {
    struct Case {
        var snapshot: EdgeSnapshot
        var request: ClientRequest
    }

    /// How often it may be asked; each time costs a second at a real edge.
    var most = 80
    /// Whether a case, on its own and from the start, still shows a difference.
    let differs: (Case) async throws -> Bool

    /// Nil: the case shows nothing on its own, for it takes the requests before it.
    func shrunk(_ first: Case) async throws -> Case? {
        var asked = 0
        func fails(_ one: Case) async throws -> Bool {
            guard asked < most else { return false }
            asked += 1
            return try await differs(one)
        }
        guard try await fails(first) else { return nil }
        var best = first
        func attempt(_ change: (inout Case) -> Void) async throws {
            var next = best
            change(&next)
            if try await fails(next) { best = next }
        }
        try await attempt { $0.snapshot.routingRules = [] }
        try await attempt { $0.snapshot.environments.removeAll { !$0.isProduction } }
        let rules = try await Self.fewest(Self.rules(of: best.snapshot)) { kept in
            try await fails(Case(snapshot: Self.keeping(kept, of: best.snapshot), request: best.request))
        }
        best.snapshot = Self.keeping(rules, of: best.snapshot)
        let headers = try await Self.fewest(best.request.headers) { kept in
            var next = best
            next.request.headers = kept
            return try await fails(next)
        }
        best.request.headers = headers
        try await attempt { $0.request.body = "" }
        try await attempt { $0.request.target = String($0.request.target.prefix { $0 != "?" }) }
        try await attempt { $0.request.target = "/" }
        try await attempt { $0.request.method = "GET" }
        return best
    }

    /// A part of a list, none of whose elements can be left out on its own (delta debugging: halves first).
    static func fewest<Element>(
        _ all: [Element], _ fails: ([Element]) async throws -> Bool
    ) async rethrows -> [Element] {
        var kept = all
        var size = max(1, kept.count)
        while !kept.isEmpty {
            var (start, isShorter) = (0, false)
            while start < kept.count {
                let next = Array(kept[..<start]) + kept[min(start + size, kept.count)...]
                if try await fails(next) { (kept, isShorter) = (next, true) } else { start += size }
            }
            if size == 1, !isShorter { break }
            size = max(1, size / 2)
        }
        return kept
    }

    // MARK: rules

    private struct RulePlace: Hashable {
        var configuration: Int
        var phase: Phase
        var ref: String
    }

    private static func rules(of snapshot: EdgeSnapshot) -> [RulePlace] {
        (snapshot.zones.map(\.content) + snapshot.versions.sorted { $0.key < $1.key }.map(\.value)).flatMap { content in
            Phase.allCases.flatMap { phase in
                content.configuration.rules(in: phase).map {
                    RulePlace(configuration: content.id.rawValue, phase: phase, ref: $0.ref)
                }
            }
        }
    }

    private static func keeping(_ places: [RulePlace], of snapshot: EdgeSnapshot) -> EdgeSnapshot {
        let kept = Set(places)
        func reduced(_ content: EdgeSnapshot.Content) -> EdgeSnapshot.Content {
            var content = content
            for phase in Phase.allCases {
                content.configuration.rules[phase] = content.configuration.rules(in: phase).filter {
                    kept.contains(RulePlace(configuration: content.id.rawValue, phase: phase, ref: $0.ref))
                }
            }
            return content
        }
        var snapshot = snapshot
        for index in snapshot.zones.indices { snapshot.zones[index].content = reduced(snapshot.zones[index].content) }
        snapshot.versions = snapshot.versions.mapValues(reduced)
        return snapshot
    }
}

extension Shrinker.Case: CustomStringConvertible {
    /// The rules that are left, and the request.
    var description: String {
        let contents = snapshot.zones.map(\.content) + snapshot.versions.sorted { $0.key < $1.key }.map(\.value)
        var lines = contents.flatMap { content in
            Phase.allCases.flatMap { phase in
                content.configuration.rules(in: phase).map { rule in
                    "\(content.label) \(phase.rawValue) \(rule.ref): \(rule.expression) → \(rule.action) \(rule.parameters?.json() ?? "")"
                }
            }
        }
        lines += snapshot.routingRules.map { "routing rule \($0.name): \($0.expression)" }
        return lines.joined(separator: "\n    ") + "\n    \(request)"
    }
}
