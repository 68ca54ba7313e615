import ImageSourcing

/// Counts that a transaction changes, written once at its end.
struct TallyChanges {
    private var changes: [Int: (objects: Int, bytes: Int64)] = [:]

    mutating func replace(_ before: LedgerRow?, by after: LedgerRow, of run: Int) {
        if let before, before.run == run { add(before, -1) }
        add(after, 1)
    }

    private mutating func add(_ row: LedgerRow, _ sign: Int) {
        var change = changes[FateCode.of(row.fate)] ?? (0, 0)
        change.objects += sign
        change.bytes += Int64(sign) * (row.object.size ?? 0)
        changes[FateCode.of(row.fate)] = change
    }

    func write(_ run: Int, _ c: LedgerConnection) throws(LedgerError) {
        for (fate, change) in changes where change.objects != 0 || change.bytes != 0 {
            try c.run(
                """
                INSERT INTO tally (run, fate, objects, bytes) VALUES (?, ?, ?, ?)
                ON CONFLICT (run, fate) DO UPDATE SET objects = objects + excluded.objects, bytes = bytes + excluded.bytes
                """, [.number(run), .number(fate), .number(change.objects), .int(change.bytes)])
        }
    }
}
