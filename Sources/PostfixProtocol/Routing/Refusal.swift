package import MailRouting

extension SMTPReply {
    /// Of a recipient in a domain of ours that is none; Postfix tells those that need quotes without them.
    package static let noAddress = SMTPReply(550, "5.1.3", "This is no mail address")

    /// What a decision that takes no mail is answered with, the same at RCPT and after the message; nil: it takes the mail,
    /// or Postfix answers by itself.
    ///
    /// - Parameter outcome: of the decision, or what its worker made of it.
    package static func refusal(_ outcome: MailDecision.Outcome, by decision: MailDecision) -> SMTPReply? {
        let (code, status, text): (Int, String, String)
        switch outcome {
        case .reject(let reason): (code, status, text) = (550, "5.7.1", reason)
        case .deferral(let reason): (code, status, text) = (450, "4.7.1", reason)
        case .unknownUser: (code, status, text) = (550, "5.1.1", "User unknown")
        case .forward, .drop, .worker, .needsContent, .foreignDomain: return nil
        }
        return SMTPReply(code, status, RefusalText.tagged(text, decision))
    }
}

/// The text of a refusal ends with the rule's name, so that Postfix's log and the sender's bounce tell it.
package enum RefusalText {
    package static func tagged(_ text: String, _ decision: MailDecision) -> String {
        decision.rule.map { "\(text.prefix(300)) (\($0))" } ?? text
    }

    /// The rule that a text names at its end.
    package static func rule(in text: String) -> String? {
        guard text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return nil }
        let name = String(text[text.index(after: open)...].dropLast())
        return name == MailRule.catchAll || MailRule.problem(withRef: name) == nil ? name : nil
    }
}
