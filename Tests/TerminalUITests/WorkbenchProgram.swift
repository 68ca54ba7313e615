@testable import TerminalUI

/// Every widget at once, for keys at random.
enum WorkbenchProgram: Program {
    struct Model: Sendable {
        var size = TerminalSize(columns: 80, rows: 24)
        var rows = TableRows<String>()
        var table = TableState<String>(TableTests.columns)
        var diff: DiffView
        var prompt: Prompt?
        var dialog: Dialog?
        var menu: Menu<String>?
        var toasts = Toasts()
        var keys = KeyState()
        var text: String

        /// - Parameter text: what attackers choose, put wherever text goes.
        init(text: String) {
            self.text = text
            let hostile = TerminalText(untrusted: text)
            diff = DiffView([
                DiffLine(.heading, hostile), DiffLine(.added, [.init(hostile, isWord: true)]),
                DiffLine(.context, hostile),
            ])
            rows = TableRows((0..<40).map { TableTests.row($0, text, text + text) })
            table.reload(rows, at: .zero)
        }
    }

    enum Message: Sendable, Equatable {
        case input(InputEvent)
        case shuffle(Int)
        case copied
    }

    typealias Effect = Never

    static func input(_ event: InputEvent) -> Message { .input(event) }
    static func copied(_ receipt: ClipboardReceipt) -> Message { .copied }
    static func theme(_ model: Model) -> ResolvedTheme { Theme.base.resolve(.mono) }

    static func update(_ model: inout Model, _ message: Message, at now: Instant) -> [Command<Never, Message>] {
        switch message {
        case .input(.resize(let size)):
            model.size = size
            model.table.resize(rows: size.rows - 6)
            model.diff.resize(rows: 4)
            model.dialog?.resize(size)
        case .input(.paste(let text)):
            model.prompt?.paste(text)
            _ = model.dialog?.handle(.paste(text), at: now)
        case .input(.mouse(let mouse)): model.table.handle(mouse, in: Rect(model.size), at: now)
        case .input(.key(let key)): return press(&model, key, now)
        case .input: break
        case .shuffle(let count):
            model.rows.rows =
                model.rows.rows.reversed().dropLast(count % 5) + [TableTests.row(count, model.text, "\(count)")]
            model.table.reload(model.rows, at: now)
        case .copied: break
        }
        return []
    }

    private static func press(_ model: inout Model, _ key: KeyPress, _ now: Instant) -> [Command<Never, Message>] {
        if model.dialog != nil {
            switch model.dialog?.handle(.key(key), at: now) {
            case .pressed, .cancelled: model.dialog = nil
            default: break
            }
        } else if model.menu != nil {
            switch model.menu?.handle(key) {
            case .chosen, .cancelled: model.menu = nil
            default: break
            }
        } else if var prompt = model.prompt {
            switch prompt.handle(key) {
            case .accepted, .cancelled: model.prompt = nil
            case .edited:
                prompt.candidates = [prompt.text + model.text, prompt.text + "b", model.text]
                model.prompt = prompt
                model.table.filter(prompt.text, model.rows)
            default: model.prompt = prompt
            }
        } else {
            command(&model, key, now)
        }
        return []
    }

    private static func command(_ model: inout Model, _ key: KeyPress, _ now: Instant) {
        let hostile = TerminalText(untrusted: model.text)
        switch key.name {
        case "/": model.prompt = Prompt(.filter, history: [model.text, "live"])
        case "x":
            model.menu = Menu(hostile, [.init("a", hostile, key: .character("a"), disabled: hostile), .init("b", "b")])
        case "d":
            var dialog = Dialog(
                hostile, banner: [StyledLine(hostile)], body: [StyledLine(hostile)], diff: model.diff, command: hostile,
                fields: [.init("name", hostile, required: "ab")], buttons: [.init("ok", hostile), .cancel],
                openedAt: now)
            dialog.resize(model.size)
            model.dialog = dialog
        case "t":
            model.toasts.show(
                .init(.warning, hostile, detail: hostile, until: now.adding(900), deadline: now.adding(600)))
        case "s": model.table.sort(by: key.name.count, model.rows)
        default:
            let moves = Array(TableMove.allCases)
            let diffMoves = Array(DiffMove.allCases)
            let number = Int(key.name.unicodeScalars.first?.value ?? 0)
            model.table.handle(moves[number % moves.count], at: now)
            model.diff.handle(diffMoves[number % diffMoves.count])
            let context: KeyContext = "versions"
            _ = KeymapTests.keymap.press(key, &model.keys, in: [context], at: now)
        }
    }

    static func view(_ model: Model, at now: Instant) -> Frame {
        var surface = Surface(model.size)
        let context = DrawContext(now: now)
        let (head, rest) = surface.bounds.top(1)
        Breadcrumbs([.init(TerminalText(untrusted: model.text)), .init("x")]).draw(into: &surface, in: head, context)
        let parts = Layout.rows(rest, [.share(3, minimum: 4), .fixed(4), .share(1)])
        var cursor = model.table.draw(
            into: &surface, in: surface.box(parts[0], title: StyledLine(TerminalText(untrusted: model.text))),
            model.rows,
            context)
        model.diff.draw(into: &surface, in: parts[1], context)
        Sparkline([1, 2, nil, 4], markers: [1]).draw(into: &surface, in: parts[2], context)
        model.toasts.draw(into: &surface, in: surface.bounds, context)
        if let prompt = model.prompt { cursor = prompt.draw(into: &surface, in: surface.bounds, context) }
        if let menu = model.menu { cursor = menu.draw(into: &surface, in: surface.bounds, context) }
        if let dialog = model.dialog { cursor = dialog.draw(into: &surface, in: surface.bounds, context) }
        let access =
            [model.table.access(model.rows, id: "table", label: TerminalText(untrusted: model.text))]
            + [model.dialog?.access(), model.menu?.access(), model.prompt?.access()].compactMap { $0 }
            + model.toasts.access(at: now) + [model.diff.access(id: "diff")]
        return Frame(surface, cursor: cursor, access: AccessTree(access))
    }
}
