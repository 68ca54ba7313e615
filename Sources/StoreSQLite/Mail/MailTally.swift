import EdgeModel
import GRDB
import MailRouting

/// Counts of one transaction, written once for each rule however many messages they are of.
struct MailTally {
    private struct Key: Hashable {
        var domain: String
        var rule: String
        /// Unix seconds.
        var bucket: Int64
    }

    private var counters: [Key: MailRuleCounters] = [:]

    mutating func count(
        _ count: WritableKeyPath<MailRuleCounters, Int>, of rule: String, in domain: String, at: Timestamp
    ) {
        let key = Key(domain: domain, rule: rule, bucket: MailCounterSpan.start(of: at).milliseconds / 1000)
        var one = counters[key] ?? MailRuleCounters(domain: domain, rule: rule)
        one[keyPath: count] += 1
        one.lastAt = max(one.lastAt ?? at, at)
        counters[key] = one
    }

    /// Columns as ``MailRuleCounters/counts`` has them.
    static let columns = [
        "matched", "forwarded", "dropped", "rejected", "deferred_here", "to_worker", "worker_failures", "delivered",
        "deferred", "bounced",
    ]

    private static func upsert(_ table: String, keys: [String]) -> String {
        let all = keys + columns + ["last_at"]
        let sums = columns.map { "\($0) = \($0) + excluded.\($0)" }
        return """
            INSERT INTO \(table) (\(all.joined(separator: ", ")))
            VALUES (\(all.map { _ in "?" }.joined(separator: ",")))
            ON CONFLICT (\(keys.joined(separator: ", "))) DO UPDATE SET \(sums.joined(separator: ", ")),
                last_at = max(coalesce(last_at, 0), excluded.last_at)
            """
    }

    private static let total = upsert("mail_counter", keys: ["domain", "rule"])
    private static let inTime = upsert("mail_counter_in_time", keys: ["bucket", "domain", "rule"])

    func write(_ db: Database) throws {
        for (key, one) in counters {
            let values: [(any DatabaseValueConvertible)?] =
                [key.domain, key.rule] + MailRuleCounters.counts.map { one[keyPath: $0] } + [one.lastAt?.milliseconds]
            try db.run(Self.total, StatementArguments(values))
            try db.run(Self.inTime, StatementArguments([key.bucket] + values))
        }
    }
}
