package import RulesLanguage

/// What is known of one recipient of a message before its content: the rows of a policy request.
package struct MailEnvelope: Hashable, Sendable {
    package var clientAddress: IPAddress?
    /// What the client called itself; control characters are the receiver's to refuse.
    package var helo: String
    /// nil: the null sender of bounces.
    package var sender: MailAddress?
    package var recipient: MailAddress
    /// Postfix's name for one message on one connection: the same for all of its recipients.
    package var instance: String
    /// Bytes that the client announced; 0: none announced.
    package var size: Int

    package init(
        clientAddress: IPAddress? = nil, helo: String = "", sender: MailAddress?, recipient: MailAddress,
        instance: String = "", size: Int = 0
    ) {
        self.clientAddress = clientAddress
        self.helo = helo
        self.sender = sender
        self.recipient = recipient
        self.instance = instance
        self.size = size
    }
}
