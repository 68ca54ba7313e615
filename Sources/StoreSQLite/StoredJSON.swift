import FoundationEssentials

/// JSON inside a column.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(of type: T.Type, in text: String) -> T? {
        try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
