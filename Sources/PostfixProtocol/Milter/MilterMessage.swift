package import MailRouting
package import NIOCore

/// A message as the milter was told it so far.
package struct MilterMessage: Sendable {
    /// Nil until Postfix told it; a message from `sendmail` has one from the start.
    package var queueID: String?
    /// Handed in by a program of the machine (`sendmail`) and not by SMTP.
    package var isLocal = false
    package var client = ""
    package var helo = ""
    package var sender = ""
    package var recipients: [MilterRecipient] = []
    package var headers: [MailHeader] = []
    package var headerBytes = 0
    package var body = ByteBuffer()
    package var bodyBytes = 0
    /// Longer bodies are counted and not kept; workers cannot be asked about them.
    package static let longestBody = 32 << 20

    package init() {}

    package var size: Int { headerBytes + 2 + bodyBytes }

    package func content(of domain: MailDomainPlan?) -> MailContent {
        MailContent(headers: headers, size: size, trusting: domain?.ruleset.authenticationServer)
    }

    package func envelope(of recipient: MilterRecipient) -> MailEnvelope? {
        MailEnvelope(
            client: client, helo: helo, sender: sender, recipient: recipient.address, instance: queueID ?? "", size: 0)
    }
}
