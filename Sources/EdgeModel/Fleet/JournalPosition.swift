package import EdgePlan

/// A place in the audit's chain: which state a node was given. A state that does not contain the place a node has
/// reached is older than the node, or another one.
package struct JournalPosition: Hashable, Sendable, Codable, LosslessStringConvertible {
    /// Number of the audit entry, from 1.
    package var sequence: Int
    /// Its head.
    package var head: Digest
    package var at: Timestamp

    package init(sequence: Int, head: Digest, at: Timestamp) {
        self.sequence = sequence
        self.head = head
        self.at = at
    }

    /// `41:HEAD:MILLISECONDS`, as it travels in a header.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let sequence = Int(parts[0]), sequence > 0, let time = Int64(parts[2]), time >= 0,
            let head = Digest(rawValue: String(parts[1]))
        else { return nil }
        self.init(sequence: sequence, head: head, at: Timestamp(milliseconds: time))
    }

    package var description: String { "\(sequence):\(head.rawValue):\(at.milliseconds)" }

    /// Header of discovery requests and answers that carries it; Envoy does not look at it, `node run` keeps it.
    package static let header = "x-signalbox-journal"
}
