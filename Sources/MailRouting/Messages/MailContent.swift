/// One header field of a message, unfolded.
package struct MailHeader: Hashable, Sendable, Codable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether a text may be the name of a header field: RFC 5322 section 2.2, 1...76 printable bytes without a colon.
    package static func isName(_ text: String) -> Bool {
        (1...76).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3A }
    }

    /// Whether a text may be the value of a header field that we add: one line, so that nothing can be smuggled in.
    package static func isValue(_ text: String) -> Bool {
        (1...900).contains(text.utf8.count) && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
}

/// What is known of a message once it has been read: what content rules ask.
package struct MailContent: Hashable, Sendable {
    /// In the order of the message, topmost first.
    package var headers: [MailHeader]
    /// Bytes of the whole message.
    package var size: Int
    package var authentication: MailAuthentication
    /// False of what the activity log kept: the subject is the only header then, and what others say is unknown.
    package var areHeadersKnown: Bool

    package init(
        headers: [MailHeader], size: Int, authentication: MailAuthentication, areHeadersKnown: Bool = true
    ) {
        self.headers = headers
        self.size = size
        self.authentication = authentication
        self.areHeadersKnown = areHeadersKnown
    }

    /// Content whose verdicts are read from the headers that a verifier of ours wrote.
    package init(headers: [MailHeader], size: Int, trusting authenticationServer: String?) {
        self.init(
            headers: headers, size: size,
            authentication: MailAuthentication(reading: headers, of: authenticationServer))
    }

    /// The first subject as people read it, with its encoded words decoded; empty when there is none.
    package var subject: String {
        EncodedWords.decoded(headers.first { $0.name.asciiLowercased == "subject" }?.value.trimmedSpaces ?? "")
    }
}

extension String {
    var trimmedSpaces: String {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return String(text)
    }
}
