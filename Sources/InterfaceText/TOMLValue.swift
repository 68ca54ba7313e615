/// A value of a theme or key-map file.
enum TOMLValue: Sendable, Equatable {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case array([TOMLValue])
    case table(TOMLTable)

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var int: Int? { if case .integer(let number) = self { number } else { nil } }
    var bool: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    var array: [TOMLValue]? { if case .array(let values) = self { values } else { nil } }
    var table: TOMLTable? { if case .table(let table) = self { table } else { nil } }
}

/// Where something stands, both from 1, columns in characters.
struct TextPlace: Sendable, Equatable {
    var line: Int
    var column: Int
}

/// Keys with values, in the order of the text, each with its place.
struct TOMLTable: Sendable, Equatable {
    private(set) var keys: [String] = []
    private var values: [String: TOMLValue] = [:]
    private var places: [String: TextPlace] = [:]
    /// Its name stood in a header; a second one of the same name is a fault.
    var isDefined = false
    /// Written between braces: nothing is added later.
    var isInline = false

    subscript(key: String) -> TOMLValue? { values[key] }

    func place(of key: String) -> TextPlace? { places[key] }

    mutating func set(_ key: String, _ value: TOMLValue, at place: TextPlace) {
        if values[key] == nil {
            keys.append(key)
            places[key] = place
        }
        values[key] = value
    }
}
