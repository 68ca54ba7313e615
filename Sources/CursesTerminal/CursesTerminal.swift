package import TerminalUI

/// The terminal that a person sits at, through ncurses.
///
/// Safe to call from anywhere: all work is done on the terminal's own thread. A program has one at a time.
package final class CursesTerminal: Terminal {
    /// What to open; the defaults are this process's own.
    package struct Options: Sendable {
        package var input: Int32 = 0
        package var output: Int32 = 1
        /// Names the terminal (`TERM`, `COLORTERM`), its wishes (`NO_COLOR`) and its multiplexer (`TMUX`, `STY`).
        package var environment: [String: String]

        package init(environment: [String: String]) { self.environment = environment }
    }

    package let capabilities: TerminalCapabilities
    package let events: AsyncStream<InputEvent>
    private let session: TerminalSession
    private let mailbox: FrameMailbox
    private let environment: [String: String]

    /// Opens the terminal: its screen is ours until ``close()``.
    package static func open(_ options: Options) async throws(TerminalOpenFailure) -> CursesTerminal {
        let mailbox = FrameMailbox()
        // Unbounded: no key is lost. Who reads puts events together.
        let (events, continuation) = AsyncStream.makeStream(of: InputEvent.self)
        let session = try await Self.start(options, mailbox, continuation)
        return CursesTerminal(session, mailbox, events, options.environment)
    }

    @TerminalActor
    private static func start(
        _ options: Options, _ mailbox: FrameMailbox, _ events: AsyncStream<InputEvent>.Continuation
    ) throws(TerminalOpenFailure) -> TerminalSession {
        try TerminalSession(options, mailbox: mailbox, events: events)
    }

    private init(
        _ session: TerminalSession, _ mailbox: FrameMailbox, _ events: AsyncStream<InputEvent>,
        _ environment: [String: String]
    ) {
        self.session = session
        self.mailbox = mailbox
        self.events = events
        self.environment = environment
        capabilities = session.capabilities
    }

    @discardableResult
    package func present(_ frame: Frame, _ theme: ResolvedTheme) async -> FrameReceipt {
        await withCheckedContinuation { done in
            mailbox.put(FrameMailbox.Waiting(frame: frame, theme: theme, done: done))
            TerminalThread.shared.wake()
        }
    }

    package func copyToClipboard(_ text: String) async -> ClipboardReceipt {
        let bytes = text.utf8.count
        guard bytes <= ClipboardText.limit else {
            return .refused(
                "\(TerminalText(bytes)) bytes are more than a terminal takes (\(TerminalText(ClipboardText.limit)))")
        }
        let tmux = await TmuxQuery.options(environment)
        let route = ClipboardText.route(tmux: tmux, isScreen: environment["STY"] != nil)
        guard let sequence = ClipboardText.sequence(text, route) else {
            return .refused("tmux keeps it: set-clipboard is off for programs (tmux set -s set-clipboard on)")
        }
        await session.write(sequence)
        return .sent(bytes: bytes)
    }

    /// Rings the terminal's bell.
    package func bell() async { await session.write([0x07]) }

    package func suspend() async { await session.suspend() }

    package func runOutside(_ body: @Sendable () async -> Void) async {
        guard await session.yield() else { return }
        await body()
        await session.takeBack()
    }

    package func repaint() async { await session.repaint() }

    package func close() async { await session.close() }

    /// What was shown and sent so far.
    package var tally: TerminalTally { get async { await session.tally } }

    /// How often the terminal's thread was awake.
    package static var turns: Int { TerminalThread.shared.turns }
}
