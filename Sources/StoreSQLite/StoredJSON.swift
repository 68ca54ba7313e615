import FoundationEssentials

/// JSON inside a column.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A list of texts. Most need no decoder, which would take longer than all else of reading a row.
    static func texts(in text: String) -> [String]? { plainTexts(text) ?? value(of: [String].self, in: text) }

    /// nil for one with an escape, white space outside of its texts, or what is no such list.
    private static func plainTexts(_ text: String) -> [String]? {
        var text = text
        return text.withUTF8 { bytes -> [String]? in
            let (quote, backslash, comma) = (UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: ","))
            guard bytes.count >= 2, bytes[0] == UInt8(ascii: "["), bytes[bytes.count - 1] == UInt8(ascii: "]") else {
                return nil
            }
            var texts: [String] = []
            var index = 1
            while index < bytes.count - 1 {
                if !texts.isEmpty {
                    guard bytes[index] == comma else { return nil }
                    index += 1
                }
                guard bytes[index] == quote else { return nil }
                let rest = bytes[(index + 1)...]
                guard let end = rest.firstIndex(where: { $0 == quote || $0 == backslash || $0 < 0x20 }),
                    bytes[end] == quote
                else { return nil }
                texts.append(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
                index = end + 1
            }
            return texts
        }
    }

    static func value<T: Decodable>(of type: T.Type, in text: String) -> T? {
        try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
