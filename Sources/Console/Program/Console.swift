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

    package static func elapsed() -> Message? { .tick }

    /// When time alone changes the picture: what was said is over, an undo window is counted, an age shows another
    /// digit (``NextChange``). Else never.
    package static func wakeUp(_ model: ConsoleModel, at now: Instant) -> Instant? {
        var moments = [model.toasts.wakeUp(at: now), model.pressed.popUpAt].compactMap(\.self)
        if let table = model.screen.table.wakeUp(at: now) { moments.append(table) }
        switch model.overlay {
        case .change(let question)?: moments.append(question.dialog.deafUntil)
        case .command(_, _, let dialog)?: moments.append(dialog.deafUntil)
        case .typed(_, let dialog)?: moments.append(dialog.deafUntil)
        default: break
        }
        if model.following.contains(where: { $0.isShown(at: now) }) {
            moments.append(now.adding(1_000 - now.milliseconds % 1_000))
        }
        if let due = model.due { moments.append(due) }
        return moments.filter { $0 > now }.min()
    }

    package static func update(_ model: inout ConsoleModel, _ message: Message, at now: Instant) -> [Command<
        Effect, Message
    >] {
        model.toasts.expire(at: now)
        model.following.removeAll { $0.endedAt.map { now.since($0) > Deployment.undoWindow } ?? false }
        var commands = handle(&model, message, at: now)
        // Screens that show nodes hear of each word of theirs, and all of a destination that fails; others of what changes.
        let wantsEveryWrite =
            model.screen.place.showsNodes || model.screen.place.showsMail || model.picture?.mail.isUsed == true
        if model.hearsEveryWrite != wantsEveryWrite {
            model.hearsEveryWrite = wantsEveryWrite
            commands.append(.follow(.watch(everyWrite: wantsEveryWrite), id: "feed"))
        }
        // What a screen needs that was just gone to.
        if model.picture != nil, !model.isKnown(model.screen.place), !model.isReading, !model.isPaused {
            commands += readAgain(&model)
        }
        if case .tick = message {
            model.due = NextChange.after(now, in: model)
        } else {
            // To be found out when there is a pause; whole seconds, so that not every key winds a clock.
            model.due = now.adding(NextChange.pause + 1_000 - now.milliseconds % 1_000)
        }
        return commands
    }

    private static func handle(_ model: inout ConsoleModel, _ message: Message, at now: Instant) -> [Command<
        Effect, Message
    >] {
        switch message {
        case .started: return begin(&model)
        case .tick:
            model.refreshScreen(at: now)
            // An open picker shows what is saved in the file meanwhile.
            if case .themes? = model.overlay { return preview(model) }
            return readMovedHistory(&model, at: now)
        case .copied(let receipt): return tell(&model, receipt, at: now)
        case .outcome(let outcome): return take(outcome, &model, at: now)
        case .input(let event): return take(event, &model, at: now)
        }
    }

    private static func begin(_ model: inout ConsoleModel) -> [Command<Effect, Message>] {
        model.isReading = true
        return [
            .run(.readPicture(model.screen.place.parts, after: nil), id: "picture"),
            .follow(.watch(everyWrite: false), id: "feed"),
        ]
    }

    /// The last hour goes on also when nobody asks for anything: read again when its line would look different.
    private static func readMovedHistory(_ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        guard let due = NextChange.historyDue(model), due <= now else { return [] }
        model.historyAt = now
        return [.run(.readHistory, id: "history")]
    }

    private static func tell(
        _ model: inout ConsoleModel, _ receipt: ClipboardReceipt, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch receipt {
        case .sent(let bytes):
            model.say(
                .info,
                "sent \(bytes) bytes to the terminal's clipboard; it may ignore them; the same key again shows them plain",
                at: now)
        case .refused(let why):
            model.say(.warning, "not copied: \(why); the same key again shows it plain", at: now)
        }
        return []
    }
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
        screen.refresh(
            context, room: ScreenLayout(self).main.inset(1, 1),
            hidden: hidden[screen.place.kind] ?? [], at: now)
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
