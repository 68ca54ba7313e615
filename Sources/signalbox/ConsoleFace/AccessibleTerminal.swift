internal import Glibc
internal import Synchronization
internal import TerminalUI

/// A terminal as lines: what changed is said in words, and lines that are typed are keys. For screen readers, and for
/// terminals that can only print.
///
/// An empty line is Enter; a number goes to that row; a line that begins with `:` or `/` is typed and entered; the name
/// of a key or a pair of keys (`Esc`, `PgDn`, `g d`) is that key; anything else is typed letter by letter.
final class AccessibleTerminal: Terminal {
    let capabilities: TerminalCapabilities
    let events: AsyncStream<InputEvent>
    private let continuation: AsyncStream<InputEvent>.Continuation
    private let printer = Mutex(AccessiblePrinter())
    private let isOutside = Mutex(false)

    /// A list says this many rows.
    private static let size = TerminalSize(columns: 120, rows: 40)

    init(isUnicode: Bool, name: String) {
        capabilities = TerminalCapabilities(depth: .mono, isUnicode: isUnicode, name: name)
        (events, continuation) = AsyncStream.makeStream(of: InputEvent.self)
        continuation.yield(.resize(Self.size))
    }

    /// Reads lines until the input ends. Call it once.
    func listen() {
        OwnThread.start { [self] in
            var rest: [UInt8] = []
            while let chunk = read() {
                rest += chunk
                while let end = rest.firstIndex(of: 0x0A) {
                    let line = String(decoding: rest[..<end], as: UTF8.self)
                    rest.removeSubrange(...end)
                    for event in Self.events(of: line) { continuation.yield(event) }
                }
                // Nobody types so long a line.
                if rest.count > 65_536 { rest = [] }
            }
            continuation.yield(.terminated(.lost))
            continuation.finish()
        }
    }

    /// What was typed; nil at its end. What is typed into another program, while that has the terminal, is left to it.
    private func read() -> [UInt8]? {
        while true {
            var poll = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, -1) >= 0 || errno == EINTR else { return nil }
            if isOutside.withLock(\.self) {
                usleep(50_000)
                continue
            }
            guard poll.revents != 0 else { continue }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(chunk[..<count]) : nil
        }
    }

    static func events(of line: String) -> [InputEvent] {
        let keys = { (words: [KeyPress]) in words.map { InputEvent.key($0) } }
        if line.isEmpty { return keys([KeyPress(.enter)]) }
        if let row = Int(line), row > 0, row <= 10_000 {
            return keys([KeyPress(.home)] + Array(repeating: KeyPress(.down), count: row - 1))
        }
        let typed = line.unicodeScalars.map { KeyPress.character($0) }
        if line.hasPrefix(":") || line.hasPrefix("/") { return keys(typed + [KeyPress(.enter)]) }
        let words = line.split(separator: " ")
        let named = words.compactMap { KeyPress($0) }
        // One letter after the other is a text unless each word of the line is a key.
        return keys(named.count == words.count && !named.isEmpty ? named : typed)
    }

    @discardableResult
    func present(_ frame: Frame, _ theme: ResolvedTheme) async -> FrameReceipt {
        let lines = printer.withLock { $0.lines(frame.access) }
        var bytes = 0
        for line in lines { bytes += put(line.string + "\n") }
        return FrameReceipt(bytes: bytes, changedRows: lines.count)
    }

    @discardableResult
    private func put(_ text: String) -> Int {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    func copyToClipboard(_ text: String) async -> ClipboardReceipt {
        .sent(bytes: put(TerminalText(untrusted: text).string + "\n"))
    }

    func suspend() async { raise(SIGTSTP) }

    func runOutside(_ body: @Sendable () async -> Void) async {
        isOutside.withLock { $0 = true }
        await body()
        isOutside.withLock { $0 = false }
        continuation.yield(.resumed)
    }

    func repaint() async { printer.withLock { $0 = AccessiblePrinter() } }

    func close() async { continuation.finish() }
}
