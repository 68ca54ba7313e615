internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import TerminalUI

/// One line of a difference as it is drawn, and the change it belongs to.
struct DifferenceLine: Hashable, Sendable {
    var line: StyledLine
    /// Number of the change, from 0; nil: a heading or a blank.
    var change: Int?

    init(_ line: StyledLine, change: Int? = nil) {
        self.line = line
        self.change = change
    }
}

/// A difference of two configurations as lines: grouped by phase, a moved rule is one line, of a changed text the words
/// that came and went are marked, and under a changed expression stands which part of it changed.
enum DifferenceLines {
    static func lines(_ diff: ConfigurationDiff) -> [DifferenceLine] {
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
        var lines: [DifferenceLine] = []
        var count = 0

        mutating func heading(_ title: TerminalText, _ rest: TerminalText = .empty) {
            if !lines.isEmpty { lines.append(DifferenceLine(StyledLine())) }
            lines.append(DifferenceLine(StyledLine(title, .diffHunk, .bold) + StyledLine(rest, .textMuted)))
        }

        private mutating func put(_ line: StyledLine) { lines.append(DifferenceLine(line, change: count)) }

        mutating func add(_ change: RuleChange) {
            switch change {
            case .added(let rule, let place): body("+ ", rule, "at \(place)", .diffAdd)
            case .removed(let rule, let place): body("- ", rule, "was at \(place)", .diffRemove)
            case .moved(let ref, let from, let to):
                put(
                    StyledLine("↕ \(Words.text(ref))", .changeMoved)
                        + StyledLine("  moved from \(from) to \(to)", .textMuted))
            case .modified(let ref, let fields, let moved):
                var head = StyledLine("~ \(Words.text(ref))", .changeModified, .bold)
                if let moved { head.append("  moved from \(moved.from) to \(moved.to)", .textMuted) }
                put(head)
                for field in fields { add(field) }
            }
            count += 1
        }

        private mutating func body(_ mark: TerminalText, _ rule: Rule, _ place: TerminalText, _ role: Role) {
            put(StyledLine(mark + Words.text(rule.ref), role, .bold) + StyledLine("  \(place)", .textMuted))
            put(StyledLine("\(mark)  if   \(Words.text(rule.expression))", role))
            var then: TerminalText = "\(mark)  then \(Words.text(rule.action))"
            if let parameters = rule.parameters { then += " \(Words.text(parameters.json()))" }
            if !rule.enabled { then += "  (disabled)" }
            put(StyledLine(then, role))
        }

        mutating func add(_ title: TerminalText, _ items: [ItemChange]) {
            guard !items.isEmpty else { return }
            heading(title)
            for item in items {
                switch item {
                case .added(let name, let value):
                    put(StyledLine("+ \(Words.text(name))  \(Words.text(value.leafText))", .diffAdd))
                case .removed(let name, let value):
                    put(StyledLine("- \(Words.text(name))  \(Words.text(value.leafText))", .diffRemove))
                case .modified(let name, let fields):
                    put(StyledLine("~ \(Words.text(name))", .changeModified, .bold))
                    for field in fields { add(field) }
                }
                count += 1
            }
        }

        private mutating func add(_ field: FieldChange) {
            let title: TerminalText = field.field.isEmpty ? "" : "\(Words.text(field.field)): "
            switch (field.old, field.new) {
            case (let old?, let new?):
                let words = WordDiff(from: old, to: new)
                put(StyledLine("-   \(title)", .diffRemove) + runs(words, .removed, .diffRemove))
                put(StyledLine("+   \(title)", .diffAdd) + runs(words, .added, .diffAdd))
            case (let old?, nil): put(StyledLine("-   \(title)\(Words.text(old))", .diffRemove))
            case (nil, let new?): put(StyledLine("+   \(title)\(Words.text(new))", .diffAdd))
            case (nil, nil): break
            }
            for part in field.parts { put(StyledLine("      \(Words.text(part))", .textMuted, .italic)) }
        }

        /// One side of a changed text, its own words marked.
        private func runs(_ words: WordDiff, _ own: WordDiff.Kind, _ role: Role) -> StyledLine {
            var line = StyledLine()
            for run in words.runs where run.kind == .same || run.kind == own {
                if run.kind == own {
                    line.append(Words.text(run.text), CellStyle(role, on: .diffWord, [.bold, .underline]))
                } else {
                    line.append(Words.text(run.text), role)
                }
            }
            return line
        }
    }
}

/// A difference with a place in it: `n` and `N` go from change to change.
struct DifferenceState: Hashable, Sendable {
    var top = 0
    /// The change that is looked at.
    var change = 0

    /// - Parameter height: rows that are seen.
    mutating func handle(_ action: Action, _ lines: [DifferenceLine], height: Int) {
        let last = max(0, lines.count - height)
        switch action {
        case .up: top -= 1
        case .down: top += 1
        case .pageUp: top -= max(1, height - 1)
        case .pageDown: top += max(1, height - 1)
        case .top: top = 0
        case .bottom: top = last
        case .next, .previous:
            let count = (lines.lazy.compactMap(\.change).max() ?? -1) + 1
            guard count > 0 else { return }
            change = min(max(0, change + (action == .next ? 1 : -1)), count - 1)
            // The change and what stands above it.
            if let line = lines.firstIndex(where: { $0.change == change }) { top = line - 1 }
        default: break
        }
        top = min(max(0, top), last)
    }
}
