import EdgeModel
package import EdgePlan
import GRDB
import GRDBSQLite
import Glibc

extension SQLiteStore {
    package enum Mode: Sendable {
        /// Makes the file, and its directory, when there is none; otherwise like `readWrite`.
        /// Without permissions, a group's setgid directory makes a group's file, and anything else a private one.
        case create(account: AccountID = AccountID(rawValue: 777), permissions: StatePermissions? = nil)
        case readWrite
        /// Never creates or changes the state, and needs no right to.
        case readOnly
    }

    package struct Options: Sendable {
        /// How long to wait for another process's lock before `StoreError.Code.busy`.
        package var busyTimeout: Duration
        /// How often to look for other processes' commits while somebody listens to `changes()`.
        package var pollInterval: Duration

        package init(busyTimeout: Duration = .seconds(2), pollInterval: Duration = .seconds(1)) {
            self.busyTimeout = busyTimeout
            self.pollInterval = pollInterval
        }
    }

    /// Opens the store. Cheap on purpose: no integrity check, and of the schema only its number is read.
    ///
    /// - Throws: `StoreError`: `missing` (unless creating), `readOnly` when a writing mode is asked for a file or
    ///   directory that this user cannot write, `olderSchema`, `newerSchema`, `corrupt`, `cannotOpen`, `busy`, `io`.
    package static func open(path: String, mode: Mode, options: Options = Options()) throws -> SQLiteStore {
        try open(path: path, mode: mode, options: options, schema: .current)
    }

    static func open(path: String, mode: Mode, options: Options, schema: Schema) throws -> SQLiteStore {
        var created = false
        if case .create(let account, let permissions) = mode, try StateFile(path).size() == nil {
            created = try create(at: path, account: account, permissions: permissions, schema: schema)
        }
        let queue = try connect(path: path, mode: mode, options: options)
        try translatingErrors(at: path) {
            try queue.unsafeRead { try schema.checkVersion(of: $0, at: path) }
        }
        let isWritable = if case .readOnly = mode { false } else { true }
        return SQLiteStore(
            path: path, queue: queue, schema: schema, isWritable: isWritable, wasCreated: created, options: options)
    }

    /// A connection to a file that must be there, of whatever schema.
    static func connect(path: String, mode: Mode, options: Options) throws -> DatabaseQueue {
        let file = StateFile(path)
        guard let size = try file.size() else { throw StoreError.noState(at: path) }
        guard size > 0 else { throw StoreError.damaged(path, "the file is empty") }
        var isReadOnly = false
        if case .readOnly = mode { isReadOnly = true } else { try file.checkWritable() }
        return try translatingErrors(at: path) {
            try DatabaseQueue(path: file.sqlitePath, configuration: configuration(isReadOnly, options))
        }
    }

    static func configuration(_ isReadOnly: Bool, _ options: Options) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.readonly = isReadOnly
        configuration.label = "StoreSQLite"
        configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
        configuration.prepareDatabase { db in
            // FULL: the log is synced at every commit; NORMAL would lose the last commits with the power. Measured on
            // a busy disk: 8 ms a commit; on a tmpfs, where there is nothing to sync, 0.3 ms. The log keeps up to
            // 4 MiB between checkpoints and nothing when the last process leaves.
            try db.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304; PRAGMA cell_size_check = ON")
            // Keeping -wal and -shm when the last process leaves lets a user who may only read the directory open the
            // file at all (https://sqlite.org/wal.html#readonly), and spares one-shot commands making them again.
            var keep: CInt = 1
            sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
            if !isReadOnly { try db.execute(sql: "PRAGMA journal_mode = WAL") }
        }
        return configuration
    }
}
