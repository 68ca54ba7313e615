internal import EdgeModel

/// JSON (RFC 8259), strictly, with the line of every value and keys in their order. The YAML reader takes most JSON too,
/// but neither surrogate escapes nor tabs everywhere, and its keys end at 1,024 characters.
struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private var nodes = 0

    static func read(_ bytes: [UInt8]) throws(DocumentTextError) -> DocumentNode {
        var reader = JSONReader(bytes: bytes)
        let node = try reader.value(depth: 1)
        reader.skipSpace()
        guard reader.index == bytes.count else {
            throw reader.problem("text after the end of the document", "keep one document a file")
        }
        return node
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func problem(
        _ message: String, _ remedy: String = "correct the JSON at the mark", code: String = "syntax"
    ) -> DocumentTextError {
        let column = SourceExcerpt.characters(in: bytes[lineStart..<min(index, bytes.count)])
        return DocumentTextError(
            Finding(
                .error, code, at: "document", line: line, column: column + 1, message, remedy: remedy,
                excerpt: SourceExcerpt.excerpt(of: bytes, line: line, column: column)))
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte {
            switch byte {
            case 0x0A:
                line += 1
                lineStart = index + 1
            case 0x20, 0x09, 0x0D: break
            default: return
            }
            index += 1
        }
    }

    private mutating func value(depth: Int) throws(DocumentTextError) -> DocumentNode {
        skipSpace()
        nodes += 1
        guard nodes <= DocumentText.Limit.nodes else {
            throw problem(
                "more than \(DocumentText.Limit.nodes) values", "split the document", code: "too-many-values")
        }
        let start = line
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth <= DocumentText.Limit.depth else {
                throw problem(
                    "more than \(DocumentText.Limit.depth) lists and maps inside one another", "flatten the document",
                    code: "too-deep")
            }
            return byte == UInt8(ascii: "{")
                ? DocumentNode(.object(try members(depth: depth + 1)), line: start)
                : DocumentNode(.array(try items(depth: depth + 1)), line: start)
        case UInt8(ascii: "\""): return DocumentNode(.string(try string()), line: start)
        default: return DocumentNode(try word(), line: start)
        }
    }

    private mutating func items(depth: Int) throws(DocumentTextError) -> [DocumentNode] {
        index += 1
        skipSpace()
        var items: [DocumentNode] = []
        if byte == UInt8(ascii: "]") {
            index += 1
            return items
        }
        while true {
            items.append(try value(depth: depth))
            if try endsList(with: "]") { return items }
        }
    }

    private mutating func members(depth: Int) throws(DocumentTextError) -> [(
        key: String, line: Int?, value: DocumentNode
    )] {
        index += 1
        skipSpace()
        var members: [(key: String, line: Int?, value: DocumentNode)] = []
        if byte == UInt8(ascii: "}") {
            index += 1
            return members
        }
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw problem("a key in double quotes is expected here") }
            let keyLine = line
            let key = try string()
            skipSpace()
            guard byte == UInt8(ascii: ":") else { throw problem("':' is expected after a key") }
            index += 1
            members.append((key: key, line: keyLine, value: try value(depth: depth)))
            if try endsList(with: "}") { return members }
        }
    }

    private mutating func endsList(with close: Unicode.Scalar) throws(DocumentTextError) -> Bool {
        skipSpace()
        if byte == UInt8(ascii: close) {
            index += 1
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw problem("',' or '\(close)' is expected here") }
        index += 1
        return false
    }

    private mutating func word() throws(DocumentTextError) -> DocumentNode.Content {
        let start = index
        while let byte, !" \t\r\n,:]}[{\"".utf8.contains(byte) { index += 1 }
        let word = bytes[start..<index]
        switch String(decoding: word.prefix(6), as: UTF8.self) {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        let meaning = PlainScalar.number(word)
        if let content = meaning?.content("") { return content }
        index = start
        throw meaning == nil
            ? problem("a value is expected here")
            : problem(
                "the number is too large to be kept exactly", "quote it when it is a text", code: "number-out-of-range")
    }

    // MARK: strings

    private mutating func string() throws(DocumentTextError) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += Array(String(Character(try escape())).utf8)
            case 0..<0x20: throw problem("a control character inside a text", "write it as an escape such as \\n")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw problem("the text is not ended", "add the closing double quote")
    }

    private mutating func escape() throws(DocumentTextError) -> Unicode.Scalar {
        let letter = index + 1 < bytes.count ? bytes[index + 1] : 0
        let simple: [UInt8: Unicode.Scalar] = [
            0x22: "\"", 0x5C: "\\", 0x2F: "/", 0x62: "\u{8}", 0x66: "\u{C}", 0x6E: "\n", 0x72: "\r", 0x74: "\t",
        ]
        if let scalar = simple[letter] {
            index += 2
            return scalar
        }
        guard letter == UInt8(ascii: "u"), let unit = codeUnit(at: index + 2) else {
            throw problem("an escape that JSON does not know")
        }
        if let scalar = Unicode.Scalar(UInt32(unit)) {
            index += 6
            return scalar
        }
        guard index + 7 < bytes.count, bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u"),
            let low = codeUnit(at: index + 8), (0xD800..<0xDC00).contains(unit), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw problem("half of a surrogate pair") }
        index += 12
        return scalar
    }

    private func codeUnit(at start: Int) -> UInt16? {
        guard start + 4 <= bytes.count else { return nil }
        let digits = bytes[start..<start + 4]
        guard digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0 | 0x20) }) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
