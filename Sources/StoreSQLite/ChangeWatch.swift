import GRDB
import Synchronization

/// Hears of commits by any connection, ours and other processes', and ticks its listeners.
///
/// GRDB's observation sees only commits of its own connection. `PRAGMA data_version` on a connection that never writes
/// changes with everybody's (https://sqlite.org/pragma.html#pragma_data_version); it is asked at every poll, after our
/// own writes, and when a writer wakes us. Nothing is open and nothing runs while nobody listens.
final class ChangeWatch: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextListener = 0
        var connection: DatabaseQueue?
        var version: Int?
        /// Bound to the listeners, who have no common scope it could be a child of: ends with the last one.
        var poll: Task<Void, Never>?
    }

    private let path: String
    private let schema: Schema
    private let interval: Duration
    private let state = Mutex(State())

    init(path: String, schema: Schema, interval: Duration) {
        self.path = path
        self.schema = schema
        self.interval = interval
    }

    deinit { stop() }

    var isIdle: Bool { state.withLock { $0.poll == nil && $0.connection == nil && $0.listeners.isEmpty } }

    /// Ticks at once, and then after commits; ticks that nobody took yet are one.
    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            let id = state.nextListener
            state.nextListener += 1
            state.listeners[id] = continuation
            if state.poll == nil {
                // The base line is taken before the first tick, so no commit can fall between.
                _ = look(&state)
                state.poll = Task { [weak self, interval] in
                    while (try? await Task.sleep(for: interval)) != nil { self?.check() }
                }
            }
            return id
        }
        continuation.onTermination = { [weak self] _ in self?.leave(id) }
        continuation.yield()
        return stream
    }

    /// Ticks the listeners if anybody committed since the last look.
    func check() {
        let listeners = state.withLock { state in
            state.listeners.isEmpty || !look(&state) ? [] : Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    func stop() {
        let listeners = state.withLock { state in
            defer { state = State(nextListener: state.nextListener) }
            state.poll?.cancel()
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }

    private func leave(_ id: Int) {
        state.withLock { state in
            state.listeners[id] = nil
            guard state.listeners.isEmpty else { return }
            state.poll?.cancel()
            state.poll = nil
            state.connection = nil
            state.version = nil
        }
    }

    /// Whether anything changed. A store that cannot be looked at counts as changed: its readers will meet the reason.
    private func look(_ state: inout State) -> Bool {
        do {
            let connection = try state.connection ?? connect()
            state.connection = connection
            let version = try connection.unsafeRead { db in
                try SQLiteStore.checkPlace(db, path)
                return try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version"))
            }
            defer { state.version = version }
            return version != state.version
        } catch {
            state.connection = nil
            state.version = nil
            return true
        }
    }

    private func connect() throws -> DatabaseQueue {
        // Never waits: it is asked again soon, and writers wait for `check` to return.
        try SQLiteStore.connect(path: path, isReadOnly: true, options: .init(busyTimeout: .zero), schema: schema)
    }
}
