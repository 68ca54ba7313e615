/// A value with the line it was written on, so that a finding can say where.
package struct DocumentNode: Sendable {
    package enum Content: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case array([DocumentNode])
        case object([(key: String, line: Int?, value: DocumentNode)])
    }

    package var content: Content
    /// From 1; nil when the value did not come from a text.
    package var line: Int?

    package init(_ content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }

    package init(_ value: DocumentValue) {
        line = nil
        content =
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .int(let value): .int(value)
            case .double(let value): .double(value)
            case .string(let value): .string(value)
            case .array(let items): .array(items.map { DocumentNode($0) })
            case .object(let members):
                .object(members.map { (key: $0.key, line: nil, value: DocumentNode($0.value)) })
            }
    }

    package var value: DocumentValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .array(let items): .array(items.map(\.value))
        case .object(let members): .object(members.map { DocumentMember($0.key, $0.value.value) })
        }
    }

    /// What kind of value it is, for people.
    package var kind: String {
        switch content {
        case .null: "nothing"
        case .bool: "true/false"
        case .int: "a whole number"
        case .double: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "a map"
        }
    }
}
