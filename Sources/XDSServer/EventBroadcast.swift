internal import EdgeModel
internal import Synchronization

/// Hands every event to any number of streams. A reader that does not keep up loses the oldest events, not memory.
final class EventBroadcast: Sendable {
    private struct State {
        var next = 0
        var readers: [Int: AsyncStream<FleetEvent>.Continuation] = [:]
        var isFinished = false
    }

    private static let backlog = 10_000
    private let state = Mutex(State())

    func stream() -> AsyncStream<FleetEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: FleetEvent.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.next += 1
            state.readers[state.next] = continuation
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in _ = state.readers.removeValue(forKey: id) }
        }
        return stream
    }

    func send(_ event: FleetEvent) {
        let readers = state.withLock { Array($0.readers.values) }
        for reader in readers { reader.yield(event) }
    }

    func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            return Array(state.readers.values)
        }
        for reader in readers { reader.finish() }
    }
}
