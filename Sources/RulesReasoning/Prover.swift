package import RulesLanguage

/// Proves things about conditions: that one can never hold, that one holds whenever another does, that two never hold
/// together.
///
/// A proof is never wrong: what is said to be impossible is impossible for every request. Not everything true is proven:
/// regular expressions beyond a literal, functions and quantifiers are taken as they stand. A counterexample is tried
/// with the language's own evaluator before it is told.
package struct Prover {
    package enum Verdict: Hashable, Sendable {
        case proven
        case refuted(Witness)
        case open
    }

    /// How the requests of two conditions lie to each other.
    package enum Relation: Hashable, Sendable {
        case same
        /// Whenever the first holds, the second does.
        case firstWithinSecond
        case secondWithinFirst
        case neverTogether
        /// For these values both hold.
        case overlapping(Witness)
        case open
    }

    private let lists: [String: ListContents]
    private let tester: ClaimTester

    package init(lists: [String: ListContents] = [:], schema: Schema = .http) {
        self.lists = lists
        tester = ClaimTester(schema: schema, lists: lists)
    }

    /// Whether the condition holds for no request.
    package func isNever(_ condition: Expression) -> Verdict { refute([(condition.root, true)], condition.schema) }

    /// Whether the condition holds for every request.
    package func isAlways(_ condition: Expression) -> Verdict { refute([(condition.root, false)], condition.schema) }

    /// Whether the second condition holds whenever the first does.
    package func implies(_ first: Expression, _ second: Expression) -> Verdict {
        refute([(first.root, true), (second.root, false)], first.schema)
    }

    /// Whether there is no request for which both hold.
    package func excludes(_ first: Expression, _ second: Expression) -> Verdict {
        refute([(first.root, true), (second.root, true)], first.schema)
    }

    package func relation(_ first: Expression, _ second: Expression) -> Relation {
        if first == second { return .same }
        let together = excludes(first, second)
        if together == .proven { return .neverTogether }
        switch (implies(first, second), implies(second, first)) {
        case (.proven, .proven): return .same
        case (.proven, _): return .firstWithinSecond
        case (_, .proven): return .secondWithinFirst
        default:
            if case .refuted(let witness) = together { return .overlapping(witness) }
            return .open
        }
    }

    /// Values for which the condition holds; nil: none was found, which proves nothing.
    package func example(of condition: Expression) -> Witness? {
        if case .refuted(let witness) = isNever(condition) { witness } else { nil }
    }

    /// Whether parts cannot be so all at once: each a condition and whether it is to hold.
    package func refute(_ parts: [(node: Node, holds: Bool)], _ schema: Schema = .http) -> Verdict {
        let parts = parts.map { (node: $0.node.normalized(schema), holds: $0.holds) }
        let maker = WitnessMaker(tester: tester)
        var found: Witness?
        var search = Search(tester)
        let outcome = search.run(parts.map { Formula($0.node, holds: $0.holds, lists: lists) }) { facts in
            guard let values = maker.values(facts), parts.allSatisfy({ tester.evaluate($0.node, values) == $0.holds })
            else { return false }
            found = Witness(values: values)
            return true
        }
        switch outcome {
        case .impossible: return .proven
        case .taken: return found.map { .refuted($0) } ?? .open
        case .undecided: return .open
        }
    }
}
