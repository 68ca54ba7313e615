import FoundationEssentials

/// Bytes that a value takes as JSON.
enum JSONSize {
    static func of(_ value: some Encodable) throws -> Int { try JSONEncoder().encode(value).count }
}
