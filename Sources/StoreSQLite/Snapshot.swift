import EdgeModel
import EdgePlan
import GRDB
import MailRouting

/// Reading through a connection inside a transaction. The queries stand beside the writes, a table a file.
protocol DatabaseReading: MailReading {
    var db: Database { get }
    /// The file, for errors.
    var path: String { get }
}

struct Snapshot: DatabaseReading {
    let db: Database
    let path: String
}

struct Transaction: DatabaseReading, MailWriting {
    let db: Database
    let path: String
}

extension DatabaseReading {
    func revision() throws -> Int {
        try one("account", "SELECT revision FROM account") { try $0.int(0) } ?? 0
    }

    func account() throws -> AccountID {
        guard let account = try one("account", "SELECT id FROM account", [], { AccountID(rawValue: try $0.int(0)) })
        else {
            throw StoreError.damaged(path, "its account is missing")
        }
        return account
    }

    /// Rows of a query through a statement that the connection keeps prepared.
    /// - Parameter what: the noun of a row, for errors.
    func all<T>(
        _ what: String, _ sql: String, _ arguments: StatementArguments = [], _ decode: (Columns) throws -> T
    ) throws -> [T] {
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        var values: [T] = []
        while let row = try cursor.next() { values.append(try decode(Columns(row: row, what: what, path: path))) }
        return values
    }

    /// The first row of a query.
    func one<T>(
        _ what: String, _ sql: String, _ arguments: StatementArguments = [], _ decode: (Columns) throws -> T
    ) throws -> T? {
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        return try cursor.next().map { try decode(Columns(row: $0, what: what, path: path)) }
    }
}

extension Transaction {
    /// Changes of one resource: all or none of them, even for a body that swallows the error, and with the resource as
    /// the place of a refusal.
    func change(_ place: String, _ body: () throws -> Void) throws {
        do {
            try db.inSavepoint {
                try body()
                return .commit
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            var refusal = StoreError(error, path: path)
            refusal.place = place
            throw refusal
        }
    }
}

extension Database {
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
