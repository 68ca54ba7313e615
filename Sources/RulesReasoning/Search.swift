internal import RulesLanguage

/// Looks for a way in which a formula can hold, branch by branch, and gives branches up as soon as they contradict
/// themselves. Finding none at all proves that there is none.
struct Search {
    enum Outcome {
        case impossible
        /// A branch was left over and taken.
        case taken
        /// Steps or leaves ran out, or branches were left over that nobody took.
        case undecided
    }

    private let tester: ClaimTester
    private var steps: Int
    private var leaves: Int
    private var sawLeaf = false

    /// - Parameters:
    ///   - steps: claims that may be looked at before the search gives up.
    ///   - leaves: branches without contradiction that are offered.
    init(_ tester: ClaimTester, steps: Int = 20_000, leaves: Int = 12) {
        self.tester = tester
        self.steps = steps
        self.leaves = leaves
    }

    /// - Parameter take: looks at what a branch takes to be so; true ends the search.
    mutating func run(_ formulas: [Formula], take: (Facts) -> Bool) -> Outcome {
        if explore(formulas, Facts(), take) { return .taken }
        return sawLeaf || steps <= 0 ? .undecided : .impossible
    }

    private mutating func explore(_ formulas: [Formula], _ facts: Facts, _ take: (Facts) -> Bool) -> Bool {
        var facts = facts
        var pending = formulas
        var choices: [[Formula]] = []
        while let next = pending.popLast() {
            steps -= 1
            guard steps > 0 else { return false }
            switch next {
            case .constant(true): break
            case .constant(false): return false
            case .all(let parts): pending += parts.reversed()
            case .any(let parts): choices.append(parts)
            case .claim(let claim, let holds): guard facts.add(claim, holds: holds, tester) else { return false }
            }
        }
        // The narrowest choice first: what contradicts is found soonest there.
        guard let narrowest = choices.indices.min(by: { choices[$0].count < choices[$1].count }) else {
            sawLeaf = true
            leaves -= 1
            return take(facts)
        }
        let branches = choices.remove(at: narrowest)
        let rest = choices.map { Formula.any($0) }
        for branch in branches {
            guard steps > 0, leaves > 0 else { break }
            if explore(rest + [branch], facts, take) { return true }
        }
        return false
    }
}
