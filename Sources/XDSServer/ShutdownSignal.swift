internal import Synchronization

/// Something that happens once and that any number of tasks may wait for.
final class ShutdownSignal: Sendable {
    private struct State {
        var isSent = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func send() {
        let waiting = state.withLock { state in
            state.isSent = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when it was sent. Cancelling the waiting task sends it.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isSent = state.withLock { state in
                    if !state.isSent { state.waiting.append(continuation) }
                    return state.isSent
                }
                if isSent { continuation.resume() }
            }
        } onCancel: {
            send()
        }
    }
}
