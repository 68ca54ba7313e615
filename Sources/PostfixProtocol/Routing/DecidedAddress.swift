package import MailRouting

/// The recipient that stands in Postfix's queue for a decision that the milter made: its local part tells everything, so
/// that the alias map needs no memory to expand it and Postfix's own log tells whose mail it was and which rule decided.
///
/// `f=r-12=3=info_40edge.test=ops_40dest.test=@forward.invalid`: outcome, rule, version, original recipient, destination,
/// rules passed by. The policy service refuses these, so that nobody can send to one.
package struct DecidedAddress: Sendable, Hashable {
    package var decision: DecisionNote.Entry
    /// Nil: the mail is discarded.
    package var destination: MailAddress?

    static let forward = "forward.invalid"
    static let drop = "drop.invalid"

    /// Whether an address, or what looks like one, lies in a domain that is ours alone: of these or of the alias map's.
    package static func isInternal(_ text: String) -> Bool {
        guard let domain = MailText.halves(of: text)?.domain.lowercased(), domain.hasSuffix(".invalid") else {
            return false
        }
        return domain == forward || MailReservedAddress.Kind.allCases.contains { domain == "\($0.rawValue).invalid" }
    }

    package var text: String {
        let fields = decision.fields + [PlainField.encode(destination.map(\.description) ?? "")]
        return "\(fields.joined(separator: "="))@\(destination == nil ? Self.drop : Self.forward)"
    }

    /// Nil for every address that is none of these.
    package init?(_ text: String) {
        guard let (local, domain) = MailText.halves(of: text), domain == Self.forward || domain == Self.drop else {
            return nil
        }
        let fields = MailText.split(local, at: "=", omittingEmpty: false)
        guard fields.count == 6, let decision = DecisionNote.Entry(fields: Array(fields[..<5])) else { return nil }
        self.decision = decision
        if domain == Self.drop {
            guard fields[5].isEmpty else { return nil }
        } else {
            guard let destination = PlainField.decode(fields[5]).flatMap({ MailAddress($0) }) else { return nil }
            self.destination = destination
        }
    }

    package init(_ decision: DecisionNote.Entry, to destination: MailAddress?) {
        self.decision = decision
        self.destination = destination
    }
}
