internal import EdgeModel
internal import Glibc
internal import StoreSQLite
internal import Synchronization

/// The console's connections to its state, kept open: a state that does not exist yet is looked for again, and one that
/// another took the place of is opened anew.
///
/// What was closed is kept too. A queue of libdispatch that goes away wakes libdispatch's pool, which then wakes the
/// process every second for ever; states are not replaced so often that it would matter.
final class ConsoleStores: Sendable {
    private enum Use: Hashable { case reading, writing, marking }

    private struct Open {
        var store: SQLiteStore
        var file: FileIdentity?
    }

    private struct State {
        var open: [Use: Open] = [:]
        var closed: [SQLiteStore] = []
    }

    private let session: Session
    private let state = Mutex(State())

    init(_ session: Session) { self.session = session }

    func store(isWriting: Bool) throws -> SQLiteStore { try store(isWriting ? .writing : .reading) }

    /// Changes with every commit by anybody; nil when the state cannot be read, of which its readers meet the reason.
    func commitMark() -> Int? { try? store(.marking).commitMark() }

    private func store(_ use: Use) throws -> SQLiteStore {
        try state.withLock { state in
            let file = FileIdentity(session.statePath)
            if let known = state.open[use], known.file == file { return known.store }
            if let old = state.open.removeValue(forKey: use) {
                try? old.store.close()
                state.closed.append(old.store)
            }
            let new = try session.store(use == .writing ? .writing : .reading)
            state.open[use] = Open(store: new, file: file)
            return new
        }
    }
}

/// Which file a path means now.
private struct FileIdentity: Hashable {
    let device: UInt
    let number: UInt

    /// nil: there is none.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        (device, number) = (UInt(facts.st_dev), UInt(facts.st_ino))
    }
}
