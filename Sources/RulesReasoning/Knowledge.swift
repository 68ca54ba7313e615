internal import RulesLanguage

/// What is known of a value before anything is said about it: facts about this edge's fields and the language's functions.
enum Knowledge {
    /// Set for every request, if need be to an empty text.
    private static let alwaysThere: Set<FieldID> = [
        .method, .httpHost, .uri, .path, .query, .rawURI, .rawPath, .rawQuery, .ssl, .zoneName, .userAgent, .referer,
        .cookie, .timestampSeconds, .timestampMilliseconds,
    ]

    /// Brought to lower case before rules see them.
    private static let lowerCase: Set<FieldID> = [.httpHost, .pathExtension, .rawPathExtension]

    static func isAlwaysThere(_ subject: Node) -> Bool {
        switch subject.kind {
        case .field(let id): alwaysThere.contains(id)
        case .call(.len, let arguments): arguments.first.map(isAlwaysThere) ?? false
        default: false
        }
    }

    static func isLowerCase(_ subject: Node) -> Bool {
        switch subject.kind {
        case .field(let id): lowerCase.contains(id)
        case .call(.lower, _): true
        default: false
        }
    }

    static func integers(of subject: Node) -> IntegerSet {
        switch subject.kind {
        case .call(.len, _): IntegerSet([0...Int64.max])
        case .field(.edgeServerPort): IntegerSet([0...65_535])
        case .field(.timestampSeconds), .field(.timestampMilliseconds): IntegerSet([0...Int64.max])
        default: .all
        }
    }
}

extension Node {
    /// The same with outdated field names replaced, and without places.
    func normalized(_ schema: Schema) -> Node {
        var copy = self
        copy.span = ByteSpan(0, 0)
        switch kind {
        case .constant, .literal, .regex, .wildcard: break
        case .field(let id): copy.kind = .field(schema.field(id)?.deprecatedAliasFor ?? id)
        case .not(let inner): copy.kind = .not(inner.normalized(schema))
        case .combining(let operation, let operands):
            copy.kind = .combining(operation, operands.map { $0.normalized(schema) })
        case .test(let value, .orderingValue(let ordering, let other)):
            copy.kind = .test(value.normalized(schema), .orderingValue(ordering, other.normalized(schema)))
        case .test(let value, .bitwiseAndValue(let other)):
            copy.kind = .test(value.normalized(schema), .bitwiseAndValue(other.normalized(schema)))
        case .test(let value, let comparison): copy.kind = .test(value.normalized(schema), comparison)
        case .quantified(let quantifier, let inner): copy.kind = .quantified(quantifier, inner.normalized(schema))
        case .index(let inner, let index): copy.kind = .index(inner.normalized(schema), index)
        case .call(let function, let arguments):
            copy.kind = .call(function, arguments.map { $0.normalized(schema) })
        }
        return copy
    }

    /// The fields that it reads.
    var fields: Set<FieldID> {
        var found: Set<FieldID> = []
        visit { if case .field(let id) = $0.kind { found.insert(id) } }
        return found
    }
}
