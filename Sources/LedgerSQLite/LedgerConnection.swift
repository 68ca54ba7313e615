import GRDBSQLite
import ImageSourcing

/// SQLite's own handle with the few statements that a ledger needs, prepared once: ten million objects go through them.
final class LedgerConnection {
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]
    let path: String

    init(_ path: String, isReadOnly: Bool) throws(LedgerError) {
        self.path = path
        let flags = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle = opened else {
            sqlite3_close(opened)
            throw LedgerError(sqlite: code, at: path)
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    func execute(_ sql: String) throws(LedgerError) { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

    /// Everything or nothing.
    func transaction<T>(_ body: () throws(LedgerError) -> T) throws(LedgerError) -> T {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // After some errors SQLite has rolled back by itself; then there is nothing to do.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Runs a statement and hands every row to `body`.
    func run(_ sql: String, _ values: [Value], _ body: (Columns) throws(LedgerError) -> Void = { _ in })
        throws(LedgerError)
    {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try check(value.bind(statement, CInt(index + 1))) }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw LedgerError(sqlite: code, at: path) }
            try body(Columns(statement: statement))
        }
    }

    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    private func prepared(_ sql: String) throws(LedgerError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var made: OpaquePointer?
        // SQLITE_PREPARE_PERSISTENT
        try check(sqlite3_prepare_v3(handle, sql, -1, 1, &made, nil))
        guard let made else { throw LedgerError(sqlite: SQLITE_MISUSE, at: path) }
        statements[sql] = made
        return made
    }

    private func check(_ code: CInt) throws(LedgerError) {
        guard code == SQLITE_OK else { throw LedgerError(sqlite: code, at: path) }
    }

    enum Value {
        case int(Int64)
        case bytes([UInt8])
        case null

        static func optional(_ number: Int64?) -> Value { number.map { .int($0) } ?? .null }
        static func number(_ number: Int) -> Value { .int(Int64(number)) }
        static func text(_ text: String) -> Value { .bytes(Array(text.utf8)) }

        fileprivate func bind(_ statement: OpaquePointer, _ index: CInt) -> CInt {
            switch self {
            case .int(let number): sqlite3_bind_int64(statement, index, number)
            case .null: sqlite3_bind_null(statement, index)
            case .bytes(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(statement, index, 0)
            case .bytes(let bytes):
                // SQLITE_TRANSIENT: SQLite takes a copy.
                sqlite3_bind_blob(
                    statement, index, bytes, CInt(clamping: bytes.count),
                    unsafeBitCast(-1, to: sqlite3_destructor_type.self))
            }
        }
    }

    /// A row that is being read.
    struct Columns {
        fileprivate let statement: OpaquePointer

        func int(_ index: CInt) -> Int { Int(sqlite3_column_int64(statement, index)) }
        func optionalInt(_ index: CInt) -> Int64? {
            sqlite3_column_type(statement, index) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, index)
        }
        func bytes(_ index: CInt) -> [UInt8] {
            guard let start = sqlite3_column_blob(statement, index) else { return [] }
            return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index))))
        }
        func optionalBytes(_ index: CInt) -> [UInt8]? {
            sqlite3_column_type(statement, index) == SQLITE_NULL ? nil : bytes(index)
        }
    }
}

extension LedgerError {
    init(sqlite code: CInt, at path: String) {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(
                .busy, at: path, "another process holds the ledger's write lock", remedy: "Wait for it, then repeat.")
        case SQLITE_FULL:
            self.init(
                .full, at: path, "there is no room left for the ledger",
                remedy: "Make room; the run goes on where it was.")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(
                .damaged, at: path, "the ledger is damaged: it cannot be read",
                remedy: "Move the file away and migrate again: what the target has is kept and not sent twice.")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN:
            self.init(
                .readOnly, at: path, "the ledger cannot be opened", remedy: "Look at its permissions and its directory."
            )
        default:
            self.init(
                .io, at: path, "reading or writing the ledger failed (SQLite error \(code))",
                remedy: "Look at the disk, then repeat.")
        }
    }
}
