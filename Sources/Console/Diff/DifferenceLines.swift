internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import TerminalUI

/// A difference of two configurations as lines: grouped by phase, a moved rule is one line, of a changed text the words
/// that came and went are marked, and under a changed expression stands which part of it changed.
enum DifferenceLines {
    static func lines(_ diff: ConfigurationDiff) -> [DiffLine] {
        var builder = Builder()
        for section in diff.phases {
            builder.heading("\(section.phase.shortName)", "  \(Words.text(section.phase.rawValue))")
            for change in section.changes { builder.add(change) }
        }
        builder.add("origins", diff.origins)
        builder.add("settings", diff.settings)
        return builder.lines
    }

    private struct Builder {
        var lines: [DiffLine] = []
        var count = 0

        mutating func heading(_ title: TerminalText, _ rest: TerminalText = .empty) {
            if !lines.isEmpty { lines.append(DiffLine(.context, .empty)) }
            lines.append(DiffLine(.heading, [.init(title), .init(rest, isQuiet: true)]))
        }

        /// Lines of one change have its number in common.
        private mutating func put(_ kind: DiffLine.Kind, _ pieces: [DiffLine.Piece]) {
            lines.append(DiffLine(kind, pieces, change: "\(count)"))
        }

        private mutating func put(_ kind: DiffLine.Kind, _ text: TerminalText, _ rest: TerminalText = .empty) {
            put(kind, [.init(text), .init(rest, isQuiet: true)])
        }

        mutating func add(_ change: RuleChange) {
            switch change {
            case .added(let rule, let place): body(.added, rule, "at \(place)")
            case .removed(let rule, let place): body(.removed, rule, "was at \(place)")
            case .moved(let ref, let from, let to): put(.moved, Words.text(ref), "  moved from \(from) to \(to)")
            case .modified(let ref, let fields, let moved):
                let rest: TerminalText = moved.map { "  moved from \($0.from) to \($0.to)" } ?? .empty
                put(.changed, Words.text(ref), rest)
                for field in fields { add(field) }
            }
            count += 1
        }

        private mutating func body(_ kind: DiffLine.Kind, _ rule: Rule, _ place: TerminalText) {
            put(kind, Words.text(rule.ref), "  \(place)")
            put(kind, "  if   \(Words.text(rule.expression))")
            var then: TerminalText = "  then \(Words.text(rule.action))"
            if let parameters = rule.parameters { then += " \(Words.text(parameters.json()))" }
            if !rule.enabled { then += "  (disabled)" }
            put(kind, then)
        }

        mutating func add(_ title: TerminalText, _ items: [ItemChange]) {
            guard !items.isEmpty else { return }
            heading(title)
            for item in items {
                switch item {
                case .added(let name, let value): put(.added, "\(Words.text(name))  \(Words.text(value.leafText))")
                case .removed(let name, let value): put(.removed, "\(Words.text(name))  \(Words.text(value.leafText))")
                case .modified(let name, let fields):
                    put(.changed, Words.text(name))
                    for field in fields { add(field) }
                }
                count += 1
            }
        }

        private mutating func add(_ field: FieldChange) {
            let title: TerminalText = field.field.isEmpty ? "  " : "  \(Words.text(field.field)): "
            switch (field.old, field.new) {
            case (let old?, let new?):
                let words = WordDiff(from: old, to: new)
                put(.removed, [.init(title)] + pieces(words, .removed))
                put(.added, [.init(title)] + pieces(words, .added))
            case (let old?, nil): put(.removed, "\(title)\(Words.text(old))")
            case (nil, let new?): put(.added, "\(title)\(Words.text(new))")
            case (nil, nil): break
            }
            for part in field.parts { put(.note, "    \(Words.text(part))") }
        }

        /// One side of a changed text, its own words marked.
        private func pieces(_ words: WordDiff, _ own: WordDiff.Kind) -> [DiffLine.Piece] {
            words.runs.filter { $0.kind == .same || $0.kind == own }.map {
                DiffLine.Piece(Words.text($0.text), isWord: $0.kind == own)
            }
        }
    }
}
