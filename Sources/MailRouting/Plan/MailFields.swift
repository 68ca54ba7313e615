internal import RulesLanguage

extension MailEnvelope {
    /// What conditions see: the envelope, and the content once there is one.
    func fields(_ content: MailContent?) -> [FieldID: FieldValue] {
        let to = recipient.folded
        let from = sender?.folded
        var fields: [FieldID: FieldValue] = [
            .mailTo: .string(to.description),
            .mailToLocal: .string(to.local),
            .mailToDomain: .string(to.domain),
            .mailToTag: .string(to.subaddress?.tag ?? ""),
            .mailFrom: .string(from?.description ?? ""),
            .mailFromLocal: .string(from?.local ?? ""),
            .mailFromDomain: .string(from?.domain ?? ""),
            .mailClientHelo: .string(helo),
        ]
        if let clientAddress { fields[.mailClientIP] = .ip(clientAddress) }
        guard let content else { return fields }
        fields[.mailContentKnown] = .bool(true)
        fields[.mailSubject] = .string(content.subject)
        fields[.mailSize] = .int(Int64(content.size))
        if content.areHeadersKnown {
            fields[.mailHeadersKnown] = .bool(true)
            fields[.mailHeaders] = .map(
                content.headers.map { .init($0.name.asciiLowercased, $0.value.trimmedSpaces) })
        }
        for (id, method) in [
            (FieldID.mailSPF, MailAuthentication.Method.spf), (.mailDKIM, .dkim), (.mailDMARC, .dmarc),
        ] {
            if let result = content.authentication[method] { fields[id] = .string(result.rawValue) }
        }
        return fields
    }
}
