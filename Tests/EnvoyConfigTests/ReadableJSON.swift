import FoundationEssentials

@testable import EnvoyConfig

enum ReadableJSON {
    /// The same JSON with a field a line.
    static func text(_ bytes: [UInt8]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(JSONValue(parsing: bytes)), as: UTF8.self) + "\n"
    }

    static func list(_ resources: [Resource]) throws -> String {
        try resources.map { try text($0.bytes) }.joined()
    }
}
