package import EdgeModel
import EdgePlan
import FoundationEssentials
import GRDB

private let columns = """
    bucket, kind, subject, requests, status_1xx, status_2xx, status_3xx, status_4xx, status_5xx, latency, failures,
    retries, endpoints, healthy
    """

extension SQLiteStore: FiguresHistory {
    package var history: any FiguresHistory { self }

    package func append(
        _ records: [TrafficRecord], _ notes: [FleetNote], forgettingBefore oldest: Timestamp
    ) throws {
        guard isWritable else { throw StoreError.notWritable(path) }
        try translatingErrors(at: path) {
            try queue.writeWithoutTransaction { db in
                try transaction(db, .immediate) { db in
                    try schema.checkVersion(of: db, at: path)
                    let tx = Transaction(db: db, path: path)
                    for record in records where record.bucket.start >= oldest { try tx.add(record) }
                    try db.run("DELETE FROM figures WHERE bucket < ?", [oldest.milliseconds / 1000])
                    for note in notes { try tx.add(note) }
                    if !notes.isEmpty {
                        try db.run(
                            "DELETE FROM fleet_note WHERE id <= (SELECT max(id) FROM fleet_note) - ?",
                            [FiguresRetention.notes])
                    }
                }
            }
        }
    }

    package func records(
        of kinds: Set<TrafficSubject.Kind>, named subject: String?, from: Timestamp, to: Timestamp
    ) throws -> [TrafficRecord] {
        try observed { snapshot in
            let range: StatementArguments = [Self.seconds(from), Self.seconds(to)]
            return try kinds.sorted { $0.rawValue < $1.rawValue }.flatMap { kind in
                let isOne = subject == nil ? "" : " AND subject = ?"
                return try snapshot.all(
                    "row of figures",
                    "SELECT \(columns) FROM figures WHERE bucket >= ? AND bucket < ? AND kind = ?\(isOne) ORDER BY bucket, subject",
                    range + [kind.rawValue] + (subject.map { [$0] } ?? []), TrafficRecord.init)
            }.sorted { ($0.bucket, $0.subject) < ($1.bucket, $1.subject) }
        }
    }

    package func notes(last: Int) throws -> [FleetNote] {
        try observed { snapshot in
            // One that another version of the program wrote, of a kind unheard of here, is left out.
            try snapshot.all(
                "note", "SELECT at, node, kind, text, severity, plan FROM fleet_note ORDER BY id DESC LIMIT ?",
                [max(0, last)]
            ) { row -> FleetNote? in
                guard let kind = FleetNote.Kind(rawValue: try row.text(2)),
                    let severity = Finding.Severity(rawValue: try row.text(4))
                else { return nil }
                return FleetNote(
                    at: try row.time(0), node: try row.name(1), kind: kind, try row.text(3), severity: severity,
                    plan: try row.optionalDigest(5))
            }.compactMap(\.self).reversed()
        }
    }

    private func observed<T>(_ body: (Snapshot) throws -> T) throws -> T {
        try translatingErrors(at: path) {
            try queue.unsafeRead { try transaction($0, .deferred) { try body(Snapshot(db: $0, path: path)) } }
        }
    }

    /// The first second that does not lie before a moment.
    private static func seconds(_ time: Timestamp) -> Int64 {
        let (whole, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
        return rest > 0 ? whole + 1 : whole
    }
}

extension Transaction {
    fileprivate func add(_ record: TrafficRecord) throws {
        let key: StatementArguments = [
            record.bucket.seconds, record.subject.kind.rawValue, record.subject.name,
        ]
        let known = try one(
            "row of figures", "SELECT \(columns) FROM figures WHERE bucket = ? AND kind = ? AND subject = ?", key,
            TrafficRecord.init)
        let new = known?.adding(record) ?? record
        let classes = new.counts.statusClasses + Array(repeating: 0, count: max(0, 5 - new.counts.statusClasses.count))
        try db.run(
            """
            INSERT INTO figures (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)
            ON CONFLICT (bucket, kind, subject) DO UPDATE SET requests = excluded.requests,
                status_1xx = excluded.status_1xx, status_2xx = excluded.status_2xx, status_3xx = excluded.status_3xx,
                status_4xx = excluded.status_4xx, status_5xx = excluded.status_5xx, latency = excluded.latency,
                failures = excluded.failures, retries = excluded.retries, endpoints = excluded.endpoints,
                healthy = excluded.healthy
            """,
            key + [new.counts.requests] + StatementArguments(classes.prefix(5)) + [
                LatencyCode.bytes(new.counts.latency).map { Data($0) }, new.counts.failures, new.counts.retries,
                new.health?.endpoints, new.health?.healthy,
            ])
    }

    fileprivate func add(_ note: FleetNote) throws {
        try db.run(
            "INSERT INTO fleet_note (at, node, kind, text, severity, plan) VALUES (?,?,?,?,?,?)",
            [
                note.at.milliseconds, note.node.rawValue, note.kind.rawValue, note.text, note.severity.rawValue,
                note.plan?.rawValue,
            ])
    }
}

extension TrafficRecord {
    fileprivate init(_ row: Columns) throws {
        let endpoints = try row.optionalInt(12)
        let healthy = try row.optionalInt(13)
        self.init(
            TrafficBucket(containing: Timestamp(milliseconds: Int64(try row.int(0)) * 1000)),
            TrafficSubject(try row.raw(1, as: TrafficSubject.Kind.self), try row.text(2)),
            TrafficCounts(
                requests: try row.int(3), statusClasses: try (4...8).map { try row.int($0) },
                latency: try row.need(LatencyCode.latency(try row.optionalBytes(9))), failures: try row.int(10),
                retries: try row.int(11)),
            health: endpoints.flatMap { all in healthy.map { OriginHealth(endpoints: all, healthy: $0) } })
    }
}
