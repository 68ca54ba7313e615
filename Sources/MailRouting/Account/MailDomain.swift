package import EdgeModel

/// A domain whose mail we route.
package struct MailDomain: Hashable, Sendable, Codable {
    /// Lower case.
    package var name: String
    /// Off: its mail is refused as for a foreign domain.
    package var enabled: Bool
    /// Number of the version of its rules that is in force; nil: none yet.
    package var live: Int?
    /// What the last look at its DNS found; nil: nobody looked.
    package var check: MailDomainCheck?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var author: String

    package init(
        name: String, enabled: Bool, live: Int?, check: MailDomainCheck?, createdAt: Timestamp, updatedAt: Timestamp,
        author: String
    ) {
        self.name = name
        self.enabled = enabled
        self.live = live
        self.check = check
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.author = author
    }

    package enum Status: Hashable, Sendable {
        /// Switched off, or no rules in force yet: its mail is refused.
        case off
        /// In force; nobody has looked at its DNS.
        case unchecked
        case ready
        /// In force, but mail will not arrive or will not be trusted.
        case misconfigured([String])

        /// One word for tables.
        package var word: String {
            switch self {
            case .off: "off"
            case .unchecked: "unchecked"
            case .ready: "ready"
            case .misconfigured: "misconfigured"
            }
        }
    }

    package var status: Status {
        guard enabled, live != nil else { return .off }
        guard let check else { return .unchecked }
        return check.problems.isEmpty ? .ready : .misconfigured(check.problems)
    }

    /// Lower case; nil for what cannot be a mail domain: an address literal, a single label, a reserved name of ours.
    package static func normalized(_ text: String) -> String? {
        guard let domain = MailAddress(local: "x", domain: text)?.domain, domain.contains("."), !domain.hasPrefix("["),
            !domain.hasSuffix(".invalid")
        else { return nil }
        return domain
    }
}

/// What a look at a domain's DNS found.
package struct MailDomainCheck: Hashable, Sendable, Codable {
    package var at: Timestamp
    /// Sentences; none: everything is there.
    package var problems: [String]

    package init(at: Timestamp, problems: [String]) {
        self.at = at
        self.problems = problems
    }
}
