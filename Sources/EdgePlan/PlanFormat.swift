/// Constants of the encoded plan. A change of layout or meaning is a new number; `serve` sends no node a number that
/// its module lacks.
package enum PlanFormat {
    /// What this build writes and reads.
    package static let number: UInt32 = 1
    /// First bytes of an envelope: `SBXP`.
    package static let magic: [UInt8] = [0x53, 0x42, 0x58, 0x50]
    /// Bytes of an envelope before the payload: magic, format number, digest, payload length, zero.
    package static let envelopeSize = 48
    /// Largest payload in bytes.
    package static let maximumSize = 2 << 20
    /// Most regular expressions in one plan; each may use up to 8 MB when it is hard at work.
    package static let maximumRegexes = 4_096
    /// Largest body of a block in bytes.
    package static let maximumBody = 64 << 10
}

/// Why bytes are no plan, or why a plan cannot be served.
package struct PlanRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where: `rule 17 (block-bots)`, `header`, `hosts`.
    package let place: String
    package let reason: String

    package init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    package var description: String { "\(place): \(reason)" }
}
