import GRDB

extension SQLiteStore {
    /// A number that changes with every commit of any other connection, also of other processes: what tells an instance
    /// that never writes whether there is something new to read. Cheap: no table is read.
    ///
    /// - Throws: `StoreError`, also when the file was replaced since it was opened.
    package func commitMark() throws -> Int {
        try translatingErrors(at: path) {
            try queue.unsafeRead { db in
                try Self.checkOpen(db, path)
                try Self.checkPlace(db, path)
                return try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
            }
        }
    }
}
