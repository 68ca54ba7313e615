internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import RulesReasoning

/// Rules of one phase among each other: which can never be reached, which are said twice, which are overwritten.
extension ConfigurationLint {
    mutating func order(_ phase: Phase) {
        let rules = entries[phase] ?? []
        duplicates(rules)
        unreachable(rules, phase)
        overwritten(rules, phase)
    }

    private mutating func duplicates(_ rules: [Entry]) {
        struct Key: Hashable {
            var condition: Expression
            var action: RuleAction?
            var parameters: DocumentValue?
            var rateLimit: DocumentValue?
        }
        var first: [Key: Entry] = [:]
        for entry in rules {
            let parameters = entry.action == nil ? entry.rule.parameters?.sorted : nil
            let key = Key(
                condition: entry.condition, action: entry.action, parameters: parameters,
                rateLimit: entry.action == nil ? entry.rule.rateLimit : nil)
            if let before = first[key], before.rule.action == entry.rule.action {
                report(
                    .duplicateRule, entry, "it says the same as rule '\(before.rule.ref)'", remedy: "remove one of them"
                )
            } else if first[key] == nil {
                first[key] = entry
            }
        }
    }

    /// Whether what matches the rule goes no further in its phase.
    private func ends(_ action: RuleAction?) -> Bool {
        switch action {
        case .redirect, .block: true
        case .skip(let restOfPhase, _): restOfPhase
        default: false
        }
    }

    private mutating func unreachable(_ rules: [Entry], _ phase: Phase) {
        let ending = rules.enumerated().filter { ends($0.element.action) }
        let index = CoverIndex(ending.map { ($0.offset, $0.element.condition) }, lists: lists)
        for (number, entry) in rules.enumerated() {
            if let cover = cover(of: entry, before: number, among: index, rules) {
                report(
                    .unreachable, entry, "rule '\(cover.rule.ref)' before it ends every request that it could match",
                    remedy: "move it before '\(cover.rule.ref)', or remove it")
            }
        }
    }

    /// An earlier rule that matches whenever this one does. One request that this rule matches is asked first: only rules
    /// that match it too can be it.
    private func cover(
        of entry: Entry, before number: Int, among index: borrowing CoverIndex, _ rules: [Entry]
    ) -> Entry? {
        guard let witness = entry.witness else { return nil }
        return index.cover(of: witness, in: 0..<number) {
            prover.implies(entry.condition, rules[$0].condition)
        }.map { rules[$0] }
    }

    // MARK: merging phases

    /// What a rule of a merging phase sets, by name; empty: it merges nothing.
    private func settings(_ action: RuleAction?) -> Set<String> {
        switch action {
        case .route(let host, let origin, let port, let serverName):
            Set(
                [
                    host.map { _ in "host_header" }, origin.map { _ in "origin" }, port.map { _ in "port" },
                    serverName.map { _ in "sni" },
                ].compactMap { $0 })
        case .cache(let settings): settings.names
        case .configure(let settings): settings.hotlinkProtection == nil ? [] : ["hotlink_protection"]
        case .rewriteHeaders(let edits):
            // What is added stays beside what others add; only setting and removing make an end of what was.
            edits.contains { $0.operation == .add } ? [] : Set(edits.map(\.name))
        default: []
        }
    }

    private mutating func overwritten(_ rules: [Entry], _ phase: Phase) {
        // A value computed from what the rule before left behind would make it matter after all.
        guard !readsOwnPhase(phase) else { return }
        let merging = rules.enumerated().filter { !settings($0.element.action).isEmpty }
        let index = CoverIndex(merging.map { ($0.offset, $0.element.condition) }, lists: lists)
        for (number, entry) in merging.reversed() {
            let mine = settings(entry.action)
            guard let witness = entry.witness else { continue }
            let later = index.cover(
                of: witness, in: (number + 1)..<rules.count, among: { mine.isSubset(of: settings(rules[$0].action)) },
                proof: { prover.implies(entry.condition, rules[$0].condition) })
            if let later = later.map({ rules[$0] }) {
                report(
                    .overwritten, entry, "rule '\(later.rule.ref)' after it sets the same whenever it matches",
                    remedy: "remove it, or move it behind '\(later.rule.ref)'")
            }
        }
    }

    /// Header rules see what rules before them did to headers.
    private func readsOwnPhase(_ phase: Phase) -> Bool {
        guard phase == .lateTransform || phase == .responseHeadersTransform else { return false }
        let read: Set<FieldID> = [
            .headers, .responseHeaders, .headersNames, .headersValues, .responseHeadersNames, .responseHeadersValues,
        ]
        return (entries[phase] ?? []).contains { entry in
            if !read.isDisjoint(with: entry.condition.usedFields) { return true }
            guard case .rewriteHeaders(let edits) = entry.action else { return false }
            return edits.contains { edit in
                guard case .expression(let text)? = edit.value, let value = try? Expression(text, mode: .value) else {
                    return false
                }
                return !read.isDisjoint(with: value.usedFields)
            }
        }
    }
}
