/// The value of one `Authentication-Results` header (RFC 8601 section 2.2), as far as verdicts go: who says it, and which
/// method came to what. Reasons and properties are passed over.
package struct AuthenticationResults: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        /// Lower case.
        package var method: String
        /// Lower case.
        package var result: String
    }

    package var server: String
    package var results: [Item]

    /// nil when the value does not follow the grammar so far that it is clear who speaks.
    package init?(_ value: String) {
        guard value.utf8.count <= 16_384, let tokens = Self.tokens(Array(value.utf8)) else { return nil }
        let parts = tokens.split(separator: .semicolon, omittingEmptySubsequences: false).map(Array.init)
        // The id, and at most a version after it.
        guard let head = parts.first, let first = head.first, case .word(let server) = first, !server.isEmpty,
            head.count == 1 || (head.count == 2 && head[1].isNumber)
        else { return nil }
        self.server = server
        results = parts.dropFirst().compactMap { Self.item($0) }
    }

    /// `method [/version] = result …`
    private static func item(_ tokens: [Token]) -> Item? {
        var rest = tokens[...]
        guard case .word(let method)? = rest.popFirst() else { return nil }
        if rest.first == .slash {
            rest = rest.dropFirst()
            guard rest.popFirst()?.isNumber == true else { return nil }
        }
        guard rest.popFirst() == .equals, case .word(let result)? = rest.popFirst() else { return nil }
        return Item(method: method.asciiLowercased, result: result.asciiLowercased)
    }

    private enum Token: Hashable {
        case word(String)
        case semicolon, equals, slash

        var isNumber: Bool {
            if case .word(let text) = self { text.utf8.allSatisfy { (48...57).contains($0) } } else { false }
        }
    }

    /// nil when a comment or a quoted string is not closed.
    private static func tokens(_ bytes: [UInt8]) -> [Token]? {
        var tokens: [Token] = []
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x09, 0x0D, 0x0A: place += 1
            case UInt8(ascii: ";"):
                tokens.append(.semicolon)
                place += 1
            case UInt8(ascii: "="):
                tokens.append(.equals)
                place += 1
            case UInt8(ascii: "/"):
                tokens.append(.slash)
                place += 1
            case UInt8(ascii: "("):
                guard let end = endOfComment(bytes, place) else { return nil }
                place = end
            case UInt8(ascii: "\""):
                guard let (text, end) = quoted(bytes, place) else { return nil }
                tokens.append(.word(text))
                place = end
            default:
                let start = place
                while place < bytes.count, !" \t\r\n;=/(\"".utf8.contains(bytes[place]) { place += 1 }
                tokens.append(.word(String(decoding: bytes[start..<place], as: UTF8.self)))
            }
        }
        return tokens
    }

    private static func endOfComment(_ bytes: [UInt8], _ start: Int) -> Int? {
        var (place, depth) = (start, 0)
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\\"): place += 1
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return place + 1 }
            default: break
            }
            place += 1
        }
        return nil
    }

    private static func quoted(_ bytes: [UInt8], _ start: Int) -> (String, Int)? {
        var (place, text) = (start + 1, [UInt8]())
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\"") { return (String(decoding: text, as: UTF8.self), place + 1) }
            if bytes[place] == UInt8(ascii: "\\") { place += 1 }
            if place < bytes.count { text.append(bytes[place]) }
            place += 1
        }
        return nil
    }
}
