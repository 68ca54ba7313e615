package import EdgeModel

/// What changed between two rulesets, for people and programs: rules matched by ref, a move is one change, and what only
/// differs in notation is none.
package struct MailRulesetDiff: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        /// Positions count from 1.
        case added(MailRule, at: Int)
        case removed(MailRule, at: Int)
        case moved(ref: String, from: Int, to: Int)
        case modified(ref: String, [FieldChange], moved: RuleChange.MovedPositions?)
    }

    package var rules: [Change]
    /// Switches and the catch-all.
    package var settings: [ItemChange]

    package var isEmpty: Bool { rules.isEmpty && settings.isEmpty }
    package var removedRules: Int { rules.count { if case .removed = $0 { true } else { false } } }
    package var changedRules: Int { rules.count { if case .modified = $0 { true } else { false } } }

    package init(from old: MailRuleset, to new: MailRuleset) {
        rules = Self.changes(old.rules, new.rules)
        settings = ItemChange.between(old.settingMembers, new.settingMembers)
    }

    /// In order of the new rules, removed ones where they stood.
    private static func changes(_ old: [MailRule], _ new: [MailRule]) -> [Change] {
        let oldIndex = Dictionary(old.enumerated().map { ($1.ref, $0) }, uniquingKeysWith: { first, _ in first })
        let newRefs = Set(new.map(\.ref))
        let stayed = RuleChange.longestIncreasing(new.compactMap { oldIndex[$0.ref] })
        var changes: [(sort: Double, change: Change)] = []
        for (position, rule) in new.enumerated() {
            guard let before = oldIndex[rule.ref] else {
                changes.append((Double(position), .added(rule, at: position + 1)))
                continue
            }
            let moved =
                stayed.contains(before) ? nil : RuleChange.MovedPositions(from: before + 1, to: position + 1)
            let fields = old[before] == rule ? [] : FieldChange.between(old[before], rule)
            if !fields.isEmpty {
                changes.append((Double(position), .modified(ref: rule.ref, fields, moved: moved)))
            } else if let moved {
                changes.append((Double(position), .moved(ref: rule.ref, from: moved.from, to: moved.to)))
            }
        }
        for (position, rule) in old.enumerated() where !newRefs.contains(rule.ref) {
            changes.append((Double(position) - 0.5, .removed(rule, at: position + 1)))
        }
        return changes.enumerated().sorted { ($0.element.sort, $0.offset) < ($1.element.sort, $1.offset) }
            .map(\.element.change)
    }

    /// `2 added, 1 changed; settings: 1`
    package var summary: String {
        if isEmpty { return "no difference" }
        var counts = ["added": 0, "removed": 0, "changed": 0, "moved": 0]
        for change in rules {
            switch change {
            case .added: counts["added", default: 0] += 1
            case .removed: counts["removed", default: 0] += 1
            case .modified: counts["changed", default: 0] += 1
            case .moved: counts["moved", default: 0] += 1
            }
        }
        let words = ["added", "removed", "changed", "moved"].compactMap { word in
            counts[word].flatMap { $0 > 0 ? "\($0) \(word)" : nil }
        }
        let text = words.isEmpty ? "rules unchanged" : "rules: " + words.joined(separator: ", ")
        return settings.isEmpty ? text : text + "; settings: \(settings.count)"
    }
}

extension FieldChange {
    fileprivate static func between(_ old: MailRule, _ new: MailRule) -> [FieldChange] {
        ItemChange.leaves(old.document(canonical: true), new.document(canonical: true), at: "")
    }
}

extension MailRuleset {
    fileprivate var settingMembers: [DocumentMember] {
        [
            DocumentMember("subaddressing", .bool(subaddressing)),
            DocumentMember("sender_rewriting", .bool(senderRewriting)),
            DocumentMember("authentication_server", authenticationServer.map { .string($0) } ?? .null),
            DocumentMember("catch_all", catchAll?.document ?? .null),
        ]
    }
}
