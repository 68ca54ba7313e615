import Synchronization

/// Pieces of a request body between the task that makes them and the curl thread that sends them: one at a time.
final class CurlOutgoing: Sendable {
    private struct State {
        var piece: [UInt8]?
        var isComplete = false
        var isStopped = false
        var waiting: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    /// Puts down a piece; there is room for it. False when nobody will send it.
    func put(_ piece: [UInt8]) -> Bool {
        state.withLock { state in
            guard !state.isStopped else { return false }
            state.piece = piece
            return true
        }
    }

    /// Waits until the last piece has been taken. False when no more are wanted.
    func hasRoom() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.isStopped || Task.isCancelled { return false }
                    if state.piece == nil { return true }
                    state.waiting = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            stop()
        }
    }

    /// There are no more pieces.
    func end() { state.withLock { $0.isComplete = true } }

    /// Nobody sends any more.
    func stop() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            state.isStopped = true
            return state.waiting
        }
        waiting?.resume(returning: false)
    }

    enum Taken {
        case piece([UInt8])
        /// Not made yet.
        case later
        case end
    }

    /// For the curl thread: the next piece.
    func take() -> Taken {
        let (taken, waiting) = state.withLock { state -> (Taken, CheckedContinuation<Bool, Never>?) in
            guard let piece = state.piece else { return (state.isComplete ? .end : .later, nil) }
            defer {
                state.piece = nil
                state.waiting = nil
            }
            return (.piece(piece), state.waiting)
        }
        waiting?.resume(returning: true)
        return taken
    }
}
