package import EdgeModel

extension MailRulesetDiff {
    /// Like a unified diff: one block a change; `+` added, `-` removed, `~` changed, `>` moved. Lines end with a newline;
    /// empty when nothing changed.
    package var text: String {
        var lines = rules.flatMap(\.lines)
        if !settings.isEmpty {
            lines.append("settings")
            for setting in settings { lines += setting.lines.map { "  " + $0 } }
        }
        return lines.map { $0.replacingLineBreaks + "\n" }.joined()
    }

    /// `list changed, sales added, settings`: each rule by its name, as many as fit a sentence.
    package var sentence: String {
        let names = rules.map(\.sentence) + (settings.isEmpty ? [] : ["settings"])
        let rest = names.count > 6 ? [" and \(names.count - 5) more"] : []
        return names.prefix(rest.isEmpty ? 6 : 5).joined(separator: ", ") + rest.joined()
    }

    package var document: DocumentValue {
        .object([
            "different": .bool(!isEmpty), "summary": .string(summary), "rules": .array(rules.map(\.document)),
            "settings": .array(settings.map(\.mailDocument)),
        ])
    }
}

extension MailRulesetDiff.Change {
    fileprivate var sentence: String {
        switch self {
        case .added(let rule, _): "\(rule.ref) added"
        case .removed(let rule, _): "\(rule.ref) removed"
        case .moved(let ref, _, _): "\(ref) moved"
        case .modified(let ref, _, _): "\(ref) changed"
        }
    }

    fileprivate var lines: [String] {
        switch self {
        case .added(let rule, let at): ["+ \(rule.ref)  (at \(at))"] + Self.body(rule).map { "+   \($0)" }
        case .removed(let rule, let at): ["- \(rule.ref)  (was at \(at))"] + Self.body(rule).map { "-   \($0)" }
        case .moved(let ref, let from, let to): ["> \(ref)  moved from \(from) to \(to)"]
        case .modified(let ref, let fields, let moved):
            ["~ \(ref)" + (moved.map { "  moved from \($0.from) to \($0.to)" } ?? "")] + fields.flatMap(\.mailLines)
        }
    }

    private static func body(_ rule: MailRule) -> [String] {
        [rule.condition, "then \(rule.action.sentence)"] + (rule.enabled ? [] : ["disabled"])
            + (rule.expires.map { ["expires \($0)"] } ?? [])
    }

    fileprivate var document: DocumentValue {
        switch self {
        case .added(let rule, let at):
            .object(["change": .string("added"), "position": .int(at), "rule": rule.document])
        case .removed(let rule, let at):
            .object(["change": .string("removed"), "position": .int(at), "rule": rule.document])
        case .moved(let ref, let from, let to):
            .object(["change": .string("moved"), "ref": .string(ref), "from": .int(from), "to": .int(to)])
        case .modified(let ref, let fields, let moved):
            .object([
                "change": .string("modified"), "ref": .string(ref), "fields": .array(fields.map(\.mailDocument)),
                "from": moved.map { .int($0.from) }, "to": moved.map { .int($0.to) },
            ])
        }
    }
}

extension FieldChange {
    fileprivate var mailLines: [String] {
        ["    \(field):"] + (old.map { ["-     \($0)"] } ?? []) + (new.map { ["+     \($0)"] } ?? [])
    }

    fileprivate var mailDocument: DocumentValue {
        .object(["field": .string(field), "old": old.map { .string($0) }, "new": new.map { .string($0) }])
    }
}

extension ItemChange {
    fileprivate var mailDocument: DocumentValue {
        switch self {
        case .added(let name, let value): .object(["change": .string("added"), "name": .string(name), "new": value])
        case .removed(let name, let value):
            .object(["change": .string("removed"), "name": .string(name), "old": value])
        case .modified(let name, let fields):
            .object([
                "change": .string("modified"), "name": .string(name), "fields": .array(fields.map(\.mailDocument)),
            ])
        }
    }

    fileprivate var lines: [String] {
        switch self {
        case .added(let name, let value): ["+ \(name): \(value.leafText)"]
        case .removed(let name, let value): ["- \(name): \(value.leafText)"]
        case .modified(let name, let fields):
            ["~ \(name)"] + fields.flatMap { $0.field.isEmpty ? Array($0.mailLines.dropFirst()) : $0.mailLines }
        }
    }
}

extension String {
    /// A line of a description must not look like a change of its own.
    fileprivate var replacingLineBreaks: String {
        utf8.contains(0x0A)
            ? split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ") : self
    }
}
