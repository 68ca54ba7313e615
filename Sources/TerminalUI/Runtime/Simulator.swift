/// A program without a terminal and without real time: keys in, pictures and commands out, the same every time.
///
/// Commands wait in ``commands`` for the test to look at, or are run by ``settle(_:)`` until nothing is left to do.
package struct Simulator<P: Program>: Sendable {
    package private(set) var model: P.Model
    package private(set) var now: Instant
    /// What was asked for and not yet done, oldest first. Timers are kept apart.
    package private(set) var commands: [Command<P.Effect, P.Message>] = []
    /// Feeds that were asked for and not cancelled.
    package private(set) var following: [EffectID: P.Effect] = [:]
    /// Text that was copied, and the status the program quit with.
    package private(set) var copied: [String] = []
    package private(set) var status: Int32?

    private var timers: [Timer] = []
    private var timersMade = 0

    private struct Timer: Sendable {
        var due: Instant
        var order: Int
        var message: P.Message
        var id: EffectID?
    }

    /// Keys that nobody has: a test asks for something that no terminal sends.
    package struct UnknownKey: Error, Hashable {
        package let word: String
    }

    package init(_ model: P.Model, size: TerminalSize? = nil, now: Instant = .zero) {
        self.model = model
        self.now = now
        if let size { send(event: .resize(size)) }
    }

    package var frame: Frame { P.view(model, at: now) }
    /// Text and style legend, as golden files hold it.
    package var screen: String { frame.screen }
    package var text: String { frame.surface.text }
    package var access: AccessTree { frame.access }
    package var theme: ResolvedTheme { P.theme(model) }

    // MARK: What happens

    /// Presses keys one after the other: `"g a Enter"`, `"Ctrl-P"`; angle brackets around a word are allowed.
    package mutating func press(_ keys: String) throws(UnknownKey) {
        for word in keys.split(separator: " ") {
            let bare = word.count > 2 && word.hasPrefix("<") && word.hasSuffix(">") ? word.dropFirst().dropLast() : word
            guard let key = KeyPress(bare) else { throw UnknownKey(word: String(word)) }
            send(event: .key(key))
        }
    }

    /// Types text key by key.
    package mutating func type(_ text: String) {
        for scalar in text.unicodeScalars { send(event: .key(.character(scalar))) }
    }

    package mutating func send(event: InputEvent) { send(P.input(event)) }

    package mutating func send(_ message: P.Message) {
        guard status == nil else { return }
        for command in P.update(&model, message, at: now) { note(command) }
    }

    /// Lets time pass; timers that become due send their messages in order.
    package mutating func advance(milliseconds: Int64) {
        let end = now.adding(milliseconds)
        while status == nil {
            let timer = timers.min { ($0.due, $0.order) < ($1.due, $1.order) }
            // As the runner does: told when the instant comes that the program waits for.
            let wakeUp = P.elapsed().flatMap { message in
                P.wakeUp(model, at: now).flatMap { $0 > now && $0 <= end ? ($0, message) : nil }
            }
            if let wakeUp, timer.map({ wakeUp.0 < $0.due }) ?? true {
                now = wakeUp.0
                send(wakeUp.1)
            } else if let timer, timer.due <= end {
                timers.removeAll { $0.order == timer.order }
                now = max(now, timer.due)
                send(timer.message)
            } else {
                break
            }
        }
        now = end
    }

    /// Takes the commands that wait, so that a test can say what they must be.
    package mutating func takeCommands() -> [Command<P.Effect, P.Message>] {
        defer { commands = [] }
        return commands
    }

    /// Runs what waits, and what that leads to, until nothing is left. Feeds are not run: a test sends their messages.
    ///
    /// - Parameter limit: a program that never comes to rest is a fault; false tells that it did not.
    @discardableResult
    package mutating func settle(
        _ handler: some EffectHandler<P.Effect, P.Message>, limit: Int = 1000
    ) async -> Bool {
        for _ in 0..<limit {
            guard let command = commands.first else { return true }
            commands.removeFirst()
            switch command {
            case .run(let effect, _), .outside(let effect):
                let inbox = Inbox<P.Message>()
                await handler.run(effect) { inbox.post($0) }
                for message in inbox.takeAll() { send(message) }
            default: break
            }
        }
        return commands.isEmpty
    }

    private mutating func note(_ command: Command<P.Effect, P.Message>) {
        switch command {
        case .run(_, let id):
            // The newest work of a name takes the place of what has not run yet.
            if let id { cancel(id) }
            commands.append(command)
        case .follow(let effect, let id):
            cancel(id)
            following[id] = effect
        case .cancel(let id): cancel(id)
        case .after(let milliseconds, let message, let id):
            if let id { cancel(id) }
            timersMade += 1
            timers.append(Timer(due: now.adding(milliseconds), order: timersMade, message: message, id: id))
        case .copy(let text):
            copied.append(text)
            send(P.copied(.sent(bytes: text.utf8.count)))
        case .quit(let status): self.status = status
        case .outside, .suspend, .repaint: commands.append(command)
        }
    }

    private mutating func cancel(_ id: EffectID) {
        following[id] = nil
        timers.removeAll { $0.id == id }
        commands.removeAll { if case .run(_, id) = $0 { true } else { false } }
    }
}
