package import EdgePlan

/// Who did what, when and why: one for every mutation, in one hash chain over the whole account.
package struct AuditEntry: Hashable, Sendable, Codable {
    /// From 1 without gaps.
    package var sequence: Int
    package var at: Timestamp
    package var actor: Actor
    /// `version.create`, `environment.assign`, ...
    package var action: String
    /// `zone/example.com`, `version/shop@3`, ...
    package var resource: String
    package var summary: String
    package var reason: String?
    package var previousHead: Digest?
    package var head: Digest

    package init(
        sequence: Int, at: Timestamp, actor: Actor, action: String, resource: String, summary: String,
        reason: String?, previousHead: Digest?, head: Digest
    ) {
        self.sequence = sequence
        self.at = at
        self.actor = actor
        self.action = action
        self.resource = resource
        self.summary = summary
        self.reason = reason
        self.previousHead = previousHead
        self.head = head
    }
}
