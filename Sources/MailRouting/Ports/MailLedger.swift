package import EdgeModel

/// Where what happened to mail is kept: the activity log and exact counters.
package protocol MailLedger: Sendable {
    /// Keeps all or none. Events whose key is known already are passed over.
    ///
    /// - Returns: how many were new.
    /// - Throws: `StoreError`.
    @discardableResult
    func record(_ events: [MailEvent]) throws -> Int
    /// Newest first.
    func activity(_ filter: MailActivityFilter) throws -> [MailActivity]
    /// Counters of the rules of a domain, or of all, by domain and rule.
    func counters(domain: String?) throws -> [MailRuleCounters]
    /// What the rules of a domain, or of all, did in each five minutes that begin in a span of time, by time, domain and
    /// rule; spans in which a rule did nothing are left out. Exact, as the counters are.
    func counters(domain: String?, from: Timestamp, until: Timestamp) throws -> [MailCounterSpan]
    /// What workers said since a time, by name.
    func workerFigures(since: Timestamp) throws -> [MailWorkerFigures]
    /// Health of destinations: what became of the mail to each.
    func destinationFigures() throws -> [MailDestinationFigures]
    /// How far a log has been read, by the reader's name: written in the same transaction as the events before it.
    func position(of reader: String) throws -> String?
    @discardableResult
    func record(_ events: [MailEvent], reader: String, position: String) throws -> Int
    /// Removes activity, and counters in time but not those of all time, from before a time; how many rows of activity
    /// went.
    @discardableResult
    func prune(before: Timestamp) throws -> Int
}

/// Who follows the mail server's log, as ``MailLedger/position(of:)`` knows it.
package enum MailLogReader {
    package static let name = "postfix"
}

/// What of the activity is wanted; nil and empty: everything.
package struct MailActivityFilter: Hashable, Sendable {
    package var domain: String?
    package var since: Timestamp?
    package var until: Timestamp?
    /// Part of the sender's, the recipient's or the subject's text, without case.
    package var text: String?
    package var sender: String?
    package var recipient: String?
    package var rule: String?
    package var outcome: MailDecision.Outcome.Word?
    package var delivery: MailDelivery.Status?
    package var limit: Int

    package init(
        domain: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil, text: String? = nil,
        sender: String? = nil, recipient: String? = nil, rule: String? = nil,
        outcome: MailDecision.Outcome.Word? = nil, delivery: MailDelivery.Status? = nil, limit: Int = 100
    ) {
        self.domain = domain
        self.since = since
        self.until = until
        self.text = text
        self.sender = sender
        self.recipient = recipient
        self.rule = rule
        self.outcome = outcome
        self.delivery = delivery
        self.limit = limit
    }
}

/// One recipient of one message with all that happened to it.
package struct MailActivity: Hashable, Sendable {
    package var at: Timestamp
    package var message: MailMessageID
    package var recipient: MailAddress
    /// nil when the decision is not known: its event was lost with the process that made it.
    package var decided: MailDecided?
    /// The latest attempt for each destination.
    package var deliveries: [MailDelivery]
    package var workers: [MailWorkerResult]

    package init(
        at: Timestamp, message: MailMessageID, recipient: MailAddress, decided: MailDecided?,
        deliveries: [MailDelivery] = [], workers: [MailWorkerResult] = []
    ) {
        self.at = at
        self.message = message
        self.recipient = recipient
        self.decided = decided
        self.deliveries = deliveries
        self.workers = workers
    }
}

/// What became of mail to one destination.
package struct MailDestinationFigures: Hashable, Sendable {
    package var destination: MailAddress
    package var delivered: Int
    package var deferred: Int
    package var bounced: Int
    package var lastDeliveredAt: Timestamp?
    package var lastFailedAt: Timestamp?
    /// The answer of the last failure.
    package var lastFailure: String?

    package init(
        destination: MailAddress, delivered: Int, deferred: Int, bounced: Int, lastDeliveredAt: Timestamp?,
        lastFailedAt: Timestamp?, lastFailure: String?
    ) {
        self.destination = destination
        self.delivered = delivered
        self.deferred = deferred
        self.bounced = bounced
        self.lastDeliveredAt = lastDeliveredAt
        self.lastFailedAt = lastFailedAt
        self.lastFailure = lastFailure
    }
}
