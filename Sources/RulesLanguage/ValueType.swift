/// The types of the rules language. There are no floating-point numbers; strings are bytes.
///
/// Source: Cloudflare's rules language, wirefilter's `types.rs`.
package indirect enum ValueType: Hashable, Sendable, CustomStringConvertible {
    case bool
    case bytes
    /// Signed, 64 bits.
    case int
    case ip
    case array(ValueType)
    /// Keys are always bytes.
    case map(ValueType)

    package var description: String {
        switch self {
        case .bool: "Bool"
        case .bytes: "Bytes"
        case .int: "Int"
        case .ip: "Ip"
        case .array(let element): "Array<\(element)>"
        case .map(let element): "Map<\(element)>"
        }
    }
}

/// Which half of an exchange a field belongs to.
package enum FieldSide: String, Hashable, Sendable {
    case request
    case response
}

/// A constant of the language.
package enum Literal: Hashable, Sendable {
    case bool(Bool)
    case bytes([UInt8])
    case int(Int64)
    case ip(IPAddress)

    package var type: ValueType {
        switch self {
        case .bool: .bool
        case .bytes: .bytes
        case .int: .int
        case .ip: .ip
        }
    }

    /// The UTF-8 of a string as a bytes literal.
    package static func string(_ text: String) -> Literal { .bytes(Array(text.utf8)) }
}
