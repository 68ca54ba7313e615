import EdgeModel
import GRDBSQLite

/// The first bytes of a state file, read without a lock, without its log, and without making any file beside it: what
/// tells whose file it is before SQLite may touch it (https://sqlite.org/fileformat.html, 1.3).
struct StateHeader: Hashable {
    var applicationID: Int32
    var schema: Int

    /// nil unless the bytes begin a SQLite database.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) else { return nil }
        func number(at offset: Int) -> UInt32 { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        schema = Int(Int32(bitPattern: number(at: 60)))
        applicationID = Int32(bitPattern: number(at: 68))
    }

    /// - Throws: `StoreError`: `corrupt` when it is no SQLite database, `cannotOpen`.
    static func read(_ file: StateFile) throws -> StateHeader {
        try RawConnection.reading(file) { connection in
            guard let header = StateHeader(try connection.bytes(at: 0, count: 100)) else {
                throw StoreError.damaged(file.path, "the state is damaged: it is not a SQLite database")
            }
            return header
        }
    }
}
