internal import ControlPlane
internal import EdgeModel
package import TerminalUI

/// The picture of a model.
extension Console {
    package static func view(_ model: ConsoleModel, at now: Instant) -> Frame {
        var surface = Surface(model.size)
        guard !TooSmall.isTooSmall(model.size) else { return TooSmall.frame(model.size) }
        let layout = ScreenLayout(model)
        let draw = DrawContext(glyphs: model.theme.glyphs, now: now, isFocused: model.overlay == nil)
        HeaderView.draw(model, into: &surface, in: layout.header, at: now)
        var (cursor, access) = MainView.draw(model, into: &surface, in: layout.main, draw)
        if !layout.panes.isEmpty { PanesView.draw(model, into: &surface, in: layout.panes, draw) }
        HintsView.draw(model, into: &surface, in: layout.hints, at: now)
        if let prompt = model.prompt {
            // What it could go on as stands above it, over the list.
            cursor = prompt.draw(into: &surface, in: Rect(model.size), draw)
        } else {
            MessageView.draw(model, into: &surface, in: layout.message, draw)
        }
        if let overlay = model.overlay {
            let over = OverlayView.draw(overlay, model, into: &surface, draw)
            cursor = over.cursor
            access.append(over.access)
        }
        access.insert(HeaderView.access(model, at: now), at: 0)
        let title: TerminalText = "signalbox \(Words.text(model.setup.context)): \(Words.text(model.screen.place.path))"
        access += MessageView.access(model, at: now)
        return Frame(surface, cursor: cursor, modes: TerminalModes(title: title), access: AccessTree(access))
    }
}

/// Context, place, freshness, what is wrong, time: on every frame.
enum HeaderView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, at now: Instant) {
        surface.fill(rect, CellStyle(.crumb, on: .surfaceRaised))
        let right = state(model, at: now).on(.surfaceRaised)
        var left = StyledLine(" signalbox ", .title, .bold)
        left.append("\(Words.text(model.setup.context)) ", .crumb)
        if let environment = chosen(model) {
            left.append(
                " \(Words.name(environment.name)) ", CellStyle(Role.environment(environment), [.reverse, .bold]))
        }
        if model.setup.isReadOnly { left.append(" read-only ", CellStyle(.statusWarn, [.reverse])) }
        let trail = model.screen.place.trail
        for (index, crumb) in trail.enumerated() {
            left.append(model.theme.glyphs.crumb, .textMuted)
            left.append(Words.text(crumb.title), index == trail.count - 1 ? .crumbCurrent : .crumb)
        }
        let room = max(0, rect.width - right.width - 1)
        surface.put(left.on(.surfaceRaised).truncated(to: room), at: rect.origin, within: rect)
        surface.put(right, at: Point(rect.endColumn - right.width, rect.row), within: rect)
    }

    /// Where one is, what changes mean, and whether what is told is of now.
    static func access(_ model: ConsoleModel, at now: Instant) -> AccessNode {
        var words = [Words.text(model.setup.context)]
        if let environment = chosen(model) { words.append("environment \(Words.name(environment.name))") }
        if model.setup.isReadOnly { words.append("read-only") }
        if model.isPaused { words.append("paused") }
        if model.picture != nil {
            words.append(model.liveAt == nil ? "no server" : model.isStale(at: now) ? "stale" : "live")
        }
        return AccessNode(.status, id: "status", label: words.joined(separator: ", "))
    }

    static func chosen(_ model: ConsoleModel) -> Environment? {
        let name = model.environment ?? model.picture?.highest
        return model.picture?.environments.first { $0.environment.name == name }?.environment
    }

    private static func state(_ model: ConsoleModel, at now: Instant) -> StyledLine {
        var line = StyledLine()
        if model.isPaused {
            line.append("paused ", .statusPaused, .bold)
        } else if let live = model.liveAt {
            let age = now.since(live)
            if age > Freshness.limit {
                line.append("stale \(Words.duration(age)) ", .statusStale, .bold)
            } else {
                line.append("● live ", .statusOk)
            }
        } else if model.picture != nil {
            line.append("no server ", .statusWarn)
        }
        if model.picture != nil, model.pictureProblem != nil { line.append("state not read ", .statusBad, .bold) }
        if let findings = model.picture?.status.findings {
            let errors = findings.count { $0.severity == .error }
            let warnings = findings.count { $0.severity == .warning }
            if errors > 0 { line.append("✗ \(errors) ", .statusBad, .bold) }
            if warnings > 0 { line.append("! \(warnings) ", .statusWarn) }
        }
        if let status = model.picture?.status, !status.nodes.isEmpty {
            let live = status.nodes.count { $0.status?.isLive(at: model.time(at: now)) ?? false }
            line.append("\(live)/\(status.nodes.count) nodes ", live == status.nodes.count ? .text : .statusBad)
        }
        line.append(clock(model, at: now), .textMuted)
        line.append(" ", .textMuted)
        return line
    }

    /// Local time with its offset, to the minute: a clock with seconds would be drawn every second.
    private static func clock(_ model: ConsoleModel, at now: Instant) -> TerminalText {
        let minutes = model.time(at: now).milliseconds / 60_000 + Int64(model.setup.zoneOffset)
        let (hour, minute) = ((minutes / 60) % 24, minutes % 60)
        let offset = model.setup.zoneOffset
        let zone: TerminalText =
            offset == 0
            ? "Z" : "\(offset < 0 ? "-" : "+")\(two(Int64(abs(offset) / 60)))\(two(Int64(abs(offset) % 60)))"
        return "\(two(hour)):\(two(minute))\(zone)"
    }

    private static func two(_ number: Int64) -> TerminalText { number < 10 ? "0\(number)" : "\(number)" }
}

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
            head.append(" \(screen.table.position(at: draw.now))", .titleCount)
        } else if !isList {
            let count = (screen.lines.lazy.compactMap(\.change).max() ?? -1) + 1
            if count > 0 { head.append(" change \(min(screen.text.change + 1, count))/\(count)", .titleCount) }
        }
        if !screen.filter.isEmpty { head.append("  /\(Words.text(screen.filter))", .promptMatch) }
        let inner = surface.box(
            rect, CellStyle(draw.isFocused ? .borderFocus : .border), title: head, glyphs: draw.glyphs)
        if let problem = model.screen.problem ?? (model.picture == nil ? model.pictureProblem : nil) {
            let lines = ProblemPage.lines(problem)
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
            put(screen.lines.map(\.line), into: &surface, in: inner, from: screen.text.top)
            let nodes = screen.lines.dropFirst(screen.text.top).prefix(inner.height).enumerated().map { index, line in
                AccessNode(.text, id: "line.\(screen.text.top + index)", label: line.line.text)
            }
            return (nil, [AccessNode(.diff, id: "text", label: title, isFocused: draw.isFocused, children: nodes)])
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

/// Which keys do something here, the most useful first.
enum HintsView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, at now: Instant) {
        surface.fill(rect)
        // Help is there however narrow it is.
        let help = StyledLine("?", .hintKey) + StyledLine(" help", .hintLabel)
        let end = rect.endColumn - help.width - 1
        surface.put(help, at: Point(end, rect.row), within: rect)
        var column = rect.column + 1
        for (key, label, isOn) in hints(model, at: now) {
            let width = key.width + 1 + label.width
            guard column + width + 1 < end else { break }
            surface.put(key, at: Point(column, rect.row), style: CellStyle(isOn ? .hintKey : .textDisabled))
            surface.put(
                label, at: Point(column + key.width + 1, rect.row), style: CellStyle(isOn ? .hintLabel : .textDisabled))
            column += width + 2
        }
    }

    private static func opens(_ model: ConsoleModel, at now: Instant) -> Bool {
        guard let screen = model.screen.place.screen, let context = model.context(at: now),
            let id = model.screen.table.selected
        else { return false }
        return screen.inner(id, context) != nil
    }

    static func hints(_ model: ConsoleModel, at now: Instant) -> [(key: TerminalText, label: TerminalText, isOn: Bool)]
    {
        if model.pressed.isPending {
            return model.setup.keys.continuations(model.pressed, in: []).map { ($0.keys, $0.title, true) }
        }
        var hints: [(TerminalText, TerminalText, Bool)] = []
        if let context = model.context(at: now) {
            let actions: [Action] = [
                .promote, .rollback, .undo, .assign, .edit, .difference, .draft, .lock, .toggle, .moveUp, .moveDown,
                .release,
            ]
            for action in actions {
                let offer: Offer
                if let screen = model.screen.place.screen {
                    var context = context
                    context.content = model.screen.content
                    offer = screen.offer(action, model.screen.table.selected, context)
                } else {
                    offer = .none
                }
                guard offer != .none,
                    let binding = model.setup.keys.bindings.first(where: { $0.action == action }),
                    let sequence = binding.sequences.first
                else { continue }
                var isOn = true
                if case .unavailable = offer { isOn = false }
                if action.isChange, model.setup.isReadOnly { isOn = false }
                hints.append((Keys.text(sequence), binding.title, isOn))
            }
        }
        if model.screen.place.screen == nil, model.screen.lines.contains(where: { $0.change != nil }) {
            hints.append(("n/N", "next/previous change", true))
        }
        return hints + [
            ("Enter", "open", opens(model, at: now)), ("Esc", "back", true), ("/", "filter", true),
            (":", "command", true), ("g", "go", true),
        ]
    }
}

/// The last line where nothing is typed: deployments on their way, or what was said last.
enum MessageView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, _ draw: DrawContext) {
        surface.fill(rect)
        guard let line = line(model, at: draw.now) else { return }
        surface.put(line.truncated(to: rect.width - 1), at: Point(rect.column + 1, rect.row), within: rect)
    }

    static func line(_ model: ConsoleModel, at now: Instant) -> StyledLine? {
        let notices = model.notices.filter { $0.until > now }
        let urgent = notices.contains { $0.kind == .error || $0.kind == .warning }
        if !urgent, let following = model.following.last, following.isShown(at: now) {
            return progress(following, model, at: now)
        }
        guard let notice = notices.last else { return nil }
        let (sign, role): (TerminalText, Role) =
            switch notice.kind {
            case .info: ("", .toastInfo)
            case .ok: ("✓ ", .toastOk)
            case .warning: ("! ", .toastWarn)
            case .error: ("✗ ", .toastError)
            }
        var line = StyledLine(sign + notice.text, role)
        if let command = notice.command { line.append("  = \(command)", .textMuted) }
        return line
    }

    /// `✓ roll back shop in production: fra1 ✓ hil1 … 42 ms   u undoes it (4:52)   = signalbox rollback …`
    private static func progress(_ following: ConsoleModel.Following, _ model: ConsoleModel, at now: Instant)
        -> StyledLine
    {
        let acknowledged = following.acknowledged
        let title = Words.text(following.title)
        var line: StyledLine
        switch acknowledged.state {
        case .waiting: line = StyledLine("… \(title): ", .statusProgress)
        case .done: line = StyledLine("✓ \(title): ", .toastOk)
        case .unserved: line = StyledLine("! \(title): committed; no server runs that would tell the nodes", .toastWarn)
        case .held(let why): line = StyledLine("✗ \(title): committed, held: \(Words.line(why))", .toastError)
        case .timedOut: line = StyledLine("✗ \(title): committed, not all nodes serve it after 30 s: ", .toastError)
        }
        for node in acknowledged.nodes.prefix(12) { line.append("\(Words.name(node)) ✓ ", .statusOk) }
        for node in acknowledged.missing.prefix(12) { line.append("\(Words.name(node)) … ", .statusProgress) }
        if acknowledged.state == .done { line.append("after \(acknowledged.after) ms  ", .textMuted) }
        let left = following.deployment.undoLeft(at: model.time(at: now))
        if left > 0 { line.append(" u undoes it (\(Words.clock(left: left)))", .textKey) }
        if let record = model.log.last(where: { $0.deployment == following.deployment.id }) {
            line.append("  = \(Words.text(record.command))", .textMuted)
        }
        return line
    }

    static func access(_ model: ConsoleModel, at now: Instant) -> [AccessNode] {
        if let prompt = model.prompt { return [prompt.access()] }
        return line(model, at: now).map { [AccessNode(.toast, id: "message", label: $0.text)] } ?? []
    }
}
