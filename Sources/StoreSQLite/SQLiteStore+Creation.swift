import EdgeModel
import EdgePlan
import GRDB

extension SQLiteStore {
    /// Makes the file whole or not at all: it is built under a name of its own beside its place and then linked there,
    /// so that nobody ever opens half a store and a killed `init` leaves none.
    ///
    /// - Returns: false when another process was faster.
    static func create(at path: String, account: AccountID, permissions: StatePermissions?, schema: Schema) throws
        -> Bool
    {
        let file = StateFile(path)
        let orphans = file.orphans()
        // Looked at again, since another process may have made the state and opened its log just now.
        if !orphans.isEmpty, try file.size() == nil { throw StoreError.orphaned(path, orphans) }
        try file.makeDirectory(permissions ?? .owner)
        let permissions = permissions ?? StatePermissions(inheritedFrom: file.directory)
        let draft = try file.makeDraft(permissions)
        defer { draft.remove() }
        try translatingErrors(at: path) {
            var configuration = GRDB.Configuration()
            configuration.label = "StoreSQLite.create"
            let queue = try DatabaseQueue(path: draft.sqlitePath, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try schema.create(in: db, account: account)
                try db.execute(sql: "PRAGMA journal_mode = WAL")
            }
            try queue.close()
        }
        return try draft.publish(as: file)
    }
}
