package import RulesLanguage

extension Configuration {
    /// Names of the lists that its rules mention, disabled rules too, sorted: in conditions and in expressions among the
    /// parameters.
    package var usedLists: [String] {
        var found: Set<String> = []
        for rule in rules.values.joined() {
            found.formUnion(Self.lists(in: rule.expression, .filter))
            if let parameters = rule.parameters { found.formUnion(Self.lists(in: parameters)) }
        }
        return found.sorted()
    }

    /// Names of the lists that an expression mentions; none when it does not parse.
    package static func lists(in text: String, _ mode: Expression.Mode = .filter) -> [String] {
        // Parsing is the dear part, and few expressions have lists.
        guard text.utf8.contains(UInt8(ascii: "$")) else { return [] }
        return (try? Expression(text, mode: mode))?.usedLists ?? []
    }

    private static func lists(in value: DocumentValue) -> [String] {
        switch value {
        case .array(let items): items.flatMap { lists(in: $0) }
        case .object(let members):
            members.flatMap { member -> [String] in
                guard case .string(let text) = member.value, member.key.hasSuffix("expression") else {
                    return lists(in: member.value)
                }
                return lists(in: text, .filter) + lists(in: text, .value)
            }
        default: []
        }
    }
}
