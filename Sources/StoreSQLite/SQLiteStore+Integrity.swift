package import EdgeModel
import GRDB

extension SQLiteStore {
    /// Reads the whole file and tells what is damaged, at most 20 places; empty: nothing. For `doctor`, not for opening:
    /// it takes time in proportion to the file.
    ///
    /// - Throws: `StoreError` when the file cannot be read at all, `busy` among others.
    package func integrityFindings() throws -> [Finding] {
        do {
            return try translatingErrors(at: path) {
                try queue.unsafeRead { db in
                    try transaction(db, .deferred) { try Self.findings($0, at: path) }
                }
            }
        } catch let error as StoreError where error.code == .corrupt {
            return [Finding(.error, "state-damaged", at: path, error.message, remedy: error.remedy)]
        }
    }

    static func findings(_ db: Database, at path: String) throws -> [Finding] {
        let remedy = StoreError.damaged(path, "").remedy
        let complaints = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        let structure = complaints.map { Finding(.error, "state-damaged", at: path, $0, remedy: remedy) }
        let dangling = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(20).map { row in
            let (table, parent) = (row["table"] as String? ?? "?", row["parent"] as String? ?? "?")
            return Finding(
                .error, "state-dangling", at: path, "an entry of '\(table)' refers to a missing '\(parent)'",
                remedy: remedy)
        }
        return structure + dangling
    }
}
