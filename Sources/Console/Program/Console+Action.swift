internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What keys ask for.
extension Console {
    static func perform(_ action: Action, _ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        switch action {
        case .up, .down, .pageUp, .pageDown, .top, .bottom, .mark, .markRange, .invertMarks, .clearMarks, .next,
            .previous:
            move(action, &model, at: now)
            return []
        case .open: return open(&model, at: now)
        case .back: return back(&model, at: now)
        case .historyBack:
            return model.visited.goBack(from: model.screen.place).map { show($0, &model, at: now) } ?? []
        case .historyForward:
            return model.visited.goForward(from: model.screen.place).map { show($0, &model, at: now) } ?? []
        case .earlier, .later, .muchEarlier, .muchLater:
            let steps = [Action.earlier: 1, .later: -1, .muchEarlier: 30, .muchLater: -30][action] ?? 0
            model.scrub = min(max(0, model.scrub + steps), max(0, (model.history?.buckets.count ?? 1) - 1))
            tellScrub(&model, at: now)
            // Lists of traffic are of the same moment.
            model.refreshScreen(at: now)
            return []
        case .filter:
            guard model.screen.place.screen != nil, model.screen.place != .map else { return [] }
            ask(.filter, text: model.screen.filter, &model)
            model.screen.table.prepareFilter(model.screen.rows)
            return []
        case .command:
            ask(.command, &model)
            return [.run(.readNames, id: "names")]
        case .help:
            model.overlay = .help(HelpView(help(model, at: now), in: ScreenLayout(model).main))
            return []
        case .sort, .sortBackwards:
            sort(action, &model)
            return []
        case .columns:
            guard let screen = model.screen.place.screen, let context = model.context(at: now),
                model.screen.place != .map
            else { return [] }
            let hidden = model.hidden[model.screen.place.kind] ?? []
            let items = screen.columns(context).map {
                let name = $0.title.isEmpty ? Words.text($0.id) : $0.title
                return Menu.Item($0.id, name, isOn: !hidden.contains($0.id))
            }
            model.overlay = .columns(Menu("columns", items, foot: "Space on/off · Esc closes"))
            return []
        case .follow:
            guard model.screen.place.isTail else {
                model.say(.info, "only where the newest come first: events, failures, audit, deployments", at: now)
                return []
            }
            model.screen.table.follow()
            return []
        case .pause: return pause(&model, at: now)
        case .refresh: return readAgain(&model)
        case .panes:
            model.showsPanes.toggle()
            model.refreshScreen(at: now)
            return []
        case .environment:
            let items = (model.picture?.environments.reversed() ?? []).map(\.environment).map {
                Menu.Item($0.name, Words.name($0.name), ink: Role.environment($0))
            }
            let chosen = model.environment ?? model.picture?.highest
            model.overlay = .environments(
                Menu("promote and roll back in", items, at: chosen, foot: "Enter takes it · Esc closes"))
            return []
        case .theme:
            let items = model.setup.themes.map { Menu.Item($0, Words.text($0)) }
            model.overlay = .themes(
                Menu("theme", items, at: model.theme.name, foot: "Enter keeps it · Esc goes back"), before: model.theme)
            return [.after(milliseconds: 1_000, .tick, id: "picker")]
        case .copyRow:
            if let words = copiedWords(model, at: now) { return copy(model.command(words), &model) }
            // The marked rows, or the one under the cursor.
            let wanted = Set(model.screen.table.targets)
            let rows = model.screen.rows.rows.filter { wanted.contains($0.id) }
            let column = model.screen.place.screen?.copiedColumn.flatMap { id in
                model.screen.table.columns.firstIndex { $0.id == id }
            }
            let lines = rows.map { row in
                let cells = row.cells.map(\.text.string)
                return column.map { cells[$0] } ?? cells.joined(separator: "\t")
            }
            let text = rows.isEmpty ? nil : lines.joined(separator: "\n")
            return copy(text ?? model.screen.plain, &model)
        case .copyCommand: return copy(link(model, at: now), &model)
        case .quit: return [.quit()]
        case .suspend: return [.suspend]
        case .repaint: return [.repaint]
        case .interrupt: return []
        case .promote, .rollback, .undo, .assign, .edit, .draft, .lock, .toggle, .moveUp, .moveDown, .add, .release,
            .block, .retry, .abort, .difference, .history:
            return ask(action, &model, at: now)
        }
    }

    /// What can be done here and now comes first, and why something cannot; then every key.
    private static func help(_ model: ConsoleModel, at now: Instant) -> [HelpSection] {
        let here = HintsView.here(model, at: now, alsoLooking: true).map { hint in
            let why = hint.why.isEmpty ? hint.why : ": " + hint.why
            return HelpSection.Row(keys: hint.key, title: hint.label + why, isOff: !hint.isOn)
        }
        let title = model.screen.place.trail.last.map { Words.text($0.title) } ?? ""
        let shown = Set(here.map(\.keys))
        let others = model.setup.keys.help([]).compactMap { section in
            let rows = section.rows.filter { !shown.contains($0.keys) }
            return rows.isEmpty ? nil : HelpSection(title: section.title, rows: rows)
        }
        return [HelpSection(title: "Here, in " + title, rows: here)] + others
    }

    /// The command that a row stands for, where it is worth more than the row.
    private static func copiedWords(_ model: ConsoleModel, at now: Instant) -> [String]? {
        guard model.screen.table.marks.isEmpty, let screen = model.screen.place.screen, let id = model.screen.selected,
            let context = model.context(at: now)
        else { return nil }
        return screen.copied(id, context)
    }

    /// To the terminal's clipboard; who asks for the same again sees it without frames, to be marked with the mouse.
    private static func copy(_ text: String, _ model: inout ConsoleModel) -> [Command<Effect, Message>] {
        guard model.copied == text else {
            model.copied = text
            return [.copy(text)]
        }
        model.copied = nil
        model.overlay = .plain(text)
        return []
    }

    /// Also where there is no room for the pane that shows it.
    private static func tellScrub(_ model: inout ConsoleModel, at now: Instant) {
        guard model.scrub > 0, let history = model.history, !history.buckets.isEmpty else {
            model.say(.info, "the traffic of now", at: now, seconds: 3)
            return
        }
        let place = history.buckets.count - 1 - min(model.scrub, history.buckets.count - 1)
        let start = history.buckets[place].start
        let requests = history.series.reduce(0) { $0 + ($1.points[place]?.requests ?? 0) }
        let rate = Words.rate(Double(requests) / Double(TrafficBucket.length))
        model.say(
            .info,
            "traffic of \(Words.clock(start, offset: model.setup.zoneOffset(start))), \(Words.age(start, at: model.time(at: now))) ago: \(rate)/s; \(model.setup.keys.key(.later)) and \(model.setup.keys.key(.muchLater)) come back",
            at: now, seconds: 20)
    }

    // MARK: moving

    private static func move(_ action: Action, _ model: inout ConsoleModel, at now: Instant) {
        let height = ScreenLayout(model).page
        if model.screen.place == .map {
            let moves: [Action: TreeState<String>.Move] = [
                .up: .up, .down: .down, .pageUp: .pageUp, .pageDown: .pageDown, .top: .first, .bottom: .last,
                .mark: .fold,
            ]
            if let move = moves[action] { model.screen.map.handle(move) }
            return
        }
        guard model.screen.place.screen != nil else {
            if let move = DiffMove(action) { model.screen.read(move) }
            return
        }
        model.screen.table.resize(rows: height)
        // Whoever goes elsewhere meanwhile means that.
        model.screen.made = nil
        let move: TableMove? =
            switch action {
            case .up: .up
            case .down: .down
            case .pageUp: .pageUp
            case .pageDown: .pageDown
            case .top: .first
            case .bottom: .last
            case .mark: .mark
            case .markRange: .markRange
            case .invertMarks: .invertMarks
            case .clearMarks: .clearMarks
            default: nil
            }
        if let move { model.screen.table.handle(move, at: now) }
    }

    private static func sort(_ action: Action, _ model: inout ConsoleModel) {
        guard let count = model.screen.place.screen.map({ _ in model.screen.table.columns.count }), count > 0 else {
            return
        }
        let column = model.screen.table.sort?.column
        if action == .sortBackwards {
            model.screen.sort(by: column ?? 0)
        } else {
            // After the last column comes the list's own order.
            let next = (column ?? -1) + 1
            model.screen.sort(by: next < count ? next : nil)
        }
    }

    private static func pause(_ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        model.isPaused.toggle()
        for index in model.screens.indices { model.screens[index].table.pause(model.isPaused) }
        guard !model.isPaused else { return [] }
        model.isOutdated = false
        return readAgain(&model)
    }

    // MARK: going

    private static func open(_ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        guard let screen = model.screen.place.screen, let context = model.context(at: now),
            let id = model.screen.selected, let place = screen.inner(id, context)
        else { return [] }
        let row = screen.innerRow(id, context)
        let commands = go(to: place, &model, at: now)
        // It may have to be read first.
        if let row, model.screen.place == place {
            model.screen.made = row
            model.refreshScreen(at: now)
        }
        return commands
    }

    /// One thing a press: clears the filter, then goes a level out. Never quits.
    private static func back(_ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        if !model.screen.filter.isEmpty {
            model.screen.filter("")
            return []
        }
        if !model.screen.table.marks.isEmpty {
            model.screen.table.handle(.clearMarks, at: now)
            return []
        }
        guard model.screens.count > 1 else {
            if model.screen.place != .applications { return go(to: .applications, &model, at: now) }
            model.say(.info, "\(model.setup.keys.key(.quit)) quits", at: now, seconds: 3)
            return []
        }
        model.visited.leave(model.screen.place)
        model.screens.removeLast()
        model.refreshScreen(at: now)
        return model.screen.place.needsContent ? [read(model.screen.place)] : []
    }

    /// Goes to a place, on top of where we are when it lies inside, else with its own way from outside.
    static func go(to place: Place, _ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        guard place != model.screen.place else { return [] }
        model.visited.leave(model.screen.place)
        return show(place, &model, at: now)
    }

    private static func show(_ place: Place, _ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>]
    {
        let trail = place.trail.map(\.place)
        if let known = model.screens.firstIndex(where: { $0.place == place }) {
            model.screens.removeSubrange((known + 1)...)
        } else if trail.dropLast().last == model.screen.place || ScreenTable.row(of: place)?.place != place {
            // A way that was walked is walked back; a jump gets the way that leads there.
            if trail.count > 1, model.screen.place == .applications || trail.dropLast().last == model.screen.place {
                for outer in trail.dropLast().dropFirst() where !model.screens.contains(where: { $0.place == outer }) {
                    model.screens.append(ScreenState(outer))
                }
            }
            model.screens.append(ScreenState(place))
        } else {
            model.screens = [ScreenState(place)]
        }
        model.refreshScreen(at: now)
        return place.needsContent ? [read(place)] : []
    }

    static func go(toPath path: String, _ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        let environments = model.picture?.environments.map(\.environment.name) ?? []
        let applications = model.picture?.status.applications.map(\.application.name) ?? []
        guard let found = Place.read(path, environments: environments, applications: applications),
            model.picture.map(found.place.mayBe(in:)) ?? true
        else {
            // Long enough for whoever has just opened the console and looks elsewhere first.
            model.say(.error, "there is no place '\(Words.text(path))'", at: now, seconds: 20)
            return []
        }
        if let environment = found.environment { model.environment = environment }
        return go(to: found.place, &model, at: now)
    }

    /// The command that opens the console at this place.
    private static func link(_ model: ConsoleModel, at now: Instant) -> String {
        let record = model.log.first { "\($0.id)" == model.screen.table.selected }
        if model.screen.place == .operations, let record { return record.command }
        let environment = model.environment.map { "\($0)/" } ?? ""
        return model.command(["console", "--at", environment + model.screen.place.path])
    }
}

extension DiffMove {
    /// What a key of the console means to text.
    init?(_ action: Action) {
        switch action {
        case .up: self = .up
        case .down: self = .down
        case .pageUp: self = .pageUp
        case .pageDown: self = .pageDown
        case .top: self = .first
        case .bottom: self = .last
        case .next: self = .nextChange
        case .previous: self = .previousChange
        default: return nil
        }
    }
}
