import EdgeModel
import GRDB
import GRDBSQLite

/// SQLite's own handle, for what must be done before a file is known to be sound: GRDB reads the schema when it opens
/// one, and with that the log is opened and perhaps recovered.
///
/// Its file is read through SQLite, never through a descriptor of ours: closing that would drop this process's locks
/// (see `StateFile`).
final class RawConnection {
    let handle: OpaquePointer
    private let path: String

    /// Runs `body` on a connection that only reads, and that reads nothing unless asked to.
    static func reading<T>(_ file: StateFile, _ body: (RawConnection) throws -> T) throws -> T {
        let connection = try RawConnection(file, flags: SQLITE_OPEN_READONLY)
        defer { connection.close() }
        return try body(connection)
    }

    /// - Parameter flags: of `sqlite3_open_v2`.
    init(_ file: StateFile, flags: CInt) throws {
        path = file.path
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(file.sqlitePath, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle = opened else {
            sqlite3_close(opened)
            throw StoreError(DatabaseError(resultCode: ResultCode(rawValue: code)), path: file.path)
        }
        self.handle = handle
    }

    /// Not in `deinit`, which could come before the last use of the handle.
    func close() { sqlite3_close_v2(handle) }

    /// Runs SQL that gives no rows, or whose rows do not matter.
    /// - Throws: `DatabaseError`
    func execute(_ sql: String) throws { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

    func check(_ code: CInt) throws {
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Bytes of the database file itself, whatever its log says; those behind its end are zero.
    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let code = try withFile { file, methods in
            bytes.withUnsafeMutableBytes { methods.xRead(file, $0.baseAddress, CInt(count), Int64(offset)) }
        }
        // SQLITE_IOERR_SHORT_READ, a macro that Swift does not see.
        guard code == SQLITE_OK || code == SQLITE_IOERR | 2 << 8 else {
            throw StoreError.broken(path, "reading failed (SQLite error \(code))")
        }
        return bytes
    }

    private func withFile(
        _ body: (UnsafeMutablePointer<sqlite3_file>, sqlite3_io_methods) -> CInt
    ) throws -> CInt {
        var file: UnsafeMutablePointer<sqlite3_file>?
        try check(sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file))
        guard let file, let methods = file.pointee.pMethods else {
            throw StoreError.broken(path, "the file has been closed")
        }
        return body(file, methods.pointee)
    }
}
