import Synchronization
import TerminalUI

/// The newest frame that waits to be shown: a slow terminal skips the others, and one picture is all that is kept.
final class FrameMailbox: Sendable {
    struct Waiting: Sendable {
        let frame: Frame
        let theme: ResolvedTheme
        let done: CheckedContinuation<FrameReceipt, Never>
    }

    private enum State {
        case open(Waiting?)
        case closed
    }

    private let state = Mutex(State.open(nil))

    /// Takes the place of a frame that was not shown yet, whose caller is told that nothing was sent.
    func put(_ waiting: Waiting) {
        let left = state.withLock { state in
            guard case .open(let older) = state else { return waiting as Waiting? }
            state = .open(waiting)
            return older
        }
        left?.done.resume(returning: FrameReceipt())
    }

    func take() -> Waiting? {
        state.withLock { state in
            guard case .open(let waiting) = state else { return nil }
            state = .open(nil)
            return waiting
        }
    }

    /// No frame is shown any more; nobody waits for one.
    func close() {
        let left = state.withLock { state in
            defer { state = .closed }
            guard case .open(let waiting) = state else { return nil as Waiting? }
            return waiting
        }
        left?.done.resume(returning: FrameReceipt())
    }
}
