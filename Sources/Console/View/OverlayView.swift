internal import TerminalUI

/// What lies over the screen: the question before a change, help, what a command printed, a choice.
enum OverlayView {
    static func draw(
        _ overlay: ConsoleModel.Overlay, _ model: ConsoleModel, into surface: inout Surface, _ draw: DrawContext
    ) -> (cursor: Point?, access: AccessNode) {
        let draw = draw.focused(true)
        let whole = surface.bounds
        switch overlay {
        case .change(let question):
            return (question.dialog.draw(into: &surface, in: whole, draw), question.dialog.access())
        case .typed(_, let dialog): return (dialog.draw(into: &surface, in: whole, draw), dialog.access())
        case .text(let page): return text(page, model, &surface, draw)
        case .help(let help): return (help.draw(into: &surface, in: ScreenLayout(model).main, draw), help.access())
        case .environments(let menu): return (menu.draw(into: &surface, in: whole, draw), menu.access())
        case .command(_, _, let dialog): return (dialog.draw(into: &surface, in: whole, draw), dialog.access())
        case .form(let form):
            let command = "= \(Words.text(model.command(form.command)))" as TerminalText
            return (
                form.draw(command, into: &surface, in: whole, draw), form.form.access(id: "form", label: form.title)
            )
        case .columns(let menu): return (menu.draw(into: &surface, in: whole, draw), menu.access())
        case .plain(let text): return plain(text, &surface)
        case .themes(let menu, _): return (menu.draw(into: &surface, in: whole, draw), menu.access())
        }
    }

    /// Nothing but the text, from the first column on.
    private static func plain(_ text: String, _ surface: inout Surface) -> (Point?, AccessNode) {
        surface.fill(surface.bounds)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
            TerminalText(untrusted: $0, tabStop: 8).wrapped(to: surface.size.columns)
        }
        for (row, line) in lines.prefix(surface.size.rows - 1).enumerated() { surface.put(line, at: Point(0, row)) }
        surface.put("any key goes back", at: Point(0, surface.size.rows - 1), style: CellStyle(.textMuted))
        return (Point(0, 0), AccessNode(.dialog, id: "plain", label: Words.text(text), isFocused: true))
    }

    private static func text(
        _ page: TextPage, _ model: ConsoleModel, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        let main = ScreenLayout(model).main
        surface.fill(main, CellStyle(.text, on: .dialog))
        let keys: [(TerminalText, TerminalText)] = [("Esc", "close"), ("y", "copy")]
        let foot = keys.map { StyledLine("\($0) ", .hintKey) + StyledLine("\($1) ", .hintLabel) }.reduce(
            StyledLine(), +)
        var title = StyledLine(page.title, .title, .bold)
        title.append(" \(page.pager.position)", .titleCount)
        let inner = surface.box(
            main, CellStyle(.borderFocus, on: .dialog), title: title.on(.dialog), foot: foot.on(.dialog),
            glyphs: draw.glyphs)
        page.pager.draw(into: &surface, in: inner, draw)
        surface.restyle(inner) { $0.ground == .surface ? $0.on(.dialog) : $0 }
        let nodes = page.pager.lines.enumerated().map { AccessNode(.text, id: "page.\($0)", label: $1.text) }
        return (nil, AccessNode(.dialog, id: "page", label: page.title, isFocused: true, children: nodes))
    }
}
