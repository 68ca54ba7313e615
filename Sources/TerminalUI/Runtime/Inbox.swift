internal import Synchronization

/// What waits for a runner. Posting never blocks; the runner takes everything that waits at once.
final class Inbox<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isRung = false
    }

    private let state = Mutex(State())
    private let bell: AsyncStream<Void>.Continuation
    /// Tells that something waits: once, however much does. One reader.
    let doorbell: AsyncStream<Void>

    init() { (doorbell, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

    func post(_ item: Item) {
        let rings = state.withLock { state in
            state.items.append(item)
            defer { state.isRung = true }
            return !state.isRung
        }
        if rings { bell.yield() }
    }

    func takeAll() -> [Item] {
        state.withLock { state in
            state.isRung = false
            defer { state.items = [] }
            return state.items
        }
    }

    func close() { bell.finish() }
}
