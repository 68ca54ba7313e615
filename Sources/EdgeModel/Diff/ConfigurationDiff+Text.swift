internal import EdgePlan
internal import RulesLanguage

extension ConfigurationDiff {
    package var text: String { text(byWords: false) }

    /// A unified-diff-like text: a heading per phase, one block a change; `+` added, `-` removed, `~` changed, `>` moved.
    /// Below a changed expression stands which of its parts changed. Lines end with a newline; empty when nothing changed.
    ///
    /// - Parameter byWords: texts that changed are shown once, with `[-what went-]` and `{+what came+}` marked in them.
    package func text(byWords: Bool) -> String {
        var lines: [String] = []
        for section in phases {
            lines.append(section.phase.rawValue)
            for change in section.changes { lines += change.lines(in: section.phase, byWords).map { "  " + $0 } }
        }
        for (title, items) in [("origins", origins), ("settings", settings)] where !items.isEmpty {
            lines.append(title)
            for item in items { lines += item.lines(byWords).map { "  " + $0 } }
        }
        return lines.map { Self.marked($0) + "\n" }.joined()
    }

    /// Every line of a text that has several gets the mark of the first: a line of a description must not look like a
    /// change or a heading of its own.
    private static func marked(_ text: String) -> String {
        let parts = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String($0) ?? "" }
        guard parts.count > 1, let first = parts.first else { return text }
        let head = first.prefix { "+-~> ".contains($0) }
        return ([first] + parts.dropFirst().map { head + $0 }).joined(separator: "\n")
    }

    /// `2 added, 1 removed, 1 changed, 1 moved; origins: 1; settings: 1`
    package var summary: String {
        if isEmpty { return "no difference" }
        var parts: [String] = []
        for (count, word) in [
            (addedRules, "added"), (removedRules, "removed"), (changedRules, "changed"), (movedRules, "moved"),
        ]
        where count > 0 {
            parts.append("\(count) \(word)")
        }
        var text = parts.isEmpty ? "rules unchanged" : "rules: " + parts.joined(separator: ", ")
        if !origins.isEmpty { text += "; origins: \(origins.count)" }
        if !settings.isEmpty { text += "; settings: \(settings.count)" }
        return text
    }

    package var document: DocumentValue {
        .object([
            "different": .bool(!isEmpty),
            "summary": .string(summary),
            "phases": .array(
                phases.map { section in
                    .object([
                        "phase": .string(section.phase.rawValue),
                        "changes": .array(section.changes.map { $0.document(in: section.phase) }),
                    ])
                }),
            "origins": .array(origins.map(\.document)),
            "settings": .array(settings.map(\.document)),
        ])
    }
}

extension RuleChange {
    fileprivate func lines(in phase: Phase, _ byWords: Bool) -> [String] {
        switch self {
        case .added(let rule, let at):
            return ["+ \(rule.ref)  (at \(at))"] + Self.body(rule).map { "+   \($0)" }
        case .removed(let rule, let at):
            return ["- \(rule.ref)  (was at \(at))"] + Self.body(rule).map { "-   \($0)" }
        case .moved(let ref, let from, let to): return ["> \(ref)  moved from \(from) to \(to)"]
        case .modified(let ref, let fields, let moved):
            let place = moved.map { "  moved from \($0.from) to \($0.to)" } ?? ""
            return ["~ \(ref)\(place)"] + fields.flatMap { $0.lines(byWords) }
        }
    }

    private static func body(_ rule: Rule) -> [String] {
        var lines = ["if   \(rule.expression)", "then \(rule.action)"]
        if let parameters = rule.parameters { lines[1] += " \(parameters.json())" }
        if let limit = rule.rateLimit { lines.append("ratelimit \(limit.json())") }
        if !rule.enabled { lines.append("disabled") }
        return lines
    }

    fileprivate func document(in phase: Phase) -> DocumentValue {
        switch self {
        case .added(let rule, let at):
            .object([
                "change": .string("added"), "position": .int(at), "rule": rule.document(in: phase, canonical: false),
            ])
        case .removed(let rule, let at):
            .object([
                "change": .string("removed"), "position": .int(at), "rule": rule.document(in: phase, canonical: false),
            ])
        case .moved(let ref, let from, let to):
            .object(["change": .string("moved"), "ref": .string(ref), "from": .int(from), "to": .int(to)])
        case .modified(let ref, let fields, let moved):
            .object([
                "change": .string("modified"), "ref": .string(ref), "fields": .array(fields.map(\.document)),
                "from": moved.map { .int($0.from) }, "to": moved.map { .int($0.to) },
            ])
        }
    }
}

extension FieldChange {
    fileprivate func lines(_ byWords: Bool) -> [String] {
        var lines = ["    \(field):"]
        if byWords, let old, let new {
            lines.append("~     \(WordDiff(from: old, to: new).marked)")
        } else {
            if let old { lines.append("-     \(old)") }
            if let new { lines.append("+     \(new)") }
        }
        return lines + parts.map { "~       \($0)" }
    }

    /// What changed in an expression, part by part; empty for everything else, and where one sentence would only say the
    /// whole again.
    package var parts: [String] {
        guard let old, let new, field == "expression" || field.hasSuffix(".expression") else { return [] }
        let mode: Expression.Mode = field == "expression" ? .filter : .value
        guard let before = try? Expression(old, mode: mode), let after = try? Expression(new, mode: mode) else {
            return []
        }
        let changes = ExpressionChange.between(before, after)
        if changes.count == 1, case .replaced = changes[0] { return [] }
        return changes.map(\.description)
    }

    fileprivate var document: DocumentValue {
        .object([
            "field": .string(field), "old": old.map { .string($0) }, "new": new.map { .string($0) },
            "parts": parts.isEmpty ? nil : .array(parts.map { .string($0) }),
        ])
    }
}

extension ItemChange {
    fileprivate func lines(_ byWords: Bool) -> [String] {
        switch self {
        case .added(let name, let value): ["+ \(name)  \(value.leafText)"]
        case .removed(let name, let value): ["- \(name)  \(value.leafText)"]
        case .modified(let name, let fields):
            if fields.count == 1, let field = fields.first, field.field.isEmpty {
                ["~ \(name)"] + [field.old.map { "-     \($0)" }, field.new.map { "+     \($0)" }].compactMap { $0 }
            } else {
                ["~ \(name)"] + fields.flatMap { $0.lines(byWords) }
            }
        }
    }

    fileprivate var document: DocumentValue {
        switch self {
        case .added(let name, let value):
            .object(["change": .string("added"), "name": .string(name), "new": value])
        case .removed(let name, let value):
            .object(["change": .string("removed"), "name": .string(name), "old": value])
        case .modified(let name, let fields):
            .object(["change": .string("modified"), "name": .string(name), "fields": .array(fields.map(\.document))])
        }
    }
}
