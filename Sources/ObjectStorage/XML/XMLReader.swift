/// Reads the small XML of object stores token by token, made for answers of a hostile server.
///
/// It takes no document type and no entity but the five of XML and character numbers, so nothing can expand; it nests
/// ``maximumDepth`` deep at most and never holds more than the document. Attributes are passed over: S3 says nothing in
/// them. Namespaces are left in the names' place: S3 uses no prefixes.
package struct XMLReader {
    enum Token: Equatable {
        case start(Range<Int>)
        case end
        /// Raw text between tags; see ``text(_:)``.
        case text(Range<Int>)
        case finished
    }

    package struct Fault: Error, Equatable {
        package let message: String
        /// Bytes from the beginning of the document.
        package let offset: Int
    }

    static let maximumDepth = 16

    let bytes: [UInt8]
    private var position = 0
    private var open: [Range<Int>] = []
    /// The end of `<name/>` is still to be told.
    private var closesNext = false
    private var hasRoot = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(Fault) -> Token {
        if closesNext {
            closesNext = false
            open.removeLast()
            return .end
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                let start = position
                position = index(of: UInt8(ascii: "<"), from: position) ?? bytes.count
                if !open.isEmpty { return .text(start..<position) }
                guard bytes[start..<position].allSatisfy(Self.isBlankOrMark) else { throw fault("text outside") }
                continue
            }
            guard position + 1 < bytes.count else { throw fault("unfinished tag") }
            switch bytes[position + 1] {
            case UInt8(ascii: "?"): try skip(to: "?>")
            case UInt8(ascii: "!"):
                if let cdata = try declaration() { return cdata }
            case UInt8(ascii: "/"): return try endTag()
            default: return try startTag()
            }
        }
        guard open.isEmpty, hasRoot else { throw fault("unfinished document") }
        return .finished
    }

    /// Whether a name is this one.
    func isName(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { wanted in
            for index in 0..<wanted.count where bytes[range.lowerBound + index] != wanted[index] { return false }
            return true
        }
    }

    /// The text of a token, entities resolved.
    func text(_ range: Range<Int>) throws(Fault) -> [UInt8] {
        // Inside CDATA an ampersand is one.
        let isVerbatim = range.lowerBound >= 9 && bytes[range.lowerBound - 1] == UInt8(ascii: "[")
        let slice = bytes[range]
        guard !isVerbatim, slice.contains(UInt8(ascii: "&")) else { return Array(slice) }
        var text: [UInt8] = []
        text.reserveCapacity(slice.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "&") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            guard let end = bytes[index..<min(index + 12, range.upperBound)].firstIndex(of: UInt8(ascii: ";")) else {
                throw Fault(message: "an ampersand without an entity", offset: index)
            }
            guard let scalar = Self.entity(bytes[index + 1..<end]) else {
                throw Fault(message: "an entity that is not known", offset: index)
            }
            text += Array(String(Character(scalar)).utf8)
            index = end + 1
        }
        return text
    }

    // MARK: tags

    private mutating func startTag() throws(Fault) -> Token {
        let start = position + 1
        var end = start
        while end < bytes.count, Self.isNameByte(bytes[end]) { end += 1 }
        guard end > start else { throw fault("a tag without a name") }
        guard open.count < Self.maximumDepth else { throw fault("nested too deep") }
        guard !open.isEmpty || !hasRoot else { throw fault("a second root") }
        hasRoot = true
        let name = start..<end
        position = end
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let inside = quote {
                if byte == inside { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "<") {
                throw fault("a tag inside a tag")
            } else if byte == UInt8(ascii: ">") {
                closesNext = bytes[position - 2] == UInt8(ascii: "/")
                open.append(name)
                return .start(name)
            }
        }
        throw fault("unfinished tag")
    }

    private mutating func endTag() throws(Fault) -> Token {
        let start = position + 2
        guard let close = index(of: UInt8(ascii: ">"), from: start) else { throw fault("unfinished tag") }
        var end = close
        while end > start, Self.isBlankOrMark(bytes[end - 1]) { end -= 1 }
        guard let name = open.popLast(), bytes[name] == bytes[start..<end] else { throw fault("a wrong end tag") }
        position = close + 1
        return .end
    }

    /// `<!-- … -->` is passed over, `<![CDATA[ … ]]>` is text, anything else is refused.
    private mutating func declaration() throws(Fault) -> Token? {
        if starts(with: "<!--") {
            try skip(to: "-->")
            return nil
        }
        guard starts(with: "<![CDATA["), !open.isEmpty else { throw fault("a declaration, which no store sends") }
        let start = position + 9
        try skip(to: "]]>")
        return .text(start..<position - 3)
    }

    private func starts(with text: StaticString) -> Bool {
        guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
        return isName(position..<position + text.utf8CodeUnitCount, text)
    }

    private mutating func skip(to end: StaticString) throws(Fault) {
        let start = position
        position += 2
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8CodeUnitCount
                return
            }
            position += 1
        }
        throw Fault(message: "unfinished declaration", offset: start)
    }

    // MARK: characters

    private func index(of byte: UInt8, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == byte { return index }
            index += 1
        }
        return nil
    }

    private func fault(_ message: String) -> Fault { Fault(message: message, offset: position) }

    private static func entity(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
        let name = String(decoding: name, as: UTF8.self)
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let number =
                digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
            return number.flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// White space and the bytes of a byte order mark.
    private static func isBlankOrMark(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0xEF || byte == 0xBB || byte == 0xBF
    }
}
