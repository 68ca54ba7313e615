import CTerminal
import Glibc
import TerminalUI

/// The open terminal on its thread: keys in, frames out, and every way in which it is left and taken back.
@TerminalActor
final class TerminalSession {
    /// The thread looks after this one.
    static var current: TerminalSession?

    private enum State {
        case shown
        /// Another program has the terminal.
        case outside
        /// Nobody is there any more; nothing is read or written.
        case lost
        case closed
    }

    private let tty: Tty
    private let capture: OutputCapture
    private let signals: SignalPipe
    private let screen: CursesScreen
    private let mailbox: FrameMailbox
    private let events: AsyncStream<InputEvent>.Continuation
    private var state = State.shown
    private var outbox: Outbox
    private var decoder: InputDecoder
    private var clicks = ClickCounter()
    private var modes = TerminalSession.noModes
    private var last: (frame: Frame, theme: ResolvedTheme)?
    /// The last frame is to be shown again without being asked for: the screen is ours anew.
    private var needsRepaint = false
    private var painted: (done: CheckedContinuation<FrameReceipt, Never>, receipt: FrameReceipt)?
    private var lastInput = ContinuousClock.now
    private var isEnding = false
    private let hasTitle: Bool
    /// We put the title on the terminal's stack and take it from there.
    private let keepsTitle: Bool
    let capabilities: TerminalCapabilities
    /// What was shown and sent, for tests and benchmarks.
    private(set) var tally = TerminalTally()

    private static let noModes = TerminalModes(bracketedPaste: false)

    init(
        _ options: CursesTerminal.Options, mailbox: FrameMailbox, events: AsyncStream<InputEvent>.Continuation
    ) throws(TerminalOpenFailure) {
        guard Self.current == nil else { throw .alreadyOpen }
        let choice = try TerminalChoice(environment: options.environment) { name in
            var facts = ct_facts()
            guard ct_describe(name, &facts) else { return nil }
            return TerminalFacts(
                colors: Int(facts.colors), hasDirectColor: facts.rgb, isAddressable: facts.addressable)
        }
        var facts = ct_facts()
        _ = ct_describe(choice.entry, &facts)
        tty = try Tty(input: options.input, output: options.output)
        let size = tty.size
        do throws(TerminalOpenFailure) {
            screen = try CursesScreen(
                choice, pairs: Int(facts.pairs), size: TerminalSize(columns: size.columns, rows: size.rows))
        } catch {
            tty.close()
            throw error
        }
        do throws(TerminalOpenFailure) {
            capture = try OutputCapture()
        } catch {
            screen.close()
            tty.close()
            throw error
        }
        do throws(TerminalOpenFailure) {
            signals = try SignalPipe()
        } catch {
            capture.close()
            screen.close()
            tty.close()
            throw error
        }
        self.mailbox = mailbox
        self.events = events
        outbox = Outbox(tty.descriptor)
        let screen = screen
        decoder = InputDecoder(KeySequences { screen.text($0) })
        // xterm and its kin say so by a flag; `tsl` is the way to the status line, which is the title there.
        hasTitle = screen.flag("XT") || screen.text("tsl") != nil
        capabilities = TerminalCapabilities(
            depth: choice.depth,
            isUnicode: screen.isUnicode && TerminalChoice.isUnicode(environment: options.environment),
            hasMouse: screen.text("kmous") != nil,
            hasClipboard: screen.text("Ms") != nil || screen.flag("XT") || options.environment["TMUX"] != nil,
            name: choice.entry)
        // xterm's description keeps the title by itself.
        keepsTitle =
            hasTitle && !(screen.text("smcup").map { String(decoding: $0, as: UTF8.self) } ?? "").contains("[22;")
        // Before the modes change: what it restores is how they are now.
        let rescue = rescueText()
        _ = ct_rescue_arm(tty.descriptor, rescue, rescue.count, capture.output, capture.errors, capture.file)
        signals.begin()
        Self.current = self
        enter()
        events.yield(.resize(screen.size))
    }

    /// What a crash handler writes: it cannot ask curses any more.
    private func rescueText() -> [UInt8] {
        let words = ["op", "sgr0", "rmkx", "cnorm"].compactMap { screen.text($0) }.joined()
        // Without a screen of its own to leave, at least a line of its own.
        return Array(TerminalModesText.leave(keepsTitle: keepsTitle).utf8) + words
            + (screen.text("rmcup") ?? Array("\r\n".utf8))
    }

    // MARK: what the thread does

    var interests: [pollfd] {
        var result = [pollfd(fd: signals.readEnd, events: Int16(POLLIN), revents: 0)]
        if state == .shown {
            let events = POLLIN | (outbox.isEmpty ? 0 : POLLOUT)
            result.append(pollfd(fd: tty.descriptor, events: Int16(events), revents: 0))
        }
        return result
    }

    /// Milliseconds until the keys read so far mean what they mean; -1 for ever.
    var timeout: Int32 {
        guard state == .shown, let patience = decoder.patience else { return -1 }
        let left = patience - (ContinuousClock.now - lastInput)
        return left <= .zero ? 0 : Int32(left / .milliseconds(1)) + 1
    }

    /// Shows the newest frame, unless the terminal has not taken the last one yet.
    func turn() {
        guard state == .shown else { return }
        if let patience = decoder.patience, ContinuousClock.now - lastInput >= patience {
            decoder.flush().forEach(tell)
        }
        guard outbox.isEmpty else { return }
        if let waiting = mailbox.take() {
            painted = (waiting.done, draw(waiting.frame, waiting.theme))
            send()
        } else if needsRepaint, let last, last.frame.surface.size == screen.size {
            _ = draw(last.frame, last.theme)
            send()
        }
        needsRepaint = false
    }

    private func draw(_ frame: Frame, _ theme: ResolvedTheme) -> FrameReceipt {
        capture.trim()
        let (bytes, rows) = screen.draw(frame, theme)
        let change = TerminalModesText.change(
            from: modes, to: frame.modes, hasTitle: hasTitle, hasMouse: capabilities.hasMouse)
        modes = frame.modes
        last = (frame, theme)
        outbox.add(bytes)
        outbox.add(change)
        let receipt = FrameReceipt(bytes: bytes.count + change.utf8.count, changedRows: rows)
        tally.frames += 1
        tally.bytes += receipt.bytes
        return receipt
    }

    func ready(_ descriptors: [pollfd]) {
        for descriptor in descriptors {
            if descriptor.fd == signals.readEnd {
                signals.take().forEach(received)
            } else if state == .shown, descriptor.fd == tty.descriptor {
                if descriptor.revents & Int16(POLLIN) != 0 { read() }
                if state == .shown, descriptor.revents & Int16(POLLOUT) != 0 { send() }
                if descriptor.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { lose() }
            }
        }
    }

    private func send() {
        guard outbox.send() else { return lose() }
        if outbox.isEmpty { finishPainting() }
    }

    private func finishPainting() {
        painted?.done.resume(returning: painted?.receipt ?? FrameReceipt())
        painted = nil
    }

    private func read() {
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        while state == .shown {
            let count = Glibc.read(tty.descriptor, &bytes, bytes.count)
            if count > 0 {
                lastInput = .now
                decoder.feed(bytes[..<count]).forEach(tell)
            } else if count < 0, errno == EAGAIN {
                return
            } else if count == 0 || errno != EINTR {
                return lose()
            }
        }
    }

    private func tell(_ event: InputEvent) {
        if case .mouse(let mouse) = event {
            events.yield(.mouse(clicks.count(mouse, at: lastInput)))
        } else {
            events.yield(event)
        }
    }

    private func received(_ signal: Int32) {
        switch signal {
        case SIGWINCH: followSize()
        case SIGTSTP: suspend()
        case SIGCONT:
            // The shell has had the terminal since, also when the stop could not be caught.
            guard state == .shown else { return }
            tty.makeRaw()
            repaint()
            followSize()
            events.yield(.resumed)
        default:
            // Who asks twice is not kept waiting for an orderly end. A hang-up comes twice by itself: to the session's
            // leader and to the foreground group.
            if isEnding {
                if signal == SIGHUP { return }
                close()
                ct_die(signal)
            }
            end(.signal(signal))
        }
    }

    /// Tells that it is over. Who waits for a frame to be shown waits no longer: the terminal may take nothing any more,
    /// and the program is to end.
    private func end(_ reason: Termination) {
        isEnding = true
        mailbox.close()
        finishPainting()
        events.yield(.terminated(reason))
        events.finish()
    }

    private func lose() {
        guard state == .shown || state == .outside else { return }
        state = .lost
        outbox.discard()
        end(.lost)
    }

    private func followSize() {
        guard state == .shown else { return }
        let now = tty.size
        let size = TerminalSize(columns: now.columns, rows: now.rows)
        guard size != screen.size else { return }
        screen.resize(to: size)
        events.yield(.resize(screen.size))
    }

    // MARK: in and out

    private func enter() {
        capture.begin()
        tty.makeRaw()
        outbox.add(TerminalModesText.enter(keepsTitle: keepsTitle))
        screen.redraw()
    }

    /// Puts the terminal as it was. Returns when it has taken everything, or takes nothing any more.
    private func leave() {
        outbox.add(TerminalModesText.leave(keepsTitle: keepsTitle))
        outbox.add(screen.leave())
        outbox.sendAll()
        finishPainting()
        modes = Self.noModes
        tty.restore()
        capture.pause()
    }

    func suspend() {
        guard state == .shown else { return }
        leave()
        _ = ct_stop()
        comeBack()
    }

    func yield() -> Bool {
        guard state == .shown else { return false }
        leave()
        ct_signals_yield(true)
        state = .outside
        return true
    }

    func takeBack() {
        guard state == .outside else { return }
        ct_signals_yield(false)
        state = .shown
        comeBack()
    }

    private func comeBack() {
        enter()
        // At once, should the program be busy.
        needsRepaint = true
        followSize()
        events.yield(.resumed)
    }

    func repaint() {
        guard state == .shown else { return }
        screen.redraw()
        needsRepaint = true
    }

    /// Sends bytes that are no part of the picture.
    func write(_ bytes: [UInt8]) {
        guard state == .shown else { return }
        outbox.add(bytes)
        send()
    }

    func close() {
        guard state != .closed else { return }
        switch state {
        case .shown: leave()
        case .outside: ct_signals_yield(false)
        case .lost:
            tty.restore()
            capture.pause()
        case .closed: break
        }
        state = .closed
        mailbox.close()
        finishPainting()
        ct_rescue_disarm()
        signals.close()
        capture.replay()
        capture.close()
        screen.close()
        tty.close()
        events.finish()
        Self.current = nil
    }
}

/// What a session has done.
package struct TerminalTally: Sendable, Hashable {
    package var frames = 0
    package var bytes = 0
}
