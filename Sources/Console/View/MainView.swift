internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// The list or text of the place.
enum MainView {
    static func draw(
        _ model: ConsoleModel, into surface: inout Surface, in rect: Rect, _ draw: DrawContext
    ) -> (Point?, [AccessNode]) {
        let screen = model.screen
        let title = screen.place.trail.last.map { Words.text($0.title) } ?? ""
        let isList = screen.place.screen != nil
        var head = StyledLine(title, .title, .bold)
        if isList, model.picture != nil {
            if screen.place != .map { head.append(" \(screen.table.position(at: draw.now))", .titleCount) }
            if screen.place.isTail, screen.table.followsTop, screen.rows.count > 0 {
                head.append(" following", .titleCount)
            }
        } else if let diff = screen.diff, !diff.isEmpty {
            head.append(" \(diff.position)", .titleCount)
        }
        if !screen.filter.isEmpty { head.append("  /\(Words.text(screen.filter))", .promptMatch) }
        // The same under a question: it would be painted anew all around for nothing.
        let inner = surface.box(rect, CellStyle(.borderFocus), title: head, glyphs: draw.glyphs)
        if let problem = model.screen.problem ?? (model.picture == nil ? model.pictureProblem : nil) {
            let others = model.picture == nil ? [StyledLine()] + Words.otherStates : []
            let lines = ProblemPage.lines(problem) + others
            put(lines, into: &surface, in: inner, from: 0)
            return (nil, [AccessNode(.text, id: "problem", label: Words.line(problem.message))])
        }
        guard model.picture != nil else {
            surface.put(
                "reading \(Words.text(model.setup.state))…", at: inner.origin, style: CellStyle(.textMuted),
                within: inner)
            return (nil, [])
        }
        guard isList else {
            let waiting = screen.place.needsContent && screen.content == nil
            if waiting { surface.put("reading…", at: inner.origin, style: CellStyle(.textMuted), within: inner) }
            put(screen.head, into: &surface, in: inner, from: 0)
            let area = inner.top(screen.head.count).rest
            let said = screen.head.filter { !$0.isEmpty }.enumerated().map {
                AccessNode(.text, id: "head.\($0)", label: $1.text)
            }
            if let diff = screen.diff {
                diff.draw(into: &surface, in: area, draw)
                return (nil, said + [diff.access(id: "text", isFocused: draw.isFocused)])
            }
            if !waiting { screen.pager.draw(into: &surface, in: area, draw) }
            let nodes = screen.pager.lines.enumerated().map { AccessNode(.text, id: "line.\($0)", label: $1.text) }
            return (
                nil, said + [AccessNode(.text, id: "text", label: title, isFocused: draw.isFocused, children: nodes)]
            )
        }
        guard model.isKnown(screen.place) else {
            surface.put("reading…", at: inner.origin, style: CellStyle(.textMuted), within: inner)
            return (nil, [])
        }
        if screen.place == .map, !screen.map.roots.isEmpty {
            let cursor = screen.map.draw(into: &surface, in: inner, draw)
            return (cursor, [screen.map.access(id: "map", label: title)])
        }
        if screen.rows.count == 0, let context = model.context(at: draw.now), let kind = screen.place.screen {
            var context = context
            context.content = screen.content
            let lines = kind.emptiness(context)
            put(lines, into: &surface, in: inner.inset(1, 1), from: 0)
            return (nil, [AccessNode(.text, id: "empty", label: lines.map(\.text).joined(separator: " "))])
        }
        let cursor = screen.table.draw(into: &surface, in: inner, screen.rows, draw)
        return (
            cursor,
            [screen.table.access(screen.rows, id: "table", label: title, isFocused: draw.isFocused)]
        )
    }

    static func put(_ lines: [StyledLine], into surface: inout Surface, in rect: Rect, from top: Int) {
        for (offset, line) in lines.dropFirst(max(0, top)).prefix(rect.height).enumerated() {
            surface.put(line.truncated(to: rect.width), at: Point(rect.column, rect.row + offset), within: rect)
        }
    }
}
