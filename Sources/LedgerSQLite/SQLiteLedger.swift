import GRDBSQLite
package import ImageSourcing
import Synchronization

/// A ledger in one SQLite file: a write-ahead log synced at checkpoints, so that what was written survives the process at
/// once and a loss of power up to the last checkpoint. After one, the newest objects are read again, and found at the
/// target.
package final class SQLiteLedger: ImageLedger {
    package let path: String
    private let connection: Mutex<LedgerConnection>
    /// A ledger of version 1 that is only read has none.
    private let hasPast: Bool

    /// - Parameter isReadOnly: the file must be there then.
    package init(_ path: String, isReadOnly: Bool = false) throws(LedgerError) {
        self.path = path
        let connection = try LedgerConnection(path, isReadOnly: isReadOnly)
        var (application, version) = (0, 0)
        try connection.run("PRAGMA application_id", []) { application = $0.int(0) }
        try connection.run("PRAGMA user_version", []) { version = $0.int(0) }
        if version > LedgerSchema.version {
            throw LedgerError(
                .newer, at: path, "the ledger was written by a newer signalbox",
                remedy: "Use that one. Nothing was touched.")
        }
        if application != LedgerSchema.applicationID {
            guard !isReadOnly, application == 0, version == 0 else {
                throw LedgerError(sqlite: SQLITE_NOTADB, at: path)
            }
            try connection.execute("PRAGMA journal_mode = WAL")
            try connection.transaction { () throws(LedgerError) in
                try connection.execute(
                    LedgerSchema.tables + ";" + LedgerSchema.past
                        + "; PRAGMA application_id = \(LedgerSchema.applicationID); PRAGMA user_version = \(LedgerSchema.version)"
                )
            }
        }
        if application == LedgerSchema.applicationID, version == 1, !isReadOnly {
            try connection.transaction { () throws(LedgerError) in
                try connection.execute(LedgerSchema.past + "; PRAGMA user_version = 2")
            }
        }
        hasPast = version == LedgerSchema.version || !isReadOnly
        // The page cache is the only thing here that could grow with the number of objects: 4 MiB.
        try connection.execute(
            "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4096; PRAGMA wal_autocheckpoint = 2000")
        self.connection = Mutex(connection)
    }

    // MARK: runs

    package func newestRun() throws(LedgerError) -> LedgerRun? {
        try using { c throws(LedgerError) in try Self.run(c, "ORDER BY id DESC LIMIT 1", []) }
    }

    package func run(_ id: Int) throws(LedgerError) -> LedgerRun? {
        try using { c throws(LedgerError) in try Self.run(c, "WHERE id = ?", [.number(id)]) }
    }

    package func begin(_ run: LedgerRun) throws(LedgerError) {
        try using { c throws(LedgerError) in
            try c.transaction { () throws(LedgerError) in
                try Self.keepNewest(c)
                try c.run(
                    "INSERT INTO run (id, pass, position, is_listed, claimed, progress) VALUES (?, ?, ?, ?, ?, ?)",
                    [.number(run.id)] + Self.values(run))
            }
        }
    }

    /// Puts aside what the newest run did not import, before another one takes its rows over. What was imported or only
    /// filtered out can be ten million objects and stays in the sums alone.
    private static func keepNewest(_ c: LedgerConnection) throws(LedgerError) {
        var ids: [Int] = []
        try c.run("SELECT id FROM run ORDER BY id DESC LIMIT 1", []) { ids.append($0.int(0)) }
        let plain: [ObjectFate] = [
            .pending, .imported(replaced: false), .imported(replaced: true), .skipped(.unchanged), .skipped(.excluded),
        ]
        let codes = plain.map { String(FateCode.of($0)) }.joined(separator: ", ")
        guard let id = ids.first else { return }
        var count = 0
        try c.run("SELECT sum(objects) FROM tally WHERE run = ? AND fate NOT IN (\(codes))", [.number(id)]) {
            count = $0.int(0)
        }
        guard count > 0 else { return }
        try c.run(
            """
            INSERT OR REPLACE INTO past (run, key, etag, size, modified, fate, flaw_offset, format, flags, attempts)
            SELECT run, key, etag, size, modified, fate, flaw_offset, format, flags, attempts
            FROM object WHERE run = ? AND fate NOT IN (\(codes))
            """, [.number(id)])
    }

    package func update(_ run: LedgerRun) throws(LedgerError) {
        try using { c throws(LedgerError) in
            try c.run(
                "UPDATE run SET pass = ?, position = ?, is_listed = ?, claimed = ?, progress = ? WHERE id = ?",
                Self.values(run) + [.number(run.id)])
        }
    }

    private static func values(_ run: LedgerRun) -> [LedgerConnection.Value] {
        [
            .number(run.pass), run.position.map { .bytes($0.bytes) } ?? .null, .number(run.isListed ? 1 : 0),
            run.claimed.map { .bytes($0.bytes) } ?? .null, .text(run.progress),
        ]
    }

    private static func run(_ c: LedgerConnection, _ rest: String, _ values: [LedgerConnection.Value])
        throws(LedgerError) -> LedgerRun?
    {
        var found: LedgerRun?
        try c.run("SELECT id, pass, position, is_listed, claimed, progress FROM run " + rest, values) { row in
            found = LedgerRun(
                id: row.int(0), pass: row.int(1), position: row.optionalBytes(2).map { ObjectKey(bytes: $0) },
                isListed: row.int(3) != 0, claimed: row.optionalBytes(4).map { ObjectKey(bytes: $0) },
                progress: String(decoding: row.bytes(5), as: UTF8.self))
        }
        return found
    }

    // MARK: objects

    package func record(
        _ page: [(object: SourceObject, reason: Reason?)], next: ObjectKey?, of run: Int,
        revisiting revisit: MigrationSettings.Revisit
    ) throws(LedgerError) -> Int {
        try using { c throws(LedgerError) in
            try c.transaction { () throws(LedgerError) in
                var waiting = 0
                var changes = TallyChanges()
                for (object, reason) in page {
                    var before: LedgerRow?
                    try c.run("\(Self.select) WHERE key = ?", [.bytes(object.key.bytes)]) { row throws(LedgerError) in
                        before = try Self.row(row, at: c.path)
                    }
                    let after = LedgerRow.listed(object, before: before, reason: reason, revisiting: revisit, run: run)
                    if after.fate == .pending, before?.run != run || before?.fate != .pending { waiting += 1 }
                    guard after != before else { continue }
                    changes.replace(before, by: after, of: run)
                    try Self.write(after, c)
                }
                try changes.write(run, c)
                try c.run(
                    "UPDATE run SET position = ?, is_listed = ? WHERE id = ?",
                    [next.map { .bytes($0.bytes) } ?? .null, .number(next == nil ? 1 : 0), .number(run)])
                return waiting
            }
        }
    }

    package func claim(_ limit: Int, after: ObjectKey?, of run: Int) throws(LedgerError) -> [LedgerRow] {
        try using { c throws(LedgerError) in
            try c.transaction { () throws(LedgerError) in
                var rows: [LedgerRow] = []
                try c.run(
                    "\(Self.select) WHERE fate = 0 AND run = ? AND key > ? ORDER BY key LIMIT ?",
                    [.number(run), .bytes(after?.bytes ?? []), .number(limit)]
                ) { row throws(LedgerError) in rows.append(try Self.row(row, at: c.path)) }
                if let last = rows.last {
                    try c.run(
                        "UPDATE run SET claimed = max(coalesce(claimed, x''), ?) WHERE id = ?",
                        [.bytes(last.object.key.bytes), .number(run)])
                }
                return rows
            }
        }
    }

    package func settle(_ rows: [LedgerRow], of run: Int) throws(LedgerError) {
        guard !rows.isEmpty else { return }
        try using { c throws(LedgerError) in
            try c.transaction { () throws(LedgerError) in
                var changes = TallyChanges()
                for row in rows {
                    var before: LedgerRow?
                    try c.run("\(Self.select) WHERE key = ?", [.bytes(row.object.key.bytes)]) {
                        found throws(LedgerError) in
                        before = try Self.row(found, at: c.path)
                    }
                    changes.replace(before, by: row, of: run)
                    try Self.write(row, c)
                }
                try changes.write(run, c)
            }
        }
    }

    package func reopen(_ reasons: Set<Reason>, of run: Int) throws(LedgerError) -> Int {
        try using { c throws(LedgerError) in
            try c.transaction { () throws(LedgerError) in
                var count = 0
                for reason in reasons {
                    let code = FateCode.of(ObjectFate(reason))
                    try c.run(
                        "UPDATE object SET fate = 0, flaw_offset = NULL, attempts = 0 WHERE run = ? AND fate = ?",
                        [.number(run), .number(code)])
                    count += c.changes
                    try c.run(
                        """
                        INSERT INTO tally (run, fate, objects, bytes)
                        SELECT run, 0, objects, bytes FROM tally WHERE run = ? AND fate = ?
                        ON CONFLICT (run, fate) DO UPDATE SET objects = objects + excluded.objects, bytes = bytes + excluded.bytes
                        """, [.number(run), .number(code)])
                    try c.run("DELETE FROM tally WHERE run = ? AND fate = ?", [.number(run), .number(code)])
                }
                return count
            }
        }
    }

    package func tally(of run: Int) throws(LedgerError) -> Tally {
        try using { c throws(LedgerError) in
            var tally = Tally()
            try c.run("SELECT fate, objects, bytes FROM tally WHERE run = ? AND objects > 0", [.number(run)]) {
                row throws(LedgerError) in
                tally.counts[try Self.fate(row.int(0), at: c.path)] = Tally.Count(
                    objects: row.int(1), bytes: Int64(row.int(2)))
            }
            return tally
        }
    }

    package func rows(of run: Int, fates: Set<ObjectFate>?, after: ObjectKey?, limit: Int) throws(LedgerError)
        -> [LedgerRow]
    {
        let codes = fates.map { $0.map { String(FateCode.of($0)) }.sorted().joined(separator: ",") }
        let only = codes.map { " AND fate IN (\($0))" } ?? ""
        // A row that no later run has listed again is in both places.
        let earlier = """
            \(Self.columns) FROM past WHERE run = ?1 AND key > ?2\(only)
            UNION ALL
            \(Self.columns) FROM object WHERE run = ?1 AND key > ?2\(only)
            AND NOT EXISTS (SELECT 1 FROM past WHERE past.run = object.run AND past.key = object.key)
            ORDER BY key LIMIT ?3
            """
        return try using { c throws(LedgerError) in
            let isNewest = try Self.run(c, "ORDER BY id DESC LIMIT 1", [])?.id == run
            var rows: [LedgerRow] = []
            try c.run(
                isNewest || !hasPast
                    ? "\(Self.select) WHERE run = ?1 AND key > ?2\(only) ORDER BY key LIMIT ?3" : earlier,
                [.number(run), .bytes(after?.bytes ?? []), .number(limit)]
            ) { row throws(LedgerError) in rows.append(try Self.row(row, at: c.path)) }
            return rows
        }
    }

    // MARK: rows

    private static let columns =
        "SELECT key, etag, size, modified, fate, flaw_offset, format, flags, attempts, run"
    private static let select = columns + " FROM object"

    private static func row(_ row: LedgerConnection.Columns, at path: String) throws(LedgerError) -> LedgerRow {
        LedgerRow(
            SourceObject(
                ObjectKey(bytes: row.bytes(0)), size: row.optionalInt(2),
                etag: row.optionalBytes(1).flatMap(TagCode.tag),
                modified: row.optionalInt(3)),
            fate: try fate(row.int(4), at: path), offset: row.optionalInt(5), format: FateCode.format(row.int(6)),
            flags: LedgerRow.Flags(rawValue: row.int(7)), attempts: row.int(8), run: row.int(9))
    }

    private static func write(_ row: LedgerRow, _ c: LedgerConnection) throws(LedgerError) {
        try c.run(
            """
            INSERT OR REPLACE INTO object (key, etag, size, modified, fate, flaw_offset, format, flags, attempts, run)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .bytes(row.object.key.bytes), row.object.etag.map { .bytes(TagCode.bytes($0)) } ?? .null,
                .optional(row.object.size), .optional(row.object.modified), .number(FateCode.of(row.fate)),
                .optional(row.offset), .number(FateCode.of(row.format)), .number(row.flags.rawValue),
                .number(row.attempts), .number(row.run),
            ])
    }

    private static func fate(_ code: Int, at path: String) throws(LedgerError) -> ObjectFate {
        guard let fate = FateCode.fate(code) else {
            throw LedgerError(
                .newer, at: path, "the ledger holds a fate that this program does not know",
                remedy: "Use the newest signalbox.")
        }
        return fate
    }

    /// One caller at a time: SQLite's handle is not made for more.
    private func using<T: Sendable>(_ body: (LedgerConnection) throws(LedgerError) -> sending T) throws(LedgerError)
        -> sending T
    {
        try connection.withLock { c throws(LedgerError) in try body(c) }
    }
}
