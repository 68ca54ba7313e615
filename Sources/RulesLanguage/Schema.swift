/// A field of the language: a named, typed piece of a request or response.
package struct Field: Sendable {
    /// How a field follows from another one, so that nobody has to fill both.
    package struct Derivation: Hashable, Sendable {
        package enum Part: Hashable, Sendable { case keys, values }
        package let from: FieldID
        package let part: Part
    }

    package let id: FieldID
    package let name: String
    package let type: ValueType
    package let side: FieldSide
    /// False for fields that our edge never fills: a rule that uses one never matches and deserves a finding.
    package let filledByEdge: Bool
    /// The field that this outdated name stands for.
    package let deprecatedAliasFor: FieldID?
    /// Set for `.names` and `.values`: the evaluator derives them from the map.
    package let derivation: Derivation?

    init(
        _ id: UInt16, _ name: String, _ type: ValueType, side: FieldSide = .request, filled: Bool = true,
        aliasFor: FieldID? = nil, derived: Derivation? = nil
    ) {
        self.id = FieldID(rawValue: id)
        self.name = name
        self.type = type
        self.side = side
        filledByEdge = filled
        deprecatedAliasFor = aliasFor
        derivation = derived
    }
}

/// What an expression may mention: fields and functions.
///
/// Used while parsing, compiling and verifying; evaluation never looks at it.
package struct Schema: Sendable {
    package let fields: [Field]
    package let functions: [FunctionSchema]
    /// Names of all fields and functions, for finding what a mistyped one was meant to be.
    let names: [[UInt8]]
    private let fieldsByName: [String: Int]
    private let fieldsByID: [FieldID: Int]
    private let functionsByName: [String: Int]
    private let functionsByID: [FunctionID: Int]

    /// Names and numbers must be unique; of doubles the first counts.
    init(fields: [Field], functions: [FunctionSchema]) {
        self.fields = fields
        self.functions = functions
        names = (fields.map(\.name) + functions.map(\.name)).map { Array($0.utf8) }
        fieldsByName = Dictionary(fields.indices.map { (fields[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        fieldsByID = Dictionary(fields.indices.map { (fields[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
        functionsByName = Dictionary(
            functions.indices.map { (functions[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        functionsByID = Dictionary(
            functions.indices.map { (functions[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The fields and functions of Cloudflare's HTTP phases.
    package static let http = Schema(fields: httpFields, functions: httpFunctions)

    package func field(named name: String) -> Field? { fieldsByName[name].map { fields[$0] } }
    package func field(_ id: FieldID) -> Field? { fieldsByID[id].map { fields[$0] } }
    package func function(named name: String) -> FunctionSchema? { functionsByName[name].map { functions[$0] } }
    package func function(_ id: FunctionID) -> FunctionSchema? { functionsByID[id].map { functions[$0] } }
}
