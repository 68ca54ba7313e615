internal import EdgeModel

/// What an unquoted scalar means. Deliberately less than YAML 1.1 or 1.2: nothing that a person writes as a word or a
/// time becomes something else.
enum PlainScalar {
    enum Meaning: Equatable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case text
        /// Written as a number, but no number of this machine.
        case outOfRange
    }

    static func meaning(of text: String) -> Meaning {
        switch text {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return number(Array(text.utf8)) ?? .text
        }
    }

    /// A number in JSON's grammar (RFC 8259 §6); nil when it is none.
    static func number(_ bytes: some RandomAccessCollection<UInt8>) -> Meaning? {
        let bytes = Array(bytes)
        var index = 0
        func digits() -> Int {
            let start = index
            while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
            return index - start
        }
        if bytes.first == UInt8(ascii: "-") { index += 1 }
        let leadingZero = index < bytes.count && bytes[index] == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !(leadingZero && whole > 1) else { return nil }
        var isInteger = true
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            isInteger = false
            guard digits() > 0 else { return nil }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            isInteger = false
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { return nil }
        }
        guard index == bytes.count else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        if isInteger { return Int(text).map { .int($0) } ?? .outOfRange }
        guard let value = Double(text), value.isFinite else { return .outOfRange }
        return .double(value)
    }
}

extension PlainScalar.Meaning {
    /// nil for a number that cannot be kept.
    func content(_ text: String) -> DocumentNode.Content? {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .text: .string(text)
        case .outOfRange: nil
        }
    }
}
