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
    /// `state.db.schema-1.2026-11-21T113000Z`.
    /// When anything fails the state is as it was.
    ///
    /// - Parameter now: goes into the copy's name.
    /// - Throws: `StoreError`, `newerSchema` among others.
    package static func migrate(path: String, now: Timestamp) throws -> Migration {
        try migrate(path: path, now: now, schema: .current)
    }

    static func migrate(path: String, now: Timestamp, schema: Schema) throws -> Migration {
        let queue = try connect(path: path, mode: .readWrite, options: Options())
        defer { try? queue.close() }
        let old = try translatingErrors(at: path) { try queue.unsafeRead { try Schema.version(of: $0, at: path) } }
        guard old < schema.version else {
            try translatingErrors(at: path) { try queue.unsafeRead { try schema.checkVersion(of: $0, at: path) } }
            return Migration(from: old, to: old, backup: nil)
        }
        let time = now.description.filter { $0 != ":" }
        let backup = "\(path).schema-\(old).\(time)"
        try backUp(queue, at: path, to: backup)
        try translatingErrors(at: path) {
            try queue.writeWithoutTransaction { try schema.migrate($0, from: old, at: path) }
        }
        return Migration(from: old, to: schema.version, backup: backup)
    }
}
