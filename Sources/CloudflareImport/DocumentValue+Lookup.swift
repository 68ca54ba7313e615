internal import EdgeModel

/// What strangers sent is looked at leniently here: a value of the wrong kind is as good as none, and whoever needs it
/// says so in the report.
extension DocumentValue {
    var asText: String? { if case .string(let text) = self { text } else { nil } }
    var asFlag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var asList: [DocumentValue]? { if case .array(let items) = self { items } else { nil } }
    var asMembers: [DocumentMember]? { if case .object(let members) = self { members } else { nil } }

    /// A whole number, also one that was written as a text or with a fraction of zero.
    var asNumber: Int? {
        switch self {
        case .int(let number): number
        case .double(let number): Int(exactly: number)
        case .string(let text): Int(text)
        default: nil
        }
    }

    var asFraction: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number.isFinite ? number : nil
        default: nil
        }
    }

    func text(_ key: String) -> String? { self[key]?.asText }
    func flag(_ key: String) -> Bool? { self[key]?.asFlag }
    func number(_ key: String) -> Int? { self[key]?.asNumber }
    func list(_ key: String) -> [DocumentValue]? { self[key]?.asList }

    /// Texts of a list; what is no text is left out.
    func texts(_ key: String) -> [String] { (list(key) ?? []).compactMap(\.asText) }

    /// Without members that are null, at any depth: the API writes them for what is not set.
    var withoutNulls: DocumentValue {
        switch self {
        case .array(let items): .array(items.map(\.withoutNulls))
        case .object(let members):
            .object(members.filter { $0.value != .null }.map { DocumentMember($0.key, $0.value.withoutNulls) })
        default: self
        }
    }

    /// The object with one member replaced, added at the end, or removed.
    func setting(_ key: String, _ value: DocumentValue?) -> DocumentValue {
        guard case .object(var members) = self else { return self }
        let index = members.firstIndex { $0.key == key }
        switch (index, value) {
        case (let index?, let value?): members[index].value = value
        case (let index?, nil): members.remove(at: index)
        case (nil, let value?): members.append(DocumentMember(key, value))
        case (nil, nil): break
        }
        return .object(members)
    }
}
