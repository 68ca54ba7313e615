import EdgeModel
import GRDB

extension SQLiteStore {
    /// Writes the log back to the file, as far as nobody reads it, without holding up anybody: a passive checkpoint
    /// (https://sqlite.org/pragma.html#pragma_wal_checkpoint). Waits for the disk; does nothing when there is nothing new.
    ///
    /// A long-running process calls this now and then over a connection of its own, so that no command has to.
    package func checkpoint() throws {
        try translatingErrors(at: path) {
            try queue.writeWithoutTransaction { db in
                try Self.checkOpen(db, path)
                try Self.checkPlace(db, path)
                do {
                    try db.checkpoint(.passive)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    // Another process is at it.
                }
            }
        }
    }
}
