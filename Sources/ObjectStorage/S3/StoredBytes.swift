internal import ImageSourcing
internal import Synchronization
internal import WebTransport

/// The body of an answer as the bytes of an object.
final class StoredBytes: ByteStream {
    private struct State {
        var first: [UInt8]?
        var rest: (any WebBody)?
        var failure: ObjectFailure?
    }

    private let state: Mutex<State>

    init(_ stream: WebStream) {
        state = Mutex(State(first: stream.first.isEmpty ? nil : stream.first, rest: stream.rest))
    }

    func next() async throws(ObjectFailure) -> [UInt8]? {
        let (first, rest, failure) = state.withLock { state in
            defer { state.first = nil }
            return (state.first, state.rest, state.failure)
        }
        if let first { return first }
        if let failure { throw failure }
        guard let rest else { return nil }
        do throws(WebError) {
            guard let piece = try await rest.next() else {
                state.withLock { $0.rest = nil }
                return nil
            }
            return piece
        } catch {
            let failure = ObjectFailure(error)
            state.withLock { $0.failure = failure }
            throw failure
        }
    }

    func close() {
        let rest = state.withLock { state in
            defer {
                state.first = nil
                state.rest = nil
            }
            return state.rest
        }
        rest?.close()
    }
}
