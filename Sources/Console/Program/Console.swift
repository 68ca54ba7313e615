internal import EdgeModel
package import TerminalUI

/// The console as a program of values: what happens changes the model, the model gives a picture.
package enum Console: Program {
    package typealias Model = ConsoleModel

    package enum Message: Sendable {
        case input(InputEvent)
        case copied(ClipboardReceipt)
        case outcome(Outcome)
        /// The console begins.
        case started
        /// Something on the screen ends by time.
        case tick
    }

    package static func input(_ event: InputEvent) -> Message { .input(event) }
    package static func copied(_ receipt: ClipboardReceipt) -> Message { .copied(receipt) }
    package static func theme(_ model: ConsoleModel) -> ResolvedTheme { model.theme }

    /// The next second where ages, or an undo window, are counted; nothing is drawn between.
    package static func wakeUp(_ model: ConsoleModel, at now: Instant) -> Instant? {
        var moments = [model.toasts.wakeUp(at: now)].compactMap(\.self)
        if let table = model.screen.table.wakeUp(at: now) { moments.append(table) }
        switch model.overlay {
        case .change(let question)?: moments.append(question.dialog.deafUntil)
        case .typed(_, let dialog)?: moments.append(dialog.deafUntil)
        default: break
        }
        if model.following.contains(where: { $0.isShown(at: now) }) {
            moments.append(now.adding(1_000 - now.milliseconds % 1_000))
        }
        // Data that stopped coming must begin to look old by itself.
        if let live = model.liveAt {
            let stale = live.adding(Freshness.limit)
            moments.append(stale > now ? stale : now.adding(10_000 - now.milliseconds % 10_000))
        }
        return moments.filter { $0 > now }.min()
    }

    package static func update(_ model: inout ConsoleModel, _ message: Message, at now: Instant) -> [Command<
        Effect, Message
    >] {
        model.toasts.expire(at: now)
        model.following.removeAll { $0.endedAt.map { now.since($0) > Deployment.undoWindow } ?? false }
        switch message {
        case .started: return begin(&model)
        case .tick:
            model.refreshScreen(at: now)
            // An open picker shows what is saved in the file meanwhile.
            guard case .themes? = model.overlay else { return [] }
            return preview(model)
        case .copied(let receipt): return tell(&model, receipt, at: now)
        case .outcome(let outcome): return take(outcome, &model, at: now)
        case .input(let event): return take(event, &model, at: now)
        }
    }

    private static func begin(_ model: inout ConsoleModel) -> [Command<Effect, Message>] {
        model.isReading = true
        return [
            .run(.readPicture, id: "picture"), .follow(.watchState, id: "state"), .follow(.watchTraffic, id: "traffic"),
        ]
    }

    private static func tell(
        _ model: inout ConsoleModel, _ receipt: ClipboardReceipt, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch receipt {
        case .sent(let bytes):
            model.say(.info, "sent \(bytes) bytes to the terminal's clipboard; it may ignore them", at: now)
        case .refused(let why): model.say(.warning, "not copied: \(why)", at: now)
        }
        return []
    }
}

/// How long data counts as being of now.
enum Freshness {
    /// Milliseconds. Nodes report every two seconds, and the console asks every second.
    static let limit: Int64 = 5_000
}

extension ConsoleModel {
    /// Says something for a while; what was said of the same kind before makes room.
    mutating func say(
        _ tone: Toasts.Tone, _ text: TerminalText, command: [String]? = nil, at now: Instant, seconds: Int64 = 8
    ) {
        let words = command.map { "= \(Words.text(self.command($0)))" as TerminalText } ?? .empty
        toasts.show(
            Toasts.Toast(tone, text, detail: words, id: tone.name, until: now.adding(seconds * 1_000)))
    }

    mutating func say(_ problem: Problem, at now: Instant) {
        let remedy = problem.remedy.map { "; \(Words.line($0))" as TerminalText } ?? .empty
        say(.error, "\(Words.text(problem.place)): \(Words.line(problem.message))\(remedy)", at: now, seconds: 20)
    }

    mutating func nextToken() -> ChangeDialog.Token {
        tokens += 1
        return ChangeDialog.Token(tokens)
    }

    /// Makes the rows of the shown place anew.
    mutating func refreshScreen(at now: Instant) {
        guard let context = context(at: now) else { return }
        screen.refresh(context, room: ScreenLayout(self).main.inset(1, 1), at: now)
    }
}

extension Toasts.Tone {
    /// What was said before in the same tone makes room.
    fileprivate var name: String {
        switch self {
        case .info: "info"
        case .ok: "ok"
        case .warning: "warning"
        case .error: "error"
        }
    }
}
