package import MailRouting
internal import RulesLanguage

extension MailEnvelope {
    /// The envelope of a recipient as Postfix tells it; nil when the recipient is no address.
    package init?(client: String, helo: String, sender: String, recipient: String, instance: String, size: Int) {
        guard let recipient = MailAddress(recipient) else { return nil }
        self.init(
            clientAddress: IPAddress(client), helo: helo, sender: Self.sender(sender), recipient: recipient,
            instance: instance, size: size)
    }

    /// Senders need not be as short as RFC 5321 asks (variable return paths often are not) nor ASCII: what does not fit
    /// is cut or made a question mark, so that the domain at least can be matched. Nil for the null sender, and for what
    /// has no domain.
    static func sender(_ text: String) -> MailAddress? {
        if let address = MailAddress(text) { return address }
        guard let at = text.lastIndex(of: "@") else { return nil }
        let local = text[..<at].utf8.prefix(MailAddress.longestLocal).map { byte -> UInt8 in
            (0x21...0x7E).contains(byte) ? byte : UInt8(ascii: "?")
        }
        return MailAddress(
            local: String(decoding: local, as: UTF8.self), domain: String(text[text.index(after: at)...]))
    }
}
