internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What lies over the screen: the question before a change, help, what a command printed.
enum OverlayView {
    static func draw(
        _ overlay: ConsoleModel.Overlay, _ model: ConsoleModel, into surface: inout Surface, _ draw: DrawContext
    ) -> (cursor: Point?, access: AccessNode) {
        switch overlay {
        case .change(let dialog): change(dialog, model, &surface, draw)
        case .typed(let dialog): typed(dialog, &surface, draw)
        case .text(let page): text(page, model, &surface, draw)
        case .help(let page): help(page, model, &surface, draw)
        case .environments(let index): environments(index, model, &surface, draw)
        case .themes(let index, _): themes(index, model, &surface, draw)
        }
    }

    /// A box in the middle, cleared.
    private static func box(
        _ surface: inout Surface, width: Int, height: Int, _ title: StyledLine, _ border: Role, _ draw: DrawContext
    ) -> Rect {
        let width = min(width, surface.size.columns - 2)
        let height = min(height, surface.size.rows - 2)
        let rect = Rect(
            column: (surface.size.columns - width) / 2, row: (surface.size.rows - height) / 2, width: width,
            height: height)
        surface.fill(rect, CellStyle(.text, on: .dialog))
        return surface.box(rect, CellStyle(border, on: .dialog), title: title.on(.dialog), glyphs: draw.glyphs).inset(
            1, 0)
    }

    private static func put(_ lines: [StyledLine], _ surface: inout Surface, in rect: Rect, from top: Int = 0) {
        MainView.put(lines.map { $0.on(.dialog) }, into: &surface, in: rect, from: top)
    }

    // MARK: a change

    private static func change(
        _ dialog: ChangeDialog, _ model: ConsoleModel, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        var head: [StyledLine] = []
        let plan = dialog.plan
        head.append(StyledLine(Words.text(plan?.title ?? dialog.operation.title), .textStrong, .bold))
        var place = StyledLine("on ", .textMuted) + StyledLine(Words.text(model.setup.context), .text)
        place.append("  state \(Words.text(model.setup.state))", .textMuted)
        head.append(place)
        var body: [StyledLine] = []
        switch dialog.stage {
        case .planning: body = [StyledLine("planning…", .textMuted)]
        case .failed(let problem): body = ProblemPage.lines(problem)
        case .review(let plan), .applying(let plan):
            body = PlanLines.lines(plan, model.picture, at: model.time(at: draw.now))
        }
        let width = min(110, surface.size.columns - 4)
        body = body.flatMap { $0.wrapped(to: width - 4, indent: 6) }
        let foot = footer(dialog, model, draw.now).flatMap { $0.wrapped(to: width - 4, indent: 2) }
        let height = min(surface.size.rows - 2, head.count + body.count + foot.count + 4)
        let isProduction = plan?.touchesProduction ?? false
        let rect = box(
            &surface, width: width, height: max(height, 9),
            StyledLine(isProduction ? "change production" : "change", isProduction ? .envProd : .title, .bold),
            isProduction ? .dialogDanger : .borderFocus, draw)
        let parts = Layout.rows(rect, [.fixed(head.count + 1), .rest, .fixed(foot.count + 1)])
        put(head, &surface, in: parts[0])
        let top = min(dialog.scroll, max(0, body.count - parts[1].height))
        put(body, &surface, in: parts[1], from: top)
        if body.count > parts[1].height {
            ScrollBar(top: top, shown: parts[1].height, count: body.count).draw(
                into: &surface, in: Rect(column: rect.endColumn, row: parts[1].row, width: 1, height: parts[1].height),
                draw.glyphs)
        }
        put([StyledLine()] + foot, &surface, in: parts[2])
        let nodes = (head + body + foot).enumerated().map { index, line in
            AccessNode(.text, id: "dialog.\(index)", label: line.text)
        }
        // Another stage is another dialog to whoever listens.
        let stage =
            switch dialog.stage {
            case .planning: 0
            case .review: 1
            case .applying: 2
            case .failed: 3
            }
        return (nil, AccessNode(.dialog, id: "change.\(stage)", label: head[0].text, isFocused: true, children: nodes))
    }

    private static func footer(_ dialog: ChangeDialog, _ model: ConsoleModel, _ now: Instant) -> [StyledLine] {
        var lines: [StyledLine] = []
        if dialog.isWritingReason || !dialog.reason.isEmpty {
            lines.append(
                StyledLine("why: ", .textMuted) + StyledLine(Words.text(dialog.reason), .textValue)
                    + StyledLine(dialog.isWritingReason ? "▏ (Enter when done)" : "", .promptGhost))
        }
        for obstacle in dialog.obstacles {
            var line = StyledLine("✗ \(obstacle.text)", .statusBad)
            if let key = obstacle.key {
                line.append("  \(key)", .hintKey)
                line.append(key == "r" ? " says why" : " goes on anyway", .hintLabel)
            } else {
                line.append("  mend it and plan again", .hintLabel)
            }
            lines.append(line)
        }
        lines.append(
            StyledLine("= \(Words.text(model.command(dialog.words)))", .textMuted))
        switch dialog.stage {
        case .applying: lines.append(StyledLine("committing…", .statusProgress))
        case .failed: lines.append(StyledLine("[ Close ]", .buttonFocus) + StyledLine("  Esc", .hintKey))
        case .planning: lines.append(StyledLine("[ Cancel ]", .buttonFocus) + StyledLine("  Esc", .hintKey))
        case .review:
            let isReady = dialog.obstacles.isEmpty && !dialog.isDeaf(at: now)
            var line = StyledLine("[ Cancel ]", dialog.isApplyFocused ? .button : .buttonFocus)
            line.append(" n  ", .hintKey)
            line.append("[ Apply ]", !isReady ? .textDisabled : dialog.isApplyFocused ? .buttonFocus : .button)
            line.append(" y  ", isReady ? .hintKey : .textDisabled)
            line.append("r", .hintKey)
            line.append(" say why", .hintLabel)
            lines.append(line)
        }
        return lines
    }

    // MARK: others

    private static func typed(
        _ dialog: TypedDialog, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        let lines = [
            StyledLine(Words.text(dialog.operation.title), .textStrong, .bold), StyledLine(),
            StyledLine("This cannot be taken back. Type ", .text)
                + StyledLine(Words.text(dialog.word), .textStrong, .bold)
                + StyledLine(" to go on.", .text), StyledLine(),
            StyledLine("> \(Words.text(dialog.text))", dialog.isRight ? .statusOk : .textValue), StyledLine(),
            StyledLine("Enter", dialog.isRight ? .hintKey : .textDisabled) + StyledLine(" goes on  ", .hintLabel)
                + StyledLine("Esc", .hintKey) + StyledLine(" cancels", .hintLabel),
        ]
        let rect = box(
            &surface, width: 64, height: lines.count + 2, StyledLine("for good", .dialogDanger, .bold), .dialogDanger,
            draw)
        put(lines, &surface, in: rect)
        let cursor = Point(rect.column + 2 + Words.text(dialog.text).width, rect.row + 4)
        return (
            cursor,
            AccessNode(
                .dialog, id: "typed", label: lines[0].text, isFocused: true,
                children: [
                    AccessNode(
                        .field, id: "typed.word", label: lines[2].text, value: Words.text(dialog.text), isFocused: true)
                ])
        )
    }

    private static func text(
        _ page: TextPage, _ model: ConsoleModel, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        let main = ScreenLayout(model).main
        surface.fill(main, CellStyle(.text, on: .dialog))
        let inner = surface.box(
            main, CellStyle(.borderFocus, on: .dialog), title: StyledLine(page.title, .title, .bold).on(.dialog),
            foot: (StyledLine("Esc", .hintKey) + StyledLine(" close  ", .hintLabel) + StyledLine("y", .hintKey)
                + StyledLine(" copy", .hintLabel)).on(.dialog), glyphs: draw.glyphs)
        put(page.lines, &surface, in: inner, from: page.top)
        let nodes = page.lines.enumerated().map { AccessNode(.text, id: "page.\($0)", label: $1.text) }
        return (nil, AccessNode(.dialog, id: "page", label: page.title, isFocused: true, children: nodes))
    }

    private static func help(
        _ page: HelpPage, _ model: ConsoleModel, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        let lines = HelpText.lines(model.setup.keys, page.query)
        let rect = box(
            &surface, width: 76, height: surface.size.rows - 4, StyledLine("keys", .title, .bold), .borderFocus, draw)
        let parts = Layout.rows(rect, [.fixed(1), .rest])
        let query = StyledLine("find: ", .textMuted) + StyledLine(Words.text(page.query), .prompt)
        put([query], &surface, in: parts[0])
        let top = min(page.top, max(0, lines.count - parts[1].height))
        put(lines, &surface, in: parts[1], from: top)
        let nodes = lines.enumerated().map { AccessNode(.item, id: "help.\($0)", label: $1.text) }
        return (
            Point(rect.column + query.width, rect.row),
            AccessNode(
                .help, id: "help", label: "keys", value: Words.text(page.query), isFocused: true, children: nodes)
        )
    }

    private static func environments(
        _ index: Int, _ model: ConsoleModel, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        let items = (model.picture?.environments.reversed() ?? []).map(\.environment).map {
            StyledLine(Words.name($0.name), Role.environment($0))
        }
        return menu("promote and roll back in", items, index, &surface, draw)
    }

    private static func themes(
        _ index: Int, _ model: ConsoleModel, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        menu("theme", model.setup.themes.map { StyledLine(Words.text($0), .text) }, index, &surface, draw)
    }

    /// One of a few: the one under the cursor is in the window whatever their number.
    private static func menu(
        _ title: TerminalText, _ items: [StyledLine], _ index: Int, _ surface: inout Surface, _ draw: DrawContext
    ) -> (Point?, AccessNode) {
        let lines = items.enumerated().map { place, item in
            StyledLine(place == index ? draw.glyphs.cursor + " " : "  ", .borderFocus)
                + (place == index ? item.with(.reverse) : item)
        }
        let rect = box(
            &surface, width: 44, height: lines.count + 2, StyledLine(title, .title), .borderFocus, draw)
        let top = max(0, index - rect.height + 1)
        put(lines, &surface, in: rect, from: top)
        let nodes = items.enumerated().map { place, item in
            AccessNode(
                .item, id: "menu.\(place)", label: item.text, isSelected: place == index, isFocused: place == index,
                position: AccessPosition(place + 1, of: items.count))
        }
        return (
            Point(rect.column, rect.row + index - top), AccessNode(.menu, id: "menu", label: title, children: nodes)
        )
    }
}

/// The key map as text: `?` shows it, and the manual prints it.
enum HelpText {
    static func lines(_ keys: Keymap<Action>, _ query: String) -> [StyledLine] {
        keys.help([], search: query).flatMap { section in
            [StyledLine(), StyledLine(section.title, .diffHunk, .bold)]
                + section.rows.map { row in
                    StyledLine(row.keys.fitted(to: 22), .hintKey) + StyledLine(row.title, .hintLabel)
                }
        }
    }
}
