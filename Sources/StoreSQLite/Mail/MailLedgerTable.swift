import EdgeModel
import GRDB
import MailRouting

/// Keeping what happened to mail: each event once, and with it the counters.
extension Transaction {
    /// - Returns: how many were new.
    func keep(_ events: [MailEvent]) throws -> Int {
        var tally = MailTally()
        let new = try events.reduce(0) { $0 + (try keep($1, &tally) ? 1 : 0) }
        try tally.write(db)
        return new
    }

    /// False when the event is known already.
    private func keep(_ event: MailEvent, _ tally: inout MailTally) throws -> Bool {
        switch event.kind {
        case .decided(let decided): try keep(event, decided, &tally)
        case .queued: try tie(event, &tally)
        case .delivery(let delivery): try keep(event, delivery, &tally)
        case .worker(let result): try keep(event, result, &tally)
        }
    }

    private func isNew(_ sql: String, _ arguments: StatementArguments) throws -> Bool {
        try db.run(sql, arguments)
        return db.changesCount > 0
    }

    private func keep(_ event: MailEvent, _ decided: MailDecided, _ tally: inout MailTally) throws -> Bool {
        let content = decided.content
        let verdicts = content?.authentication
        guard
            try isNew(
                """
                INSERT OR IGNORE INTO mail_passage (key, at, instance, queue_id, recipient, domain, version, rule, outcome,
                    detail, passed, sender, client, helo, subject, size, spf, dkim, dmarc)
                VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                """,
                [
                    event.key, event.at.milliseconds, event.message.instance, event.message.queueID,
                    event.recipient.description, decided.domain, decided.version, decided.rule,
                    decided.outcome.rawValue, decided.detail, try StoredJSON.text(decided.passed), decided.sender,
                    decided.clientAddress, decided.helo, content?.subject, content?.size, verdicts?.spf?.rawValue,
                    verdicts?.dkim?.rawValue, verdicts?.dmarc?.rawValue,
                ])
        else { return false }
        let rule = decided.rule ?? "-"
        for rule in [rule] + decided.passed { tally.count(\.matched, of: rule, in: decided.domain, at: event.at) }
        if let count = decided.outcome.count { tally.count(count, of: rule, in: decided.domain, at: event.at) }
        if let queueID = event.message.queueID { try settle(queueID, &tally) }
        return true
    }

    /// From now on the decisions of an instance are known by their queue id too.
    private func tie(_ event: MailEvent, _ tally: inout MailTally) throws -> Bool {
        guard let instance = event.message.instance, let queueID = event.message.queueID else { return false }
        let isNew = try isNew(
            "UPDATE mail_passage SET queue_id = ? WHERE instance = ? AND queue_id IS NULL", [queueID, instance])
        try settle(queueID, &tally)
        return isNew
    }

    private func keep(_ event: MailEvent, _ delivery: MailDelivery, _ tally: inout MailTally) throws -> Bool {
        guard let queueID = event.message.queueID,
            try isNew(
                """
                INSERT OR IGNORE INTO mail_delivery (key, at, queue_id, recipient, destination, status, code, relay, answer,
                    counted)
                VALUES (?,?,?,?,?,?,?,?,?,0)
                """,
                [
                    event.key, event.at.milliseconds, queueID, event.recipient.description,
                    delivery.destination.description, delivery.status.rawValue, delivery.enhancedCode, delivery.relay,
                    delivery.answer,
                ])
        else { return false }
        try settle(queueID, &tally)
        if MailReservedAddress(delivery.destination) == nil { try countDestination(delivery, at: event.at) }
        return true
    }

    private func keep(_ event: MailEvent, _ result: MailWorkerResult, _ tally: inout MailTally) throws -> Bool {
        guard
            try isNew(
                """
                INSERT OR IGNORE INTO mail_worker_run (key, at, instance, queue_id, recipient, worker, rule, verdict, failure,
                    milliseconds)
                VALUES (?,?,?,?,?,?,?,?,?,?)
                """,
                [
                    event.key, event.at.milliseconds, event.message.instance, event.message.queueID,
                    event.recipient.description, result.worker.rawValue, result.rule, result.verdict, result.failure,
                    max(0, result.milliseconds),
                ])
        else { return false }
        let domain = event.recipient.domain
        if result.failure != nil { tally.count(\.workerFailures, of: result.rule, in: domain, at: event.at) }
        if let count = result.count { tally.count(count, of: result.rule, in: domain, at: event.at) }
        return true
    }

    // MARK: counters

    /// Counts deliveries of a queued message for the rules that decided about it, as soon as both are known.
    private func settle(_ queueID: String, _ tally: inout MailTally) throws {
        let waiting = try all(
            "delivery",
            """
            SELECT d.key, d.status, d.at, p.domain, p.rule FROM mail_delivery d
            JOIN mail_passage p ON p.queue_id = d.queue_id AND p.recipient = d.recipient
            WHERE d.queue_id = ? AND d.counted = 0
            """,
            [queueID]
        ) { row in
            (
                key: try row.text(0), status: try row.raw(1, as: MailDelivery.Status.self), at: try row.time(2),
                domain: try row.text(3), rule: try row.optionalText(4) ?? "-"
            )
        }
        for one in waiting {
            try db.run("UPDATE mail_delivery SET counted = 1 WHERE key = ?", [one.key])
            if let count = one.status.count { tally.count(count, of: one.rule, in: one.domain, at: one.at) }
        }
    }

    private func countDestination(_ delivery: MailDelivery, at: Timestamp) throws {
        guard let column = delivery.status.column else { return }
        let failed = delivery.status != .delivered
        try db.run(
            """
            INSERT INTO mail_destination_figures (destination, \(column), delivered_at, failed_at, failure)
            VALUES (?, 1, ?, ?, ?)
            ON CONFLICT (destination) DO UPDATE SET \(column) = \(column) + 1,
                delivered_at = max(coalesce(delivered_at, excluded.delivered_at), excluded.delivered_at),
                failed_at = max(coalesce(failed_at, excluded.failed_at), excluded.failed_at),
                failure = coalesce(excluded.failure, failure)
            """,
            [
                delivery.destination.folded.description, failed ? nil : at.milliseconds, failed ? at.milliseconds : nil,
                failed ? delivery.answer : nil,
            ])
    }
}

extension MailDecision.Outcome.Word {
    /// What a decision counts as, beside a match.
    fileprivate var count: WritableKeyPath<MailRuleCounters, Int>? {
        switch self {
        case .forward: \.forwarded
        case .drop: \.dropped
        case .reject, .unknown, .foreign: \.rejected
        case .defer: \.deferredHere
        case .worker: \.toWorker
        case .content: nil
        }
    }
}

extension MailWorkerResult {
    /// What a verdict counts as, the worker's own or the one in its place.
    fileprivate var count: WritableKeyPath<MailRuleCounters, Int>? {
        switch verdict {
        case "forward": \.forwarded
        case "drop": \.dropped
        case "reject": \.rejected
        default: nil
        }
    }
}

extension MailDelivery.Status {
    /// nil: nothing that a rule's counters tell.
    fileprivate var count: WritableKeyPath<MailRuleCounters, Int>? {
        switch self {
        case .delivered: \.delivered
        case .deferred: \.deferred
        case .bounced, .expired: \.bounced
        case .dropped: nil
        }
    }

    /// Of a destination's figures.
    fileprivate var column: String? {
        switch self {
        case .delivered: "delivered"
        case .deferred: "deferred"
        case .bounced, .expired: "bounced"
        case .dropped: nil
        }
    }
}
