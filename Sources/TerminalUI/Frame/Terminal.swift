/// The port to a terminal: a driver shows frames and tells what the person does.
package protocol Terminal: Sendable {
    var capabilities: TerminalCapabilities { get }

    /// What happens, from the first size to the end of the session. One reader.
    var events: AsyncStream<InputEvent> { get }

    /// Shows a frame. Returns when it is written out; while it is not, the caller keeps only its newest frame.
    @discardableResult
    func present(_ frame: Frame, _ theme: ResolvedTheme) async -> FrameReceipt

    /// Offers text to the clipboard of the terminal, which may be far away (OSC 52). Text goes out as it is.
    func copyToClipboard(_ text: String) async -> ClipboardReceipt

    /// Leaves the screen and stops the process until the shell continues it (Ctrl-Z); ``InputEvent/resumed`` follows.
    func suspend() async

    /// Leaves the screen for another program, such as an editor, and comes back when `body` returns.
    func runOutside(_ body: @Sendable () async -> Void) async

    /// Draws everything again: somebody else wrote on the screen.
    func repaint() async

    /// Restores the terminal. No call follows; ``events`` ends.
    func close() async
}

/// What it took to show a frame.
package struct FrameReceipt: Sendable, Hashable {
    /// Bytes sent to the terminal; 0 when nothing changed or the driver cannot tell.
    package var bytes: Int
    package var changedRows: Int

    package init(bytes: Int = 0, changedRows: Int = 0) {
        self.bytes = bytes
        self.changedRows = changedRows
    }
}

/// Whether text went towards a clipboard. Nobody can tell whether it arrived.
package enum ClipboardReceipt: Sendable, Hashable {
    case sent(bytes: Int)
    /// The driver knows that it is useless; the words say which option is off, or the limit.
    case refused(TerminalText)
}

/// What a terminal can show.
package struct TerminalCapabilities: Sendable, Hashable {
    package var depth: ColorDepth
    /// False where the locale is not UTF-8: draw with ``GlyphSet/ascii``.
    package var isUnicode: Bool
    package var hasMouse: Bool
    package var hasClipboard: Bool
    /// The terminal's name (`TERM`), for people.
    package var name: String

    package init(
        depth: ColorDepth, isUnicode: Bool = true, hasMouse: Bool = false, hasClipboard: Bool = false, name: String = ""
    ) {
        self.depth = depth
        self.isUnicode = isUnicode
        self.hasMouse = hasMouse
        self.hasClipboard = hasClipboard
        self.name = name
    }
}

/// How many colours a terminal has.
package enum ColorDepth: String, Sendable, Hashable, CaseIterable {
    case mono, sixteen, indexed256, direct
}
