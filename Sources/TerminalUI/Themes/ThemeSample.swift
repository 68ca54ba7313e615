/// A small screen that uses every role, for the picker, for `theme preview` and for looking a theme over.
package enum ThemeSample {
    package static let size = TerminalSize(columns: 76, rows: 22)

    package static func surface(_ glyphs: GlyphSet = .unicode) -> Surface {
        var surface = Surface(size)
        let context = DrawContext(glyphs: glyphs)
        header(&surface, context)
        table(&surface, context)
        diff(&surface, context)
        states(&surface, context)
        toasts(&surface, context)
        return surface
    }

    private static func header(_ surface: inout Surface, _ context: DrawContext) {
        let crumbs = Breadcrumbs([.init("edge"), .init("production", .envProd), .init("shop"), .init("versions")])
        surface.put(crumbs.line(width: 50, context.glyphs), at: Point(0, 0))
        var names = StyledLine("dev ", .envDev)
        names.append("staging ", .envStaging)
        names.append("prod", .envProd)
        surface.put(names, at: Point(size.columns - names.width, 0))
    }

    private static func table(_ surface: inout Surface, _ context: DrawContext) {
        let area = Rect(column: 0, row: 1, width: 46, height: 8)
        let title = StyledLine("versions", .title) + StyledLine(" 5", .titleCount)
        let inner = surface.box(area, CellStyle(.borderFocus), title: title, glyphs: context.glyphs)
        let states: [(Role, TerminalText)] = [
            (.statusProgress, "rolling out"), (.statusOk, "live"), (.statusBad, "failing"), (.statusWarn, "slow"),
            (.statusRetired, "retired"),
        ]
        let rows = TableRows(
            states.enumerated().map { index, state in
                TableRow(
                    index,
                    [
                        StyledLine("shop@\(9 - index)", .textStrong),
                        StyledLine(context.glyphs.sign(state.0) + " " + state.1, state.0),
                        StyledLine("\(index * 23) %", .textNumber), StyledLine("note", .textMuted),
                    ])
            })
        let columns = [
            TableColumn("version", "VERSION"), TableColumn("state", "STATE", isFlexible: true),
            TableColumn("share", "SHARE", .right), TableColumn("note", "NOTE"),
        ]
        var table = TableState<Int>(columns)
        table.resize(rows: inner.height - 1)
        table.reload(rows, at: .zero)
        table.sort(by: 2, rows)
        table.handle(.mark, at: .zero)
        table.filter("l", rows)
        table.draw(into: &surface, in: inner, rows, context)
    }

    private static func diff(_ surface: inout Surface, _ context: DrawContext) {
        let area = Rect(column: 47, row: 1, width: 29, height: 8)
        surface.fill(area, CellStyle(.dialog, on: .dialog))
        let inner = surface.box(
            area, CellStyle(.dialogDanger, on: .dialog), title: StyledLine("promote", CellStyle(.dialog, on: .dialog)),
            glyphs: context.glyphs)
        let lines = [
            DiffLine(.heading, "redirects"), DiffLine(.removed, [.init("to "), .init("/old", isWord: true)]),
            DiffLine(.added, [.init("to "), .init("/new", isWord: true)]), DiffLine(.moved, "hsts 3 to 1"),
            DiffLine(.context, "4 rules as before"),
        ]
        DiffView(lines).draw(into: &surface, in: inner.bottom(1).rest, context)
        surface.restyle(inner.bottom(1).rest) { $0.ground == .surface ? $0.on(.dialog) : $0 }
        let row = inner.endRow - 1
        surface.put("[ Promote ]", at: Point(inner.column + 1, row), style: CellStyle(.button, on: .dialog))
        surface.put("[ Cancel ]", at: Point(inner.column + 14, row), style: CellStyle(.buttonFocus, on: .buttonFocus))
    }

    /// Every role by its name, in its own look.
    private static func states(_ surface: inout Surface, _ context: DrawContext) {
        var place = Point(0, 10)
        let own: Set<Role> = [.tableCursor, .tableCursorBlur, .tableStripe, .selection, .buttonFocus, .surfaceRaised]
        for role in Role.allCases where role != .surface && role != .diffWord && role != .dialog {
            let name = TerminalText(untrusted: role.name)
            if place.column + name.width > size.columns { place = Point(0, place.row + 1) }
            let style = own.contains(role) ? CellStyle(role, on: role) : CellStyle(role)
            place.column = surface.put(name, at: place, style: style) + 2
        }
    }

    private static func toasts(_ surface: inout Surface, _ context: DrawContext) {
        var toasts = Toasts()
        toasts.show(Toasts.Toast(.ok, "promoted shop@9", detail: "= signalbox promote shop"))
        toasts.show(Toasts.Toast(.error, "node fra1 refused the plan"))
        toasts.draw(into: &surface, in: Rect(size), context)
    }
}
