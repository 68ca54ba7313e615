package import EdgePlan

/// An Envoy that may fetch its configuration from us. What it reports of itself is `NodeStatus`.
package struct Node: Hashable, Sendable, Codable {
    package var name: ResourceName
    package var region: String
    /// SHA-256 of the node's token; the token itself is shown once and never stored.
    package var tokenDigest: Digest
    package var createdAt: Timestamp
    package var author: String

    package init(name: ResourceName, region: String, tokenDigest: Digest, createdAt: Timestamp, author: String) {
        self.name = name
        self.region = region
        self.tokenDigest = tokenDigest
        self.createdAt = createdAt
        self.author = author
    }
}
