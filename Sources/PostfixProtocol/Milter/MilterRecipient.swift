/// One recipient of a message with what its client asked for its delivery reports (RFC 3461).
package struct MilterRecipient: Sendable, Hashable {
    /// Without angle brackets.
    package var address: String
    /// `NOTIFY=…`, `ORCPT=…`
    package var parameters: [String]

    package init(_ address: String, parameters: [String] = []) {
        (self.address, self.parameters) = (address, parameters)
    }

    /// What goes with an address that takes its place: the client's wishes, and whose mail it was. Else reports would name
    /// the address in its place, which means something to us alone.
    package var inherited: String {
        var words = parameters.filter { Self.isReport($0, "NOTIFY=") || Self.isReport($0, "ORCPT=") }
        if !words.contains(where: { Self.isReport($0, "ORCPT=") }), let original = Self.xtext(address) {
            words.append("ORCPT=rfc822;" + original)
        }
        return words.joined(separator: " ")
    }

    private static func isReport(_ parameter: String, _ name: String) -> Bool {
        parameter.uppercased().hasPrefix(name) && !parameter.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
    }

    /// RFC 3461 section 4; nil for an address in UTF-8, which it cannot hold.
    private static func xtext(_ address: String) -> String? {
        guard address.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return address.utf8.reduce(into: "") { text, byte in
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "+"), byte != UInt8(ascii: "=") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "+0" : "+") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
