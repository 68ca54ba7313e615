package import EdgeModel

/// Something that happened to one recipient of a message. Recording the same event again changes nothing: its key tells
/// it apart from all others, so that a log read twice is counted once.
package struct MailEvent: Hashable, Sendable, Codable {
    package enum Kind: Hashable, Sendable, Codable {
        /// The rules decided, for good: the one event that counts as a match.
        case decided(MailDecided)
        /// The message got a queue id: ties the decisions, known by their instance, to the log, which knows the queue id.
        case queued
        /// What became of one destination: from the mail server's log.
        case delivery(MailDelivery)
        /// A worker was asked.
        case worker(MailWorkerResult)
    }

    /// Unique among all events ever: for a decision instance and recipient, for a delivery queue id, destination and
    /// moment.
    package var key: String
    package var at: Timestamp
    /// The mail server's name for the message: the same for all of its events.
    package var message: MailMessageID
    /// The original recipient, folded.
    package var recipient: MailAddress
    package var kind: Kind

    package init(key: String, at: Timestamp, message: MailMessageID, recipient: MailAddress, kind: Kind) {
        self.key = key
        self.at = at
        self.message = message
        self.recipient = recipient
        self.kind = kind
    }
}

/// How a message is named: before it is queued by the instance alone, in the log by the queue id alone.
package struct MailMessageID: Hashable, Sendable, Codable {
    package var instance: String?
    package var queueID: String?

    package init(instance: String? = nil, queueID: String? = nil) {
        self.instance = instance
        self.queueID = queueID
    }
}

/// A decision with what it was made from, so that it can be replayed with other rules.
package struct MailDecided: Hashable, Sendable, Codable {
    package var domain: String
    package var version: Int
    package var rule: String?
    package var outcome: MailDecision.Outcome.Word
    /// Destinations, text or worker, for people.
    package var detail: String
    /// Rules that matched without deciding.
    package var passed: [String]
    /// Empty for the null sender.
    package var sender: String
    package var clientAddress: String
    package var helo: String
    /// nil when only the envelope was known.
    package var content: MailContentSummary?

    package init(
        domain: String, version: Int, rule: String?, outcome: MailDecision.Outcome.Word, detail: String = "",
        passed: [String] = [], sender: String, clientAddress: String = "", helo: String = "",
        content: MailContentSummary? = nil
    ) {
        self.domain = domain
        self.version = version
        self.rule = rule
        self.outcome = outcome
        self.detail = detail
        self.passed = passed
        self.sender = sender
        self.clientAddress = clientAddress
        self.helo = helo
        self.content = content
    }
}

/// What the activity log keeps of a message: never its body.
package struct MailContentSummary: Hashable, Sendable, Codable {
    package var subject: String
    package var size: Int
    package var authentication: MailAuthentication

    package init(subject: String, size: Int, authentication: MailAuthentication) {
        self.subject = subject
        self.size = size
        self.authentication = authentication
    }
}

/// One attempt to hand a message on.
package struct MailDelivery: Hashable, Sendable, Codable {
    package enum Status: String, CaseIterable, Hashable, Sendable, Codable {
        case delivered, deferred, bounced, expired, dropped
    }

    /// Where to: a destination, or a reserved address.
    package var destination: MailAddress
    package var status: Status
    /// `2.0.0`
    package var enhancedCode: String
    /// Who took it: `mx.dest.test[192.0.2.1]:25`.
    package var relay: String
    /// The destination's answer, one line.
    package var answer: String

    package init(destination: MailAddress, status: Status, enhancedCode: String, relay: String, answer: String) {
        self.destination = destination
        self.status = status
        self.enhancedCode = enhancedCode
        self.relay = relay
        self.answer = answer
    }
}

/// What a worker said, or how it failed.
package struct MailWorkerResult: Hashable, Sendable, Codable {
    package var worker: ResourceName
    package var rule: String
    /// `forward`, `drop`, `reject`, `tag`; when it failed, what was done in its place: `defer`, `forward`, `reject`.
    package var verdict: String?
    /// Nil: it gave its verdict.
    package var failure: String?
    package var milliseconds: Int

    package init(worker: ResourceName, rule: String, verdict: String?, failure: String?, milliseconds: Int) {
        self.worker = worker
        self.rule = rule
        self.verdict = verdict
        self.failure = failure
        self.milliseconds = milliseconds
    }
}
