package import EdgeModel
import GRDB

extension SQLiteStore {
    package struct Migration: Hashable, Sendable {
        /// Schema versions; equal when there was nothing to do.
        package var from: Int
        package var to: Int
        /// Copy of the state as it was; nil when there was nothing to do.
        package var backup: String?
    }

    /// Brings an older state to this program's schema. Copies it first, to a name beside it such as
    /// `state.db.schema-1.2026-11-21T113000Z`. When anything fails the state is as it was.
    ///
    /// - Parameter now: goes into the copy's name.
    /// - Throws: `StoreError`: `busy` while any other process, such as an older server, has the state open; `newerSchema`
    ///   among others.
    package static func migrate(path: String, now: Timestamp) throws -> Migration {
        try migrate(path: path, now: now, schema: .current)
    }

    /// Whether a state is of an older program. Reads its first bytes only.
    ///
    /// - Throws: `StoreError`: `missing`, or when they cannot be read.
    package static func needsMigration(path: String) throws -> Bool {
        let header = try header(of: StateFile(StateFile.resolved(path)))
        return header.applicationID == Schema.applicationID && header.schema < Schema.current.version
    }

    static func migrate(path given: String, now: Timestamp, schema: Schema) throws -> Migration {
        let file = StateFile(StateFile.resolved(given))
        let header = try header(of: file)
        // Nothing is locked for a state that needs nothing, and nothing touched that a newer program wrote.
        guard header.applicationID == Schema.applicationID, header.schema < schema.version else {
            try schema.check(header, at: file.path)
            return Migration(from: header.schema, to: header.schema, backup: nil)
        }
        try file.checkWritable()
        let queue = try connectAlone(to: file)
        defer { try? queue.close() }
        let old = try translatingErrors(at: file.path) {
            try queue.unsafeRead { try Schema.version(of: $0, at: file.path) }
        }
        guard old < schema.version else {
            try translatingErrors(at: file.path) {
                try queue.unsafeRead { try schema.checkVersion(of: $0, at: file.path) }
            }
            return Migration(from: old, to: old, backup: nil)
        }
        let backup = "\(file.path).schema-\(old).\(now.forFileNames)"
        try backUp(queue, at: file.path, to: backup)
        try translatingErrors(at: file.path) {
            try queue.writeWithoutTransaction { db in
                try schema.migrate(db, from: old, at: file.path)
                // Older programs look at the file's first bytes before they open it, and not into the log.
                try db.checkpoint(.truncate)
            }
        }
        return Migration(from: old, to: schema.version, backup: backup)
    }

    /// A connection that nobody else's is beside, of whatever schema.
    ///
    /// SQLite's exclusive mode takes the exclusive lock of the database file. Every other connection in write-ahead mode
    /// has that file's shared lock from its first read until it closes, idle or not; so the lock is given only when there
    /// is none, and none can read or write until this one closes (https://sqlite.org/pragma.html#pragma_locking_mode).
    private static func connectAlone(to file: StateFile) throws -> DatabaseQueue {
        var configuration = configuration(false, Options(), path: file.path)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK")
        }
        do {
            return try DatabaseQueue(path: file.sqlitePath, configuration: configuration)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw StoreError.taken(file.path, by: LockHolder.openers(path: file.path))
        } catch let error as DatabaseError {
            throw StoreError(error, path: file.path)
        }
    }
}

extension Timestamp {
    /// `2026-11-21T113000.250Z`
    var forFileNames: String { description.filter { $0 != ":" } }
}
