package import EdgeModel
import GRDB
import GRDBSQLite

/// The configuration store in one SQLite file, shared by any number of processes on one machine.
///
/// Write-ahead log, `synchronous = FULL`: a write that returned survives loss of power (see `Durability` for the one
/// exception). Every write is one immediate transaction, so writers queue at the start and never fail half-way for another's sake; readers never wait for them.
/// An instance is one connection: calls from several threads take turns.
package final class SQLiteStore: ConfigurationStore {
    /// The file itself, also where a symbolic link was given.
    package let path: String
    /// Whether writes may be tried at all.
    package let isWritable: Bool
    /// Whether this very instance made the file.
    package let wasCreated: Bool
    let queue: DatabaseQueue
    let schema: Schema
    let watch: ChangeWatch

    init(path: String, queue: DatabaseQueue, schema: Schema, isWritable: Bool, wasCreated: Bool, options: Options) {
        self.path = path
        self.queue = queue
        self.schema = schema
        self.isWritable = isWritable
        self.wasCreated = wasCreated
        watch = ChangeWatch(path: path, schema: schema, interval: options.pollInterval)
    }

    package func read<T>(_ body: (any StoreReading) throws -> T) throws -> T { try snapshot { try body($0) } }

    package func write<T>(_ body: (any StoreWriting) throws -> T) throws -> T { try transact(body) }

    func snapshot<T>(_ body: (Snapshot) throws -> T) throws -> T {
        try translatingErrors(at: path) {
            try queue.unsafeRead { try transaction($0, .deferred) { try body(Snapshot(db: $0, path: path)) } }
        }
    }

    func transact<T>(_ body: (Transaction) throws -> T) throws -> T {
        let result = try observing { tx in
            let before = tx.db.totalChangesCount
            let result = try body(tx)
            if tx.db.totalChangesCount != before {
                try tx.db.run("UPDATE account SET revision = revision + 1")
            }
            return result
        }
        // The watch sits on a connection of its own and hears of our commits as of anybody's; it only need not wait.
        watch.check()
        return result
    }

    /// Writes what was seen, not decided: the revision stays, and nobody is woken up before the next poll.
    func observing<T>(_ body: (Transaction) throws -> T) throws -> T {
        guard isWritable else { throw StoreError.notWritable(path) }
        return try translatingErrors(at: path) {
            try queue.writeWithoutTransaction { db in
                try transaction(db, .immediate) { db in
                    // A long-running process may have outlived a migration; what it knows of the tables is then wrong.
                    try schema.checkVersion(of: db, at: path)
                    return try body(Transaction(db: db, path: path))
                }
            }
        }
    }

    package func changes() -> AsyncStream<Void> { watch.stream() }

    /// Looks for commits of other processes now instead of at the next poll; what a wake-up from a writer calls.
    /// Does nothing while nobody listens to `changes()`.
    package func nudge() { watch.check() }

    /// Closes the file; the last one to close it folds the log into it. Calls after that throw.
    package func close() throws {
        watch.stop()
        try translatingErrors(at: path) { try queue.close() }
    }

    func transaction<T>(
        _ db: Database, _ kind: Database.TransactionKind, _ body: (Database) throws -> T
    ) throws -> T {
        try Self.checkOpen(db, path)
        try Self.checkPlace(db, path)
        try db.beginTransaction(kind)
        do {
            let result = try body(db)
            try db.commit()
            return result
        } catch {
            // SQLite has already rolled back by itself after some errors (disk full, I/O); then there is nothing to do.
            if db.isInsideTransaction { try? db.rollback() }
            throw error
        }
    }

    /// A file that was removed or replaced can be written for as long as it is open, and all of that would be lost.
    static func checkPlace(_ db: Database, _ path: String) throws {
        var hasMoved: CInt = 0
        sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        if hasMoved != 0 { throw StoreError.moved(path) }
    }

    /// GRDB hands a closed connection on to SQLite, which does not look and crashes.
    static func checkOpen(_ db: Database, _ path: String) throws {
        guard db.sqliteConnection != nil else { throw StoreError.cannotOpen(path, "it was closed by this program") }
    }
}
