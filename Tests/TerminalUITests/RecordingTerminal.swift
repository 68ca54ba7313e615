import Synchronization

@testable import TerminalUI

/// A terminal that keeps what it is shown, as slowly as a test wants.
final class RecordingTerminal: Terminal {
    struct Log: Sendable {
        var frames: [Frame] = []
        var copies: [String] = []
        var isClosed = false
        var outside = 0
        var gate: [CheckedContinuation<Void, Never>] = []
        var isSlow = false
    }

    let capabilities = TerminalCapabilities(depth: .mono)
    let events: AsyncStream<InputEvent>
    private let input: AsyncStream<InputEvent>.Continuation
    private let log = Mutex(Log())

    init() { (events, input) = AsyncStream.makeStream(of: InputEvent.self) }

    var state: Log { log.withLock { $0 } }
    var lastText: String { state.frames.last?.surface.text ?? "" }

    func send(_ event: InputEvent) { input.yield(event) }
    func press(_ name: String) { if let key = KeyPress(name) { send(.key(key)) } }
    func hangUp() { input.finish() }

    /// While slow, every frame waits for ``release()``.
    func slow(_ isSlow: Bool) { log.withLock { $0.isSlow = isSlow } }

    func release() {
        let waiting = log.withLock { log in
            defer { log.gate = [] }
            return log.gate
        }
        for one in waiting { one.resume() }
    }

    func present(_ frame: Frame, _ theme: ResolvedTheme) async -> FrameReceipt {
        await withCheckedContinuation { continuation in
            let waits = log.withLock { log in
                log.frames.append(frame)
                if log.isSlow { log.gate.append(continuation) }
                return log.isSlow
            }
            if !waits { continuation.resume() }
        }
        return FrameReceipt(bytes: 1, changedRows: 1)
    }

    func copyToClipboard(_ text: String) async -> ClipboardReceipt {
        log.withLock { $0.copies.append(text) }
        return .sent(bytes: text.utf8.count)
    }

    func suspend() async {}
    func repaint() async {}

    func runOutside(_ body: @Sendable () async -> Void) async {
        log.withLock { $0.outside += 1 }
        await body()
    }

    func close() async {
        log.withLock { $0.isClosed = true }
        input.finish()
    }
}
