internal import RulesLanguage

/// What one branch of the search takes to be so.
struct Facts {
    /// Claims about one value.
    struct Entry {
        var holding: [Claim] = []
        var failing: [Claim] = []
    }

    private(set) var entries: [Node: Entry] = [:]
    /// Values that read one field only, by that field.
    private var subjects: [FieldID: [Node]] = [:]

    /// More texts than this are not tried one by one.
    static let mostCandidates = 64

    /// Takes one more claim for so.
    ///
    /// - Returns: false when that cannot be beside the others.
    mutating func add(_ claim: Claim, holds: Bool, _ tester: ClaimTester) -> Bool {
        let isNew = entries[claim.subject] == nil
        var entry = entries[claim.subject] ?? Entry()
        if holds ? entry.failing.contains(claim) : entry.holding.contains(claim) { return false }
        if holds ? entry.holding.contains(claim) : entry.failing.contains(claim) { return true }
        if holds { entry.holding.append(claim) } else { entry.failing.append(claim) }
        entries[claim.subject] = entry
        guard entry.isPossible(claim.subject, tester) else { return false }
        let fields = claim.subject.fields
        guard fields.count == 1, let field = fields.first else { return true }
        if isNew { subjects[field, default: []].append(claim.subject) }
        return isPossible(field, tester)
    }

    /// When a field can only be one of a few texts, every claim about it and what is made of it is tried with each.
    private func isPossible(_ field: FieldID, _ tester: ClaimTester) -> Bool {
        guard let names = subjects[field], names.count > 1, let texts = candidates(field, tester) else { return true }
        let claims = names.compactMap { entries[$0] }.flatMap { entry in
            entry.holding.map { ($0, true) } + entry.failing.map { ($0, false) }
        }
        return texts.contains { text in claims.allSatisfy { tester.holds($0.0, field, text) == $0.1 } }
    }

    /// The texts that a field can only be; nil: not known to be few.
    func candidates(_ field: FieldID, _ tester: ClaimTester) -> [[UInt8]]? {
        guard let subject = subjects[field]?.first(where: { $0.kind == .field(field) }), let entry = entries[subject]
        else { return nil }
        return entry.texts(tester).flatMap { $0.count <= Self.mostCandidates ? $0 : nil }
    }
}

extension Facts.Entry {
    /// Whether some value, or none where there may be none, agrees with all claims. True also when that is not known.
    func isPossible(_ subject: Node, _ tester: ClaimTester) -> Bool {
        // Without a value every comparison fails.
        if holding.isEmpty, !Knowledge.isAlwaysThere(subject) { return true }
        return switch subject.type {
        case .int: !integers(subject).isEmpty
        case .ip: !addresses.isEmpty
        case .bytes: isTextPossible(subject, tester)
        default: true
        }
    }

    func integers(_ subject: Node) -> IntegerSet {
        var set = Knowledge.integers(of: subject)
        for case .integers(let other) in holding.map(\.predicate) { set = set.intersection(other) }
        for case .integers(let other) in failing.map(\.predicate) { set = set.subtracting(other) }
        guard let few = set.elements(atMost: Facts.mostCandidates) else { return set }
        func hasBit(_ claim: Claim, _ value: Int64) -> Bool? {
            if case .bits(let mask) = claim.predicate { value & mask != 0 } else { nil }
        }
        return IntegerSet(
            few.filter { value in
                holding.allSatisfy { hasBit($0, value) ?? true } && failing.allSatisfy { !(hasBit($0, value) ?? false) }
            }.map { $0...$0 })
    }

    var addresses: AddressSet {
        var set = AddressSet.all
        for case .addresses(let other) in holding.map(\.predicate) { set = set.intersection(other) }
        for case .addresses(let other) in failing.map(\.predicate) { set = set.subtracting(other) }
        return set
    }

    /// The texts that agree with all claims, when they are listed; nil: not known to be few.
    func texts(_ tester: ClaimTester) -> [[UInt8]]? {
        var common: Set<[UInt8]>?
        for case .texts(let texts) in holding.map(\.predicate) { common = common?.intersection(texts) ?? texts }
        guard let common else { return nil }
        return common.filter { text in
            holding.allSatisfy { tester.holds($0, text) ?? true }
                && failing.allSatisfy { tester.holds($0, text) != true }
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func isTextPossible(_ subject: Node, _ tester: ClaimTester) -> Bool {
        let isLowerCase = Knowledge.isLowerCase(subject)
        if let texts = texts(tester) {
            return texts.contains { text in !isLowerCase || text.allSatisfy { Glob.lower($0) == $0 } }
        }
        let wanted = holding.compactMap(\.glob)
        if isLowerCase, wanted.contains(where: \.needsUpperCase) { return false }
        for (index, one) in wanted.enumerated() {
            if wanted[(index + 1)...].contains(where: one.isDisjoint(from:)) { return false }
        }
        // All texts together, for a value that is always there.
        let bounds = wanted + [Glob([.star])]
        for claim in failing {
            switch claim.predicate {
            case .glob(let unwanted): if bounds.contains(where: { $0.isSubset(of: unwanted) }) { return false }
            case .otherThan(let text):
                // It is there and not other than the text, so it is the text.
                if !bounds.allSatisfy({ $0.contains(text) }) { return false }
                if holding.contains(where: { tester.holds($0, text) == false }) { return false }
                if failing.contains(where: { tester.holds($0, text) == true }) { return false }
            default: break
            }
        }
        return !hasEmptyInterval
    }

    /// Whether the orders asked for leave nothing between them.
    private var hasEmptyInterval: Bool {
        var (lower, upper): ([UInt8]?, [UInt8]?) = (nil, nil)
        for case .ordered(let ordering, let text) in holding.map(\.predicate) {
            switch ordering {
            case .less, .lessOrEqual: upper = upper.map { $0.lexicographicallyPrecedes(text) ? $0 : text } ?? text
            case .greater, .greaterOrEqual: lower = lower.map { text.lexicographicallyPrecedes($0) ? $0 : text } ?? text
            case .equal, .notEqual: break
            }
        }
        guard let lower, let upper else { return false }
        return upper.lexicographicallyPrecedes(lower)
    }
}

extension Claim {
    var glob: Glob? { if case .glob(let glob) = predicate { glob } else { nil } }
}
