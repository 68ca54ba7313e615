package import EdgePlan

/// A named list of the account: what `$office` stands for in the rules of every version. Global, never versioned: a
/// change applies at once and to every version that uses it. Its items are kept beside it.
package struct NamedList: Hashable, Sendable, Codable {
    package var name: ListName
    /// Never changes: rules are written for it.
    package var kind: ListKind
    package var description: String
    /// Digest of kind and values, which is all that the edge gets to see.
    package var digest: Digest
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var author: String

    package init(
        name: ListName, kind: ListKind, description: String, digest: Digest, createdAt: Timestamp,
        updatedAt: Timestamp, author: String
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.digest = digest
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.author = author
    }

    /// - Parameter items: in any order, without doubles.
    package static func digest(of items: [ListItem], _ kind: ListKind) -> Digest {
        var bytes = Array(kind.rawValue.utf8)
        for item in items.sorted() {
            // No value holds a line feed.
            bytes.append(10)
            bytes += item.key
        }
        return Digest.sha256(of: bytes)
    }
}
