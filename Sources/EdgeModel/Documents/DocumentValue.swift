/// A YAML or JSON value, keys in the order they were written (sorted when it was decoded by a `Decoder`, which has none).
package enum DocumentValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([DocumentValue])
    case object([DocumentMember])

    package static func object(_ members: KeyValuePairs<String, DocumentValue?>) -> DocumentValue {
        .object(members.compactMap { key, value in value.map { DocumentMember(key, $0) } })
    }

    package subscript(key: String) -> DocumentValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The same value with the keys of every object in byte order.
    package var sorted: DocumentValue {
        switch self {
        case .array(let items): .array(items.map(\.sorted))
        case .object(let members):
            .object(
                members.map { DocumentMember($0.key, $0.value.sorted) }
                    .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
        default: self
        }
    }
}

package struct DocumentMember: Hashable, Sendable {
    package var key: String
    package var value: DocumentValue
    package init(_ key: String, _ value: DocumentValue) {
        self.key = key
        self.value = value
    }
}

extension DocumentValue: Codable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Tries the likely first: each kind that it is not costs an error with the path to it.
    package init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if let value = try? single.decode(String.self) {
            self = .string(value)
        } else if let object = try? decoder.container(keyedBy: Key.self) {
            self = .object(
                try object.allKeys.sorted { $0.stringValue < $1.stringValue }
                    .map { DocumentMember($0.stringValue, try object.decode(DocumentValue.self, forKey: $0)) })
        } else if var array = try? decoder.unkeyedContainer() {
            var items: [DocumentValue] = []
            while !array.isAtEnd { items.append(try array.decode(DocumentValue.self)) }
            self = .array(items)
        } else if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(Int.self) {
            self = .int(value)
        } else {
            self = .double(try single.decode(Double.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for member in members { try container.encode(member.value, forKey: Key(stringValue: member.key)) }
        case .array(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .int(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .double(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .string(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }
}
