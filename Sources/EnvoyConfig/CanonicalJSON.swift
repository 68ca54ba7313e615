internal import Crypto
internal import FoundationEssentials

/// JSON whose bytes depend on the value only: keys sorted, no white space, lower snake case as Envoy reads it.
enum CanonicalJSON {
    /// - Throws: `EncodingError`; not for the messages of this target, which hold no floating-point numbers.
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return Array(try encoder.encode(value))
    }

    /// SHA-256.
    static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// SHA-256 in lower-case hexadecimal.
    static func version(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = hash(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Base64 with padding (RFC 4648 §4).
    var base64: String { Data(self).base64EncodedString() }
}
