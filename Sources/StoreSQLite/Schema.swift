import EdgeModel
import EdgePlan
import GRDB

/// The tables, as the steps that led to them: step n turns version n-1 into n. A released step never changes.
struct Schema: Sendable {
    /// "SIGB": tells our files from other programs' databases (`PRAGMA application_id`).
    static let applicationID: Int32 = 0x5349_4742
    static let current = Schema(steps: [Schema.step1, Schema.step2, Schema.step3, Schema.step4, Schema.step5])

    /// SQL of each step; together they make an empty store.
    var steps: [String]
    var version: Int { steps.count }

    /// - Throws: `StoreError`: `olderSchema`, `newerSchema`, or `cannotOpen` when the file is another program's.
    func checkVersion(of db: Database, at path: String) throws {
        try check(try Self.version(of: db, at: path), at: path)
    }

    /// The same from the file's first bytes, before SQLite may touch the file. The number there is the one of the last
    /// checkpoint: migration ends with one, but what another program did may still be in the log.
    func check(_ header: StateHeader, at path: String) throws {
        guard header.applicationID == Self.applicationID else { throw StoreError.foreign(path) }
        try check(header.schema, at: path)
    }

    private func check(_ found: Int, at path: String) throws {
        if found > version {
            throw StoreError(
                .newerSchema, at: path,
                "the state has schema \(found), written by a newer signalbox; this one knows schema \(version)",
                remedy: "Use the newer signalbox, or restore a backup made with this one. Nothing was touched.")
        }
        if found < version {
            throw StoreError(
                .olderSchema, at: path,
                "the state has schema \(found), written by an older signalbox; this one needs schema \(version)",
                remedy: "Run `signalbox state migrate`; it makes a backup first. Nothing was touched.")
        }
    }

    /// The schema a file has.
    static func version(of db: Database, at path: String) throws -> Int {
        let application = try Int32.fetchOne(db.cachedStatement(sql: "PRAGMA application_id"))
        guard application == applicationID else {
            if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
                throw StoreError.damaged(path, "the file holds nothing")
            }
            throw StoreError.foreign(path)
        }
        return try Int.fetchOne(db.cachedStatement(sql: "PRAGMA user_version")) ?? 0
    }

    /// Fills an empty database.
    func create(in db: Database, account: AccountID) throws {
        try db.inTransaction(.immediate) {
            for step in steps { try db.execute(sql: step) }
            try db.execute(
                sql: "INSERT INTO account (only_one, id, revision) VALUES (1, ?, 0)", arguments: [account.rawValue])
            try db.execute(
                sql: "PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// Takes a database from the version it has to ours, in one transaction.
    /// - Throws: `StoreError.Code.busy` when another process has migrated it meanwhile.
    func migrate(_ db: Database, from old: Int, at path: String) throws {
        try db.inTransaction(.immediate) {
            guard try Self.version(of: db, at: path) == old else { throw StoreError.locked(path) }
            for step in steps.dropFirst(old) { try db.execute(sql: step) }
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }
}
