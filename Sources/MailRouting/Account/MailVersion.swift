package import EdgeModel
package import EdgePlan

/// Numbered snapshot of a domain's rules: `example.com@3`. Never renumbered, never deleted; its content changes only while
/// it is a draft. A domain has at most one draft.
package struct MailVersion: Hashable, Sendable, Codable {
    package var domain: String
    package var number: Int
    /// The version it was copied from; nil for the first.
    package var base: Int?
    package var state: Version.State
    /// Of the ruleset in canonical form.
    package var digest: Digest
    package var note: String
    package var author: String
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        domain: String, number: Int, base: Int?, state: Version.State, digest: Digest, note: String, author: String,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.domain = domain
        self.number = number
        self.base = base
        self.state = state
        self.digest = digest
        self.note = note
        self.author = author
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// `example.com@3`
    package var label: String { "\(domain)@\(number)" }
}
