package import EdgeModel

/// What becomes of one recipient of a message, and by which rule.
package struct MailDecision: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case forward([MailAddress])
        case drop
        /// Permanently refused with this text (550 5.7.1).
        case reject(String)
        /// Refused for now with this text (450 4.7.1).
        case deferral(String)
        case worker(ResourceName)
        /// The envelope does not decide: ask again with the content.
        case needsContent
        /// An own domain, but nobody takes the mail (550 5.1.1).
        case unknownUser
        /// Not ours: Postfix denies relaying.
        case foreignDomain
    }

    /// The domain and the version of its rules that decided; nil for foreign domains.
    package var domain: String?
    package var version: Int?
    /// The rule that decided, `catch-all`, or for an unknown user the disabled rule that keeps the address; nil otherwise.
    package var rule: String?
    package var outcome: Outcome
    /// Headers to add, in the order of their rules.
    package var tags: [MailTag]
    /// Rules that matched without deciding: tag and observe, in order.
    package var passed: [String]
    /// Whether a rule that only the content can decide stands before the one that decided: for a tag or a count, ask again
    /// with the content.
    package var wantsContent: Bool

    package init(
        domain: String?, version: Int?, rule: String? = nil, outcome: Outcome, tags: [MailTag] = [],
        passed: [String] = [], wantsContent: Bool = false
    ) {
        self.domain = domain
        self.version = version
        self.rule = rule
        self.outcome = outcome
        self.tags = tags
        self.passed = passed
        self.wantsContent = wantsContent
    }

    package static let foreign = MailDecision(domain: nil, version: nil, outcome: .foreignDomain)
}

extension MailDecision.Outcome {
    /// One word for logs, counters and filters.
    package enum Word: String, CaseIterable, Hashable, Sendable, Codable {
        case forward, drop, reject, `defer`, worker, content, unknown, foreign
    }

    package var word: Word {
        switch self {
        case .forward: .forward
        case .drop: .drop
        case .reject: .reject
        case .deferral: .defer
        case .worker: .worker
        case .needsContent: .content
        case .unknownUser: .unknown
        case .foreignDomain: .foreign
        }
    }

    init(_ action: MailAction) {
        switch action {
        case .forward(let to): self = .forward(to)
        case .drop: self = .drop
        case .reject(let text): self = .reject(text)
        case .deferral(let text): self = .deferral(text)
        case .worker(let name): self = .worker(name)
        // Neither decides; the plan never asks.
        case .tag, .observe: self = .unknownUser
        }
    }
}
