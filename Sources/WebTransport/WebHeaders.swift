/// One header line. A value never holds CR, LF or NUL, so that one line cannot become two.
package struct WebHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    /// Throws ``WebError/Code/invalidRequest`` when the name is no token or the value holds a control character
    /// (RFC 9110 §5.1, §5.5). Blanks around the value are removed, as they are not part of it.
    package init(_ name: String, _ value: String) throws(WebError) {
        guard WebText.isToken(name) else {
            throw .invalid(
                name, "This is not a header name.", remedy: "Use letters, digits and hyphens, without the colon.")
        }
        guard WebText.all(value, WebText.isFieldByte) else {
            throw .invalid(
                name, "The value of header '\(name)' holds a line break or another control character.",
                remedy: "Remove it; a header value is one line.")
        }
        self.name = name
        self.value = WebHeader.trimmed(value)
    }

    /// A line that a server sent. Bytes that have no place in a header are replaced, as RFC 9110 §5.5 asks of a
    /// recipient: by a blank in the value, by an underscore in the name.
    package init(received name: String, _ value: String) {
        if WebText.isToken(name) {
            self.name = name
        } else {
            let safe = name.utf8.map { WebText.isTokenByte($0) ? $0 : UInt8(ascii: "_") }
            self.name = safe.isEmpty ? "_" : String(decoding: safe, as: UTF8.self)
        }
        if WebText.all(value, WebText.isFieldByte) {
            self.value = WebHeader.trimmed(value)
        } else {
            let safe = value.utf8.map { WebText.isFieldByte($0) ? $0 : UInt8(ascii: " ") }
            self.value = WebHeader.trimmed(String(decoding: safe, as: UTF8.self))
        }
    }

    private static func trimmed(_ value: String) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard value.utf8.first.map(isBlank) == true || value.utf8.last.map(isBlank) == true else { return value }
        let tail = value.utf8.drop(while: isBlank)
        let end = tail.lastIndex { !isBlank($0) }.map { tail.index(after: $0) } ?? tail.startIndex
        return String(decoding: tail[..<end], as: UTF8.self)
    }

    /// Whether this line has that name; header names ignore case.
    package func isNamed(_ other: String) -> Bool { WebText.isSame(name, other) }

    /// What follows `prefix` in the name, in lower case; nil: it begins with something else.
    package func name(after prefix: String) -> String? {
        let length = prefix.utf8.count
        guard name.utf8.count > length, WebText.isSame(String(name.utf8.prefix(length)) ?? "", prefix) else {
            return nil
        }
        return String(name.utf8.dropFirst(length))?.lowercased()
    }
}

/// Header lines in their order, duplicates kept.
package struct WebHeaders: Hashable, Sendable {
    package private(set) var lines: [WebHeader]

    package init(_ lines: [WebHeader] = []) { self.lines = lines }

    /// Throws on the first pair that is not a header; see ``WebHeader/init(_:_:)``.
    package init(_ pairs: KeyValuePairs<String, String>) throws(WebError) {
        lines = []
        for (name, value) in pairs { lines.append(try WebHeader(name, value)) }
    }

    package mutating func append(_ line: WebHeader) { lines.append(line) }

    /// Every value of that name in order.
    package subscript(name: String) -> [String] {
        lines.filter { $0.isNamed(name) }.map(\.value)
    }

    /// The value of the first line with that name.
    package func first(_ name: String) -> String? {
        lines.first { $0.isNamed(name) }?.value
    }
}
