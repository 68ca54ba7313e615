package import EdgeModel
import GRDB
package import MailRouting

extension SQLiteStore: MailLedger {
    @discardableResult
    package func record(_ events: [MailEvent]) throws -> Int {
        try observing { tx in try tx.keep(events) }
    }

    @discardableResult
    package func record(_ events: [MailEvent], reader: String, position: String) throws -> Int {
        try observing { tx in
            try tx.db.run(
                """
                INSERT INTO mail_reader (name, position) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET position = excluded.position
                """,
                [reader, position])
            return try tx.keep(events)
        }
    }

    package func position(of reader: String) throws -> String? {
        try snapshot {
            try $0.one("position", "SELECT position FROM mail_reader WHERE name = ?", [reader]) { try $0.text(0) }
        }
    }

    @discardableResult
    package func prune(before: Timestamp) throws -> Int {
        try observing { tx in
            var gone = 0
            for table in ["mail_passage", "mail_delivery", "mail_worker_run"] {
                try tx.db.run("DELETE FROM \(table) WHERE at < ?", [before.milliseconds])
                gone += tx.db.changesCount
            }
            try tx.db.run("DELETE FROM mail_counter_in_time WHERE bucket < ?", [before.milliseconds / 1000])
            return gone
        }
    }

    package func counters(domain: String?) throws -> [MailRuleCounters] {
        try snapshot { snapshot in
            try snapshot.all(
                "counter",
                """
                SELECT domain, rule, \(MailTally.columns.joined(separator: ", ")), last_at
                FROM mail_counter WHERE domain = ?1 OR ?1 IS NULL ORDER BY domain, rule
                """,
                [domain]
            ) { try MailRuleCounters($0, from: 0) }
        }
    }

    package func counters(domain: String?, from: Timestamp, until: Timestamp) throws -> [MailCounterSpan] {
        try snapshot { snapshot in
            try snapshot.all(
                "counter in time",
                """
                SELECT bucket, domain, rule, \(MailTally.columns.joined(separator: ", ")), last_at
                FROM mail_counter_in_time
                WHERE bucket >= ?2 AND bucket < ?3 AND (domain = ?1 OR ?1 IS NULL) ORDER BY bucket, domain, rule
                """,
                [domain, Self.seconds(from), Self.seconds(until)]
            ) { row in
                MailCounterSpan(
                    start: Timestamp(milliseconds: Int64(try row.int(0)) * 1000),
                    counters: try MailRuleCounters(row, from: 1))
            }
        }
    }

    /// The first second that does not lie before a moment.
    private static func seconds(_ time: Timestamp) -> Int64 {
        let (whole, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
        return rest > 0 ? whole + 1 : whole
    }

    package func workerFigures(since: Timestamp) throws -> [MailWorkerFigures] {
        let runs = try snapshot { snapshot in
            try snapshot.all(
                "worker run", "SELECT worker, at, milliseconds, failure FROM mail_worker_run WHERE at >= ? ORDER BY at",
                [since.milliseconds]
            ) { row in
                (
                    worker: try row.name(0),
                    run: (at: try row.time(1), milliseconds: try row.int(2), failure: try row.optionalText(3))
                )
            }
        }
        return Dictionary(grouping: runs, by: \.worker).compactMap { MailWorkerFigures($0, $1.map(\.run)) }
            .sorted { $0.worker < $1.worker }
    }

    package func destinationFigures() throws -> [MailDestinationFigures] {
        try snapshot { snapshot in
            try snapshot.all(
                "destination's figures",
                """
                SELECT destination, delivered, deferred, bounced, delivered_at, failed_at, failure
                FROM mail_destination_figures ORDER BY destination
                """
            ) { row in
                MailDestinationFigures(
                    destination: try row.need(MailAddress(try row.text(0))), delivered: try row.int(1),
                    deferred: try row.int(2), bounced: try row.int(3), lastDeliveredAt: try row.optionalTime(4),
                    lastFailedAt: try row.optionalTime(5), lastFailure: try row.optionalText(6))
            }
        }
    }

    package func activity(_ filter: MailActivityFilter) throws -> [MailActivity] {
        let (conditions, arguments) = filter.conditions
        return try snapshot { snapshot in
            let passages = try snapshot.all(
                "mail activity",
                """
                SELECT at, instance, queue_id, recipient, domain, version, rule, outcome, detail, passed, sender, client,
                    helo, subject, size, spf, dkim, dmarc
                FROM mail_passage p WHERE \(conditions.joined(separator: " AND ")) ORDER BY at DESC, id DESC LIMIT ?
                """,
                arguments + [max(0, filter.limit)], MailActivity.init)
            return try passages.map { passage in
                var passage = passage
                passage.deliveries = try snapshot.deliveries(of: passage)
                if passage.decided?.outcome == .worker { passage.workers = try snapshot.workerRuns(of: passage) }
                return passage
            }
        }
    }
}

extension MailActivityFilter {
    fileprivate var conditions: ([String], StatementArguments) {
        var (conditions, arguments) = (["1"], StatementArguments())
        func add(_ condition: String, _ values: [(any DatabaseValueConvertible)?]) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        if let domain { add("domain = ?", [domain]) }
        if let since { add("at >= ?", [since.milliseconds]) }
        if let until { add("at < ?", [until.milliseconds]) }
        if let sender { add("sender = ? COLLATE NOCASE", [sender]) }
        if let recipient { add("recipient = ? COLLATE NOCASE", [recipient]) }
        if let rule { add("rule = ?", [rule]) }
        if let outcome { add("outcome = ?", [outcome.rawValue]) }
        if let delivery {
            add(
                """
                EXISTS (SELECT 1 FROM mail_delivery d
                    WHERE d.queue_id = p.queue_id AND d.recipient = p.recipient AND d.status = ?)
                """, [delivery.rawValue])
        }
        if let text {
            var pattern = ""
            for character in text {
                if "%_\\".contains(character) { pattern.append("\\") }
                pattern.append(character)
            }
            let like = ["sender", "recipient", "coalesce(subject, '')"].map { "\($0) LIKE ? ESCAPE '\\'" }
            add("(\(like.joined(separator: " OR ")))", Array(repeating: "%\(pattern)%", count: 3))
        }
        return (conditions, arguments)
    }
}

extension Snapshot {
    /// The latest attempt for each destination, in the order of the first ones.
    fileprivate func deliveries(of passage: MailActivity) throws -> [MailDelivery] {
        guard let queueID = passage.message.queueID else { return [] }
        let attempts = try all(
            "delivery",
            """
            SELECT destination, status, code, relay, answer FROM mail_delivery
            WHERE queue_id = ? AND recipient = ? ORDER BY at, key
            """,
            [queueID, passage.recipient.description]
        ) { row in
            MailDelivery(
                destination: try row.need(MailAddress(try row.text(0))),
                status: try row.raw(1, as: MailDelivery.Status.self), enhancedCode: try row.text(2),
                relay: try row.text(3), answer: try row.text(4))
        }
        var latest: [MailDelivery] = []
        for attempt in attempts {
            if let place = latest.firstIndex(where: { $0.destination == attempt.destination }) {
                latest[place] = attempt
            } else {
                latest.append(attempt)
            }
        }
        return latest
    }

    fileprivate func workerRuns(of passage: MailActivity) throws -> [MailWorkerResult] {
        try all(
            "worker run",
            """
            SELECT worker, rule, verdict, failure, milliseconds FROM mail_worker_run
            WHERE recipient = ? AND ((instance = ? AND instance IS NOT NULL) OR (queue_id = ? AND queue_id IS NOT NULL))
            ORDER BY at, key
            """,
            [passage.recipient.description, passage.message.instance, passage.message.queueID]
        ) { row in
            MailWorkerResult(
                worker: try row.name(0), rule: try row.text(1), verdict: try row.optionalText(2),
                failure: try row.optionalText(3), milliseconds: try row.int(4))
        }
    }
}

extension MailActivity {
    fileprivate init(_ row: Columns) throws {
        func verdict(_ index: Int) throws -> MailAuthentication.Result? {
            try row.optionalText(index).flatMap(MailAuthentication.Result.init)
        }
        let content = try row.optionalText(13).map { subject in
            MailContentSummary(
                subject: subject, size: try row.optionalInt(14) ?? 0,
                authentication: MailAuthentication(spf: try verdict(15), dkim: try verdict(16), dmarc: try verdict(17)))
        }
        self.init(
            at: try row.time(0),
            message: MailMessageID(instance: try row.optionalText(1), queueID: try row.optionalText(2)),
            recipient: try row.need(MailAddress(try row.text(3))),
            decided: MailDecided(
                domain: try row.text(4), version: try row.int(5), rule: try row.optionalText(6),
                outcome: try row.raw(7, as: MailDecision.Outcome.Word.self), detail: try row.text(8),
                passed: try row.json(9, as: [String].self), sender: try row.text(10), clientAddress: try row.text(11),
                helo: try row.text(12), content: content))
    }
}

extension MailRuleCounters {
    /// - Parameter first: the column of the domain; the others follow.
    fileprivate init(_ row: Columns, from first: Int) throws {
        self.init(domain: try row.text(first), rule: try row.text(first + 1))
        for (index, count) in Self.counts.enumerated() { self[keyPath: count] = try row.int(first + 2 + index) }
        lastAt = try row.optionalTime(first + 2 + Self.counts.count)
    }
}
