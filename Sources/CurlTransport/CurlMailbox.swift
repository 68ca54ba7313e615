import CCurl
import Synchronization
import WebTransport

/// What callers on any thread and the curl thread share: the orders not yet taken, and how to wake the thread.
final class CurlMailbox: Sendable {
    enum Order: Sendable {
        case start(CurlSubmission)
        case cancel(UInt64)
    }

    /// A multi handle that may be named on any thread.
    ///
    /// `@unchecked Sendable` holds because only two uses exist: `curl_multi_wakeup`, which libcurl documents as callable
    /// from any thread and which is called under the mailbox's lock while the stage is `running`; and everything else,
    /// on the curl thread alone. That thread sets the stage to `closed` under the same lock before it frees the
    /// handle, so no wake-up can reach a freed one.
    struct Multi: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    private enum Stage {
        case idle
        case running(Multi)
        case closed
    }

    private struct State {
        var stage = Stage.idle
        var orders: [Order] = []
        var isClosing = false
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())
    let concurrency: Int

    init(concurrency: Int) { self.concurrency = concurrency }

    func nextNumber() -> UInt64 {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    /// Hands a request to the thread, starting it when it is the first; a refusal is delivered at once.
    func start(_ submission: CurlSubmission) {
        let refusal: WebError? = state.withLock { state in
            if state.isClosing { return .transportClosed(submission.request) }
            switch state.stage {
            case .closed:
                return .transportClosed(submission.request)
            case .running(let multi):
                state.orders.append(.start(submission))
                ccurl_multi_wakeup(multi.handle)
            case .idle:
                guard let multi = CurlThread.start(for: self) else {
                    return .transportFailed(submission.request, cause: "libcurl or its thread could not start")
                }
                state.stage = .running(multi)
                state.orders.append(.start(submission))
            }
            return nil
        }
        if let refusal { submission.continuation.resume(returning: .failure(refusal)) }
    }

    /// Ends a request if it is still in flight; an unknown number is ignored.
    func cancel(_ number: UInt64) {
        state.withLock { state in
            guard case .running(let multi) = state.stage else { return }
            state.orders.append(.cancel(number))
            ccurl_multi_wakeup(multi.handle)
        }
    }

    func close() {
        state.withLock { state in
            state.isClosing = true
            switch state.stage {
            case .idle: state.stage = .closed
            case .running(let multi): ccurl_multi_wakeup(multi.handle)
            case .closed: break
            }
        }
    }

    /// For the curl thread: the orders in the sequence they were given, and whether this is the end.
    func take() -> (orders: [Order], isClosing: Bool) {
        state.withLock { state in
            let orders = state.orders
            state.orders = []
            return (orders, state.isClosing)
        }
    }

    /// For the curl thread, before it frees the multi handle: from here on nobody wakes it and nothing is accepted.
    /// Returns the orders that came too late.
    func retire() -> [Order] {
        state.withLock { state in
            state.stage = .closed
            let orders = state.orders
            state.orders = []
            return orders
        }
    }
}
