import RulesLanguage

/// One input taken apart: texts with a zero byte between them.
struct FuzzInput {
    let parts: [[UInt8]]

    init(_ bytes: [UInt8]) {
        parts = bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    }

    /// A part as text, repaired where it is no UTF-8; empty when there are fewer parts.
    func text(_ index: Int) -> String { index < parts.count ? String(decoding: parts[index], as: UTF8.self) : "" }

    /// Every field that has a slot, made of the parts from `start` on; none when there is no such part.
    func request(from start: Int) -> [FieldID: FieldValue] {
        guard start < parts.count else { return [:] }
        let parts = Array(parts[start...])
        var values: [FieldID: FieldValue] = [:]
        for field in Schema.http.fields where field.id.rawValue < FieldID.slotCount && field.deprecatedAliasFor == nil {
            let part = parts[Int(field.id.rawValue) % parts.count]
            guard !part.isEmpty else { continue }
            switch field.type {
            case .bool: values[field.id] = .bool(part[0] & 1 == 1)
            case .int: values[field.id] = .int(Int64(String(decoding: part, as: UTF8.self)) ?? Int64(part.count))
            case .ip:
                let address = IPAddress(String(decoding: part, as: UTF8.self))
                values[field.id] = .ip(address ?? IPAddress(v4: part.reduce(0) { $0 << 8 | UInt32($1) }))
            case .bytes: values[field.id] = .bytes(part)
            case .array: values[field.id] = .list(parts)
            case .map:
                values[field.id] = .map(
                    parts.indices.map { FieldValue.Entry(key: parts[$0], value: parts[parts.count - 1 - $0]) })
            }
        }
        return values
    }

    /// Lists that expressions may name, as in the dictionary.
    static let lists: [String: ListContents] = [
        "office": .ips([IPRange(IPAddress(v4: 0x0a00_0001))]), "a": .bytes([Array("a".utf8), []]),
        "numbers": .ints([-1...1, 80...443]),
    ]
}
