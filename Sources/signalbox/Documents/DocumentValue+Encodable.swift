internal import EdgeModel
internal import FoundationEssentials

extension DocumentValue {
    /// The value that an encodable has as JSON, keys sorted and in snake_case as in every answer.
    init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        self = try JSONDecoder().decode(DocumentValue.self, from: encoder.encode(value))
    }
}
