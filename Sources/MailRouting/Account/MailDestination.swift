package import EdgeModel
package import EdgePlan

/// An address outside to which rules may forward, for all domains of the account. Its owner confirms it with a code that
/// was mailed there.
package struct MailDestination: Hashable, Sendable, Codable {
    /// As it was given; compared folded.
    package var address: MailAddress
    /// nil: pending.
    package var verifiedAt: Timestamp?
    /// Of a pending one: the digest of the code that was mailed, never the code.
    package var codeDigest: Digest?
    package var codeExpires: Timestamp?
    /// Wrong codes since the last one was made.
    package var failedTries: Int
    package var createdAt: Timestamp
    package var author: String

    package init(
        address: MailAddress, verifiedAt: Timestamp? = nil, codeDigest: Digest?, codeExpires: Timestamp?,
        failedTries: Int = 0, createdAt: Timestamp, author: String
    ) {
        self.address = address
        self.verifiedAt = verifiedAt
        self.codeDigest = codeDigest
        self.codeExpires = codeExpires
        self.failedTries = failedTries
        self.createdAt = createdAt
        self.author = author
    }

    package var isVerified: Bool { verifiedAt != nil }

    /// A code holds for three days and five tries.
    package static let codeLifetime: Int64 = 3 * 86_400_000
    package static let mostTries = 5

    /// What is kept of a code: bound to its address, so that it confirms no other.
    package static func digest(ofCode code: String, for address: MailAddress) -> Digest {
        Digest.sha256(of: "signalbox mail destination\n\(address.folded)\n\(code)")
    }
}
