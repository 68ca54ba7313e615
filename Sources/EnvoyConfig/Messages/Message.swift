/// A message that travels inside `google.protobuf.Any`.
protocol EnvoyMessage: Encodable {
    /// Full name of the protobuf message.
    static var messageName: String { get }
}

extension EnvoyMessage {
    static var typeURL: String { "type.googleapis.com/" + messageName }
}

/// A message with its type beside its fields: the JSON form of `google.protobuf.Any`.
struct Packed: Encodable {
    private let message: any EnvoyMessage
    private let typeURL: String

    init<Message: EnvoyMessage>(_ message: Message) {
        self.message = message
        typeURL = Message.typeURL
    }

    private enum Key: String, CodingKey { case type = "@type" }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(typeURL, forKey: .type)
        try message.encode(to: encoder)
    }
}

/// `TypedExtensionConfig` and the many messages shaped like it.
struct Extension: Encodable {
    var name: String
    var typedConfig: Packed

    init(_ name: String, _ message: some EnvoyMessage) {
        self.name = name
        typedConfig = Packed(message)
    }
}

/// A message without fields that matter by being there.
struct Empty: Encodable {}

/// `google.protobuf.Duration`: `0.250s`.
struct Seconds: Encodable {
    var milliseconds: Int

    init(milliseconds: Int) { self.milliseconds = max(0, milliseconds) }
    init(_ seconds: Int) { self.init(milliseconds: seconds * 1000) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let fraction = String(milliseconds % 1000)
        let padded = String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
        try container.encode("\(milliseconds / 1000).\(padded)s")
    }
}

/// `google.protobuf.StringValue` inside an Any.
struct StringMessage: EnvoyMessage {
    static let messageName = "google.protobuf.StringValue"
    var value: String
}

/// `google.protobuf.BytesValue` inside an Any; the value is base64.
struct BytesMessage: EnvoyMessage {
    static let messageName = "google.protobuf.BytesValue"
    var value: String
}

/// Whatever a field may hold.
struct Erased: Encodable {
    private let value: any Encodable

    init(_ value: any Encodable) { self.value = value }

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
