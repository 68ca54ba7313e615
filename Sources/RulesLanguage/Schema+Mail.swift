extension Schema {
    /// The fields of a mail message with the functions of the HTTP phases.
    ///
    /// Numbers are a world of their own: a program of this schema belongs with a field table that was filled for mail.
    /// Fields of the side `.response` belong to the content: they are missing until the message has been read.
    package static let mail = Schema(fields: mailFields, functions: httpFunctions)

    private static let mailFields: [Field] = [
        Field(0, "mail.to", .bytes),
        Field(1, "mail.to.local", .bytes),
        Field(2, "mail.to.domain", .bytes),
        Field(3, "mail.to.tag", .bytes),
        Field(4, "mail.from", .bytes),
        Field(5, "mail.from.local", .bytes),
        Field(6, "mail.from.domain", .bytes),
        Field(7, "mail.client.ip", .ip),
        Field(8, "mail.client.helo", .bytes),
        Field(9, "mail.subject", .bytes, side: .response),
        Field(10, "mail.size", .int, side: .response),
        Field(11, "mail.headers", .map(.array(.bytes)), side: .response),
        Field(
            12, "mail.headers.names", .array(.bytes), side: .response, derived: .init(from: .mailHeaders, part: .keys)),
        Field(
            13, "mail.headers.values", .array(.bytes), side: .response,
            derived: .init(from: .mailHeaders, part: .values)),
        Field(14, "mail.auth.spf", .bytes, side: .response),
        Field(15, "mail.auth.dkim", .bytes, side: .response),
        Field(16, "mail.auth.dmarc", .bytes, side: .response),
        Field(17, "mail.content.known", .bool, side: .response),
        Field(18, "mail.headers.known", .bool, side: .response),
    ]
}

/// Fields of the mail schema.
extension FieldID {
    /// `mail.to`: the recipient, folded.
    package static var mailTo: FieldID { FieldID(rawValue: 0) }
    /// `mail.to.local`: before the `@`, with the tag.
    package static var mailToLocal: FieldID { FieldID(rawValue: 1) }
    /// `mail.to.domain`
    package static var mailToDomain: FieldID { FieldID(rawValue: 2) }
    /// `mail.to.tag`: what stands behind the first `+`; empty without one.
    package static var mailToTag: FieldID { FieldID(rawValue: 3) }
    /// `mail.from`: the sender of the envelope; empty for the null sender.
    package static var mailFrom: FieldID { FieldID(rawValue: 4) }
    /// `mail.from.local`
    package static var mailFromLocal: FieldID { FieldID(rawValue: 5) }
    /// `mail.from.domain`
    package static var mailFromDomain: FieldID { FieldID(rawValue: 6) }
    /// `mail.client.ip`
    package static var mailClientIP: FieldID { FieldID(rawValue: 7) }
    /// `mail.client.helo`
    package static var mailClientHelo: FieldID { FieldID(rawValue: 8) }
    /// `mail.subject`: with its encoded words decoded (RFC 2047), which `mail.headers` has as they were sent.
    package static var mailSubject: FieldID { FieldID(rawValue: 9) }
    /// `mail.size`
    package static var mailSize: FieldID { FieldID(rawValue: 10) }
    /// `mail.headers`: names in lower case.
    package static var mailHeaders: FieldID { FieldID(rawValue: 11) }
    /// `mail.headers.names`
    package static var mailHeaderNames: FieldID { FieldID(rawValue: 12) }
    /// `mail.headers.values`
    package static var mailHeaderValues: FieldID { FieldID(rawValue: 13) }
    /// `mail.auth.spf`
    package static var mailSPF: FieldID { FieldID(rawValue: 14) }
    /// `mail.auth.dkim`
    package static var mailDKIM: FieldID { FieldID(rawValue: 15) }
    /// `mail.auth.dmarc`
    package static var mailDMARC: FieldID { FieldID(rawValue: 16) }
    /// `mail.content.known`: true once the content has been read, missing before.
    package static var mailContentKnown: FieldID { FieldID(rawValue: 17) }
    /// `mail.headers.known`: true once all headers are known, missing of mail that only the activity log remembers.
    package static var mailHeadersKnown: FieldID { FieldID(rawValue: 18) }
}
