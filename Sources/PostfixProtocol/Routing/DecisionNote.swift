package import MailRouting

/// What the policy service has Postfix write into its log when a client begins to send a message: which rule decided
/// about each recipient. The log is then the one record of decisions and deliveries, and reading it again after a crash
/// loses and doubles nothing.
package struct DecisionNote: Sendable, Hashable {
    /// One recipient's decision.
    package struct Entry: Sendable, Hashable {
        package var outcome: MailDecision.Outcome.Word
        /// Nil where no rule decided.
        package var rule: String?
        package var version: Int
        /// Folded.
        package var recipient: MailAddress
        /// Rules that matched without deciding.
        package var passed: [String]

        package init(
            outcome: MailDecision.Outcome.Word, rule: String?, version: Int, recipient: MailAddress,
            passed: [String] = []
        ) {
            self.outcome = outcome
            self.rule = rule
            self.version = version
            self.recipient = recipient
            self.passed = passed
        }

        package init(_ decision: MailDecision, of recipient: MailAddress) {
            self.init(
                outcome: decision.outcome.word, rule: decision.rule, version: decision.version ?? 0,
                recipient: recipient.folded, passed: decision.passed)
        }

        var fields: [String] {
            [
                outcome.rawValue, PlainField.encode(rule ?? ""), "\(version)",
                PlainField.encode(recipient.description), passed.map(PlainField.encode).joined(separator: "."),
            ]
        }

        init?(fields: [Substring]) {
            guard fields.count == 5, let outcome = MailDecision.Outcome.Word(rawValue: String(fields[0])),
                let rule = PlainField.decode(fields[1]), let version = Int(fields[2]),
                let recipient = PlainField.decode(fields[3]).flatMap({ MailAddress($0) })
            else { return nil }
            let passed = MailText.split(fields[4], at: ".").compactMap { PlainField.decode($0) }
            self.init(
                outcome: outcome, rule: rule.isEmpty ? nil : rule, version: version, recipient: recipient,
                passed: passed)
        }
    }

    package var entries: [Entry]

    private static let mark = "signalbox "

    /// One line: `signalbox f=r-1=3=info_40edge.test= …`.
    package var text: String {
        Self.mark + entries.map { $0.fields.joined(separator: "=") }.joined(separator: " ")
    }

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Nil for a text of somebody else. Entries that cannot be read are left out.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.mark) else { return nil }
        entries = MailText.split(text.dropFirst(Self.mark.utf8.count), at: " ").compactMap { entry in
            Entry(fields: MailText.split(entry, at: "=", omittingEmpty: false))
        }
    }

    /// Lines of Postfix's log were seen to hold this and the envelope beside it; more recipients are asked to come in
    /// another message.
    static let longest = 1_400
}
