import EdgeModel
package import EdgePlan
import GRDB
import GRDBSQLite

extension SQLiteStore {
    package enum Mode: Sendable {
        /// Makes the file, and its directory, when there is none; otherwise like `readWrite`.
        /// Without permissions, a group's setgid directory makes a group's file, and anything else a private one.
        case create(account: AccountID = AccountID(rawValue: 777), permissions: StatePermissions? = nil)
        case readWrite
        /// Never creates or changes the state, and needs no right to.
        case readOnly
    }

    /// When what a connection commits survives a loss of power. It survives a killed process at once either way.
    package enum Durability: Sendable {
        /// As soon as the write returns: the log is synced at every commit.
        case everyCommit
        /// With the next commit of any connection that syncs, or the next checkpoint: for what will be said again
        /// anyway, such as what nodes report every second. Never waits for the disk, so that it never holds the write
        /// lock while others want it.
        ///
        /// A later synced commit makes this one durable too: there is one log for all processes, a sync covers the whole
        /// file, and recovery takes frames from the start up to the last commit whose running checksum, which covers
        /// all frames before it, is right (https://sqlite.org/walformat.html#checksum_algorithm). A commit that was
        /// told is therefore never there without all that came before it.
        case withTheNext
    }

    package struct Options: Sendable {
        /// How long to wait for another process's lock before `StoreError.Code.busy`.
        package var busyTimeout: Duration
        /// How often to look for other processes' commits while somebody listens to `changes()`.
        package var pollInterval: Duration
        package var durability: Durability
        /// Called once in a wait that has taken a second.
        package var isWaiting: (@Sendable (LockWait) -> Void)?

        package init(
            busyTimeout: Duration = .seconds(2), pollInterval: Duration = .seconds(1),
            durability: Durability = .everyCommit, isWaiting: (@Sendable (LockWait) -> Void)? = nil
        ) {
            self.busyTimeout = busyTimeout
            self.pollInterval = pollInterval
            self.durability = durability
            self.isWaiting = isWaiting
        }
    }

    /// The file that a path means: the end of a symbolic link, otherwise the path. What belongs to a state lies beside
    /// that one.
    package static func file(of path: String) -> String { StateFile.resolved(path) }

    /// Whether a group shares the state, so that whatever is made beside it must be the group's too.
    package static func isShared(_ path: String) -> Bool {
        let mode = StateFile(StateFile.resolved(path)).permissions().fileMode
        return mode & 0o060 == 0o060
    }

    /// Opens the store. Cheap on purpose: no integrity check, and of the schema only its number is read, before anything
    /// may be written, the log's files included.
    ///
    /// - Throws: `StoreError`: `missing` (unless creating), `readOnly` when a writing mode is asked for a file or
    ///   directory that this user cannot write, `olderSchema`, `newerSchema`, `corrupt`, `cannotOpen`, `busy`, `io`.
    package static func open(path: String, mode: Mode, options: Options = Options()) throws -> SQLiteStore {
        try open(path: path, mode: mode, options: options, schema: .current)
    }

    static func open(path given: String, mode: Mode, options: Options, schema: Schema) throws -> SQLiteStore {
        let path = StateFile.resolved(given)
        var created = false
        if case .create(let account, let permissions) = mode, try StateFile(path).size() == nil {
            created = try create(at: path, account: account, permissions: permissions, schema: schema)
        }
        var isReadOnly = false
        if case .readOnly = mode { isReadOnly = true }
        let queue = try connect(path: path, isReadOnly: isReadOnly, options: options, schema: schema)
        return SQLiteStore(
            path: path, queue: queue, schema: schema, isWritable: !isReadOnly, wasCreated: created, options: options)
    }

    /// A connection to a file that must be there and have this schema.
    static func connect(
        path: String, isReadOnly: Bool, options: Options, schema: Schema
    ) throws -> DatabaseQueue {
        let file = StateFile(path)
        let header = try header(of: file)
        if !isReadOnly { try file.checkWritable() }
        try schema.check(header, at: path)
        var configuration = configuration(isReadOnly, options, path: path)
        configuration.prepareDatabase { db in
            // Again, since the log may tell otherwise than the file; and before the mode, which is written to the file.
            try schema.checkVersion(of: db, at: path)
            if !isReadOnly { try db.execute(sql: "PRAGMA journal_mode = WAL") }
        }
        return try translatingErrors(at: path) {
            try DatabaseQueue(path: file.sqlitePath, configuration: configuration)
        }
    }

    /// The first bytes of a file that must be there and be readable.
    static func header(of file: StateFile) throws -> StateHeader {
        guard let size = try file.size() else {
            let orphans = file.orphans()
            throw orphans.isEmpty ? StoreError.noState(at: file.path) : StoreError.orphaned(file.path, orphans)
        }
        guard size > 0 else { throw StoreError.damaged(file.path, "the state is damaged: the file is empty") }
        try file.checkReadable()
        return try StateHeader.read(file)
    }

    static func configuration(_ isReadOnly: Bool, _ options: Options, path: String) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.readonly = isReadOnly
        configuration.label = "StoreSQLite"
        let wait = BusyWait(limit: options.busyTimeout, path: path, isWaiting: options.isWaiting)
        configuration.busyMode = .callback { wait.again(tries: $0) }
        configuration.prepareDatabase { db in
            // First, so that a file that turns out to be damaged keeps its log too. Keeping -wal and -shm when the last process leaves lets a user who may only read the directory open the
            // file at all (https://sqlite.org/wal.html#readonly), and spares one-shot commands making them again.
            var keep: CInt = 1
            sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
            // FULL: the log is synced at every commit; NORMAL: at checkpoints. Measured on a busy disk: 8 ms a commit;
            // on a tmpfs, where there is nothing to sync, 0.3 ms. Checkpoints write the log back and sync twice, which
            // is the server's work (`checkpoint()`) and the last one's to leave; a commit does it only when the log has
            // grown to 16 MiB. So much is kept between checkpoints, and nothing when the last process leaves.
            let synchronous = options.durability == .everyCommit ? "FULL" : "NORMAL"
            try db.execute(
                sql: """
                    PRAGMA synchronous = \(synchronous); PRAGMA cell_size_check = ON;
                    PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 16777216
                    """)
        }
        return configuration
    }
}
