package import EdgePlan

/// What changed between two configurations, for people and programs: rules matched by `ref`, a move is one change,
/// grouped by phase; what only differs in notation, key order or spelled-out defaults is no change.
package struct ConfigurationDiff: Hashable, Sendable {
    package struct PhaseDiff: Hashable, Sendable {
        package var phase: Phase
        package var changes: [RuleChange]
    }

    package var phases: [PhaseDiff]
    package var origins: [ItemChange]
    package var settings: [ItemChange]

    package var isEmpty: Bool { phases.isEmpty && origins.isEmpty && settings.isEmpty }

    /// Rules removed and rules changed (moves not counted), for safety thresholds.
    package var removedRules: Int { count { if case .removed = $0 { true } else { false } } }
    package var changedRules: Int { count { if case .modified = $0 { true } else { false } } }
    package var addedRules: Int { count { if case .added = $0 { true } else { false } } }
    package var movedRules: Int { count { if case .moved = $0 { true } else { false } } }

    private func count(_ isCounted: (RuleChange) -> Bool) -> Int {
        phases.reduce(0) { $0 + $1.changes.count(where: isCounted) }
    }

    package init(from old: Configuration, to new: Configuration) {
        phases = Phase.allCases.compactMap { phase in
            let changes = RuleChange.between(old.rules(in: phase), new.rules(in: phase), in: phase)
            return changes.isEmpty ? nil : PhaseDiff(phase: phase, changes: changes)
        }
        origins = ItemChange.between(
            old.origins.map { DocumentMember($0.name, $0.document) },
            new.origins.map { DocumentMember($0.name, $0.document) })
        settings = ItemChange.between(old.settings, new.settings)
    }
}

/// One field of a rule, origin or setting with both sides.
package struct FieldChange: Hashable, Sendable {
    package var field: String
    package var old: String?
    package var new: String?
    package init(field: String, old: String?, new: String?) {
        self.field = field
        self.old = old
        self.new = new
    }
}

package enum RuleChange: Hashable, Sendable {
    /// Positions count from 1 within the phase.
    case added(Rule, at: Int)
    case removed(Rule, at: Int)
    /// Stands elsewhere relative to the rules that stayed; content unchanged.
    case moved(ref: String, from: Int, to: Int)
    /// Content changed; `moved` when it stands elsewhere too.
    case modified(ref: String, [FieldChange], moved: MovedPositions?)

    package struct MovedPositions: Hashable, Sendable {
        package var from: Int
        package var to: Int
        package init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }
    }

    /// In order of the new list, removed rules where they stood.
    static func between(_ old: [Rule], _ new: [Rule], in phase: Phase) -> [RuleChange] {
        let oldIndex = Dictionary(old.enumerated().map { ($1.ref, $0) }, uniquingKeysWith: { first, _ in first })
        let newRefs = Set(new.map(\.ref))
        // Refs on a longest increasing subsequence of old positions stayed; all others moved. One moved rule therefore
        // is one change, however many it passed.
        let stayed = longestIncreasing(new.compactMap { oldIndex[$0.ref] })
        var changes: [(sort: Double, change: RuleChange)] = []
        var lastStayed = -1
        for (position, rule) in new.enumerated() {
            guard let before = oldIndex[rule.ref] else {
                changes.append((Double(position), .added(rule, at: position + 1)))
                continue
            }
            let moved = stayed.contains(before) ? nil : MovedPositions(from: before + 1, to: position + 1)
            if moved == nil { lastStayed = max(lastStayed, before) }
            let fields = FieldChange.between(old[before], rule, in: phase)
            if !fields.isEmpty {
                changes.append((Double(position), .modified(ref: rule.ref, fields, moved: moved)))
            } else if let moved {
                changes.append((Double(position), .moved(ref: rule.ref, from: moved.from, to: moved.to)))
            }
        }
        for (position, rule) in old.enumerated() where !newRefs.contains(rule.ref) {
            changes.append((Double(position) - 0.5, .removed(rule, at: position + 1)))
        }
        return changes.enumerated().sorted { ($0.element.sort, $0.offset) < ($1.element.sort, $1.offset) }.map(
            \.element.change)
    }

    /// The values of one longest strictly increasing subsequence (patience sorting).
    package static func longestIncreasing(_ values: [Int]) -> Set<Int> {
        var tails: [Int] = []
        var previous = [Int](repeating: -1, count: values.count)
        for (index, value) in values.enumerated() {
            var (low, high) = (0, tails.count)
            while low < high {
                let middle = (low + high) / 2
                if values[tails[middle]] < value { low = middle + 1 } else { high = middle }
            }
            if low > 0 { previous[index] = tails[low - 1] }
            if low == tails.count { tails.append(index) } else { tails[low] = index }
        }
        var result: Set<Int> = []
        var index = tails.last ?? -1
        while index >= 0 {
            result.insert(values[index])
            index = previous[index]
        }
        return result
    }
}

extension FieldChange {
    /// Changes of meaning; the texts shown are the authors'.
    static func between(_ old: Rule, _ new: Rule, in phase: Phase) -> [FieldChange] {
        // Most rules of two versions are equal to the letter; reading their expressions would take 20 µs each.
        if old == new { return [] }
        var changes: [FieldChange] = []
        if old.expression != new.expression,
            ExpressionCheck.canonical(old.expression) != ExpressionCheck.canonical(new.expression)
        {
            changes.append(FieldChange(field: "expression", old: old.expression, new: new.expression))
        }
        if old.action != new.action { changes.append(FieldChange(field: "action", old: old.action, new: new.action)) }
        if old.action != new.action || old.parameters != new.parameters {
            changes += ItemChange.leaves(
                RuleAction.canonicalParameters(of: old, in: phase), RuleAction.canonicalParameters(of: new, in: phase),
                at: "action_parameters")
        }
        if old.rateLimit != new.rateLimit {
            changes += ItemChange.leaves(
                RuleAction.canonicalRateLimit(of: old, in: phase), RuleAction.canonicalRateLimit(of: new, in: phase),
                at: "ratelimit")
        }
        if (old.description ?? "") != (new.description ?? "") {
            changes.append(FieldChange(field: "description", old: old.description, new: new.description))
        }
        if old.enabled != new.enabled {
            changes.append(FieldChange(field: "enabled", old: String(old.enabled), new: String(new.enabled)))
        }
        return changes
    }
}

/// A change of a named thing that has no order: an origin or a setting.
package enum ItemChange: Hashable, Sendable {
    case added(name: String, DocumentValue)
    case removed(name: String, DocumentValue)
    case modified(name: String, [FieldChange])

    package static func between(_ old: [DocumentMember], _ new: [DocumentMember]) -> [ItemChange] {
        let before = Dictionary(old.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            switch (before[key], after[key]) {
            case (nil, let value?): .added(name: key, value)
            case (let value?, nil): .removed(name: key, value)
            case (let a?, let b?) where a.sorted != b.sorted: .modified(name: key, leaves(a, b, at: ""))
            default: nil
            }
        }
    }

    /// Every leaf that differs, by path.
    package static func leaves(_ old: DocumentValue?, _ new: DocumentValue?, at path: String) -> [FieldChange] {
        if old?.sorted == new?.sorted { return [] }
        if case .object(let a)? = old, case .object(let b)? = new {
            return Set(a.map(\.key)).union(b.map(\.key)).sorted().flatMap { key in
                leaves(old?[key], new?[key], at: DocumentReader.join(path, key))
            }
        }
        if case .array(let a)? = old, case .array(let b)? = new, a.count == b.count {
            return a.indices.flatMap { leaves(a[$0], b[$0], at: "\(path)[\($0)]") }
        }
        return [FieldChange(field: path, old: old?.leafText, new: new?.leafText)]
    }
}

extension DocumentValue {
    /// A text as it is, anything else as JSON.
    package var leafText: String {
        if case .string(let text) = self { return text }
        return sorted.json()
    }
}
