/// The header of a message (RFC 5322) as far as rules and people ask for it; the body is not looked at.
package enum MailMessage {
    /// Header fields read at most, and bytes of the whole header.
    package static let mostHeaders = 1_000
    package static let mostBytes = 1 << 20

    /// Fields in their order, unfolded: line breaks and the white space after them become one space. A line that is no
    /// field ends the header, as does an empty one. Bytes that are no UTF-8 are replaced.
    package static func headers(of message: [UInt8]) -> [MailHeader] {
        var headers: [MailHeader] = []
        var place = 0
        while place < min(message.count, mostBytes), headers.count < mostHeaders {
            var end = message[place...].firstIndex(of: 0x0A) ?? message.count
            let next = end + 1
            if end > place, message[end - 1] == 0x0D { end -= 1 }
            let line = message[place..<end]
            place = next
            guard let first = line.first else { break }
            if first == 0x20 || first == 0x09 {
                guard !headers.isEmpty else { break }
                let more = String(decoding: line, as: UTF8.self).trimmedSpaces
                headers[headers.count - 1].value += headers[headers.count - 1].value.isEmpty ? more : " \(more)"
                continue
            }
            guard let colon = line.firstIndex(of: 0x3A) else {
                // The separator line of a mailbox file stands in front of the header.
                if headers.isEmpty, line.starts(with: Array("From ".utf8)) { continue }
                break
            }
            let name = String(decoding: line[..<colon], as: UTF8.self).trimmedSpaces
            guard MailHeader.isName(name) else { break }
            headers.append(MailHeader(name, String(decoding: line[(colon + 1)...], as: UTF8.self).trimmedSpaces))
        }
        return headers
    }

    /// Whom a message says that it is for; nil where it does not.
    package static func recipient(in headers: [MailHeader]) -> MailAddress? {
        address(in: headers, named: ["delivered-to", "x-original-to", "to"])
    }

    /// Whom a message says that it is from; nil where it does not.
    package static func sender(in headers: [MailHeader]) -> MailAddress? {
        address(in: headers, named: ["return-path", "from"])
    }

    /// The first address in the first header of one of these names.
    private static func address(in headers: [MailHeader], named names: [String]) -> MailAddress? {
        for name in names {
            guard let value = headers.first(where: { $0.name.asciiLowercased == name })?.value else { continue }
            if let open = value.firstIndex(of: "<"), let close = value[open...].firstIndex(of: ">") {
                if let address = MailAddress(String(value[open...close])) { return address }
            }
            let first = value.split(separator: ",").first.map { String($0).trimmedSpaces } ?? ""
            if let address = MailAddress(first) { return address }
        }
        return nil
    }
}
