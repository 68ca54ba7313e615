/// The number of a function: part of the plan format, never reused.
package enum FunctionID: UInt8, Hashable, Sendable, CaseIterable {
    case lower = 1
    case upper = 2
    case len = 3
    case concat = 4
    case startsWith = 5
    case endsWith = 6
    case substring = 7
    case urlDecode = 8
    case regexReplace = 9
    case wildcardReplace = 10
    case toString = 11
    case removeQueryArgs = 12
    case hasKey = 13
    case hasValue = 14
    case split = 15
    case join = 16
    case cidr = 17
    case cidr6 = 18
    case decodeBase64 = 19
    case encodeBase64 = 20
    case removeBytes = 21
    case uuidv4 = 22
    case lookupJSONString = 23
    case lookupJSONInteger = 24
    case isTimedHMACValid = 25
    case sha256 = 26
    case bitSlice = 27
    case coalesce = 28
    case isJWTValid = 29
    case isJWTPresent = 30
}

/// The signature of a function and where it may be used.
package struct FunctionSchema: Sendable {
    /// What may stand in an argument's place.
    package enum Accepts: String, Hashable, Sendable {
        /// A field, an element of one, or a call; not a literal.
        case expression
        case literal
        case either
        /// A literal in regular-expression quoting.
        case regex
        /// A literal wildcard pattern.
        case wildcard
    }

    /// A family of types.
    package enum TypePattern: Hashable, Sendable, CustomStringConvertible {
        case exactly(ValueType)
        case anyArray
        case anyMap

        func matches(_ type: ValueType) -> Bool {
            switch (self, type) {
            case (.exactly(let wanted), _): wanted == type
            case (.anyArray, .array), (.anyMap, .map): true
            default: false
            }
        }

        package var description: String {
            switch self {
            case .exactly(let type): type.description
            case .anyArray: "Array"
            case .anyMap: "Map"
            }
        }
    }

    package struct Parameter: Sendable {
        package let name: String
        package let accepts: Accepts
        package let types: [TypePattern]

        static func expression(_ name: String, _ types: TypePattern...) -> Parameter {
            Parameter(name: name, accepts: .expression, types: types)
        }
        static func literal(_ name: String, _ types: TypePattern...) -> Parameter {
            Parameter(name: name, accepts: .literal, types: types)
        }
        static func either(_ name: String, _ types: TypePattern...) -> Parameter {
            Parameter(name: name, accepts: .either, types: types)
        }
    }

    package enum Returns: Hashable, Sendable {
        case type(ValueType)
        case sameAsFirst
    }

    package let id: FunctionID
    package let name: String
    package let parameters: [Parameter]
    /// How many of `parameters`, from the end, may be left out.
    package let optionalCount: Int
    /// The last parameter may be repeated.
    package let isVariadic: Bool
    package let returns: Returns
    /// Why our evaluator does not compute a function that the language knows; the compiler refuses those.
    package let uncomputed: String?
    /// Phases (by Cloudflare's names) that may use the function; nil: all of them. Data for linting, not enforced here.
    package let allowedIn: [String]?
    /// One line for people.
    package let summary: String

    init(
        _ id: FunctionID, _ name: String, _ parameters: [Parameter], optional: Int = 0, variadic: Bool = false,
        returns: Returns, uncomputed: String? = nil, allowedIn: [String]? = nil, _ summary: String
    ) {
        self.id = id
        self.name = name
        self.parameters = parameters
        optionalCount = optional
        isVariadic = variadic
        self.returns = returns
        self.uncomputed = uncomputed
        self.allowedIn = allowedIn
        self.summary = summary
    }

    package var supportedByEdge: Bool { uncomputed == nil }

    var requiredCount: Int { parameters.count - optionalCount }
    var maximumCount: Int { isVariadic ? Int.max : parameters.count }

    /// As a reader of the reference would write it: `substring(source: Bytes, start: Int, end?: Int): Bytes`.
    package var signature: String {
        let list = parameters.enumerated().map { index, parameter in
            let types = parameter.types.map(\.description).joined(separator: " | ")
            let mark = index >= requiredCount ? "?" : ""
            return "\(parameter.name)\(mark): \(types)"
        }
        let tail = isVariadic ? ", …" : ""
        let result: String =
            switch returns {
            case .type(let type): type.description
            case .sameAsFirst: "type of the first argument"
            }
        return "\(name)(\(list.joined(separator: ", "))\(tail)): \(result)"
    }
}
