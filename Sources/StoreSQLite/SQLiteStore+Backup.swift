import EdgeModel
import GRDB

extension SQLiteStore {
    /// Writes a whole, compact copy of the state as it is now, while others go on writing, and checks it.
    ///
    /// The copy has the permissions of the state's own file and gets its name only when it is finished.
    ///
    /// - Throws: `StoreError`: `refused` when something has that name already, `full`, `corrupt`, `cannotOpen`, `io`.
    package func backup(to target: String) throws {
        try Self.backUp(queue, at: path, to: target)
    }

    static func backUp(_ queue: DatabaseQueue, at path: String, to target: String) throws {
        let file = StateFile(target)
        guard try file.size() == nil else { throw StoreError.backupExists(target) }
        let draft = try file.makeDraft(StateFile(path).permissions())
        defer { draft.remove() }
        try copy(queue, at: path, to: draft, for: target)
        guard try draft.publish(as: file) else { throw StoreError.backupExists(target) }
    }

    /// Fills an empty file that is to become `target`.
    func copy(to draft: StateFile, for target: String) throws {
        try Self.copy(queue, at: path, to: draft, for: target)
    }

    private static func copy(_ queue: DatabaseQueue, at path: String, to draft: StateFile, for target: String) throws {
        // One read transaction of SQLite's own: one moment's content
        // (https://sqlite.org/lang_vacuum.html#vacuuminto).
        try translatingErrors(at: target) {
            try queue.unsafeRead { db in
                try checkOpen(db, path)
                try checkPlace(db, path)
                try db.execute(sql: "VACUUM INTO ?", arguments: [draft.sqlitePath])
            }
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            configuration.label = "StoreSQLite.backup"
            let copy = try DatabaseQueue(path: draft.sqlitePath, configuration: configuration)
            let complaints = try copy.read { try findings($0, at: path) }
            try copy.close()
            guard complaints.isEmpty else { throw StoreError.damaged(path, "a copy of it does not pass its check") }
        }
    }
}

extension StoreError {
    fileprivate static func backupExists(_ target: String) -> StoreError {
        refusal(target, "there is a file of that name already", remedy: "Name another place for the backup.")
    }
}
