internal import RulesLanguage

/// What a single comparison says about a value: the value is there, and it is one of these.
enum Predicate: Hashable, Sendable {
    case integers(IntegerSet)
    /// A bit of the mask is set.
    case bits(Int64)
    case addresses(AddressSet)
    case texts(Set<[UInt8]>)
    case otherThan([UInt8])
    case glob(Glob)
    case ordered(Comparison.Ordering, [UInt8])
    /// Nothing is known about it but that it is the same as itself.
    case opaque
}

/// A comparison, about a value that can be recognised when another comparison is about it too.
struct Claim: Hashable, Sendable {
    /// The value, outdated field names replaced.
    var subject: Node
    var predicate: Predicate
    /// The comparison itself, to be evaluated where all that it reads is known.
    var node: Node

    init(subject: Node, predicate: Predicate, node: Node) {
        self.subject = subject
        self.predicate = predicate
        self.node = node
    }

    /// - Parameter node: a test or a quantifier of type Bool, outdated names replaced.
    init(_ node: Node, lists: [String: ListContents]) {
        self.node = node
        guard case .test(let value, let comparison) = node.kind, !value.isEach else {
            subject = node
            predicate = .opaque
            return
        }
        subject = value
        switch comparison {
        case .isTrue:
            predicate = .opaque
            if case .call(let function, let arguments) = value.kind, arguments.count == 2,
                case .literal(.bytes(let text)) = arguments[1].kind, function == .startsWith || function == .endsWith
            {
                subject = arguments[0]
                predicate = .glob(function == .startsWith ? .prefix(text) : .suffix(text))
            }
        case .ordering(let ordering, .int(let value)): predicate = .integers(IntegerSet(ordering, value))
        case .ordering(let ordering, .ip(let address)): predicate = .addresses(AddressSet(ordering, address))
        case .ordering(.equal, .bytes(let text)): predicate = .texts([text])
        case .ordering(.notEqual, .bytes(let text)): predicate = .otherThan(text)
        case .ordering(let ordering, .bytes(let text)): predicate = .ordered(ordering, text)
        case .ordering(_, .bool): predicate = .opaque
        case .orderingValue, .bitwiseAndValue:
            // It is as much about the other value: nothing is known of it but itself.
            (subject, predicate) = (node, .opaque)
        case .bitwiseAnd(let mask): predicate = .bits(mask)
        case .contains(let text): predicate = .glob(.containing(text))
        case .matches(let pattern): predicate = RegexReading.glob(pattern).map { .glob($0) } ?? .opaque
        case .wildcard(let pattern, let strict):
            predicate = Glob(wildcard: pattern, strict: strict).map { .glob($0) } ?? .opaque
        case .inBytes(let texts): predicate = .texts(Set(texts))
        case .inInts(let ranges): predicate = .integers(IntegerSet(ranges))
        case .inIPs(let ranges): predicate = .addresses(AddressSet(ranges))
        case .inList(let name):
            predicate =
                switch lists[name] {
                case .bytes(let texts)?: .texts(Set(texts))
                case .ints(let ranges)?: .integers(IntegerSet(ranges))
                case .ips(let ranges)?: .addresses(AddressSet(ranges))
                case nil: .opaque
                }
        }
        if case .glob(let glob) = predicate, let text = glob.onlyMember { predicate = .texts([text]) }
    }

    /// The one claim that says that this or the other holds; nil: there is none.
    func or(_ other: Claim) -> Claim? {
        guard subject == other.subject else { return nil }
        let joined: Predicate
        switch (predicate, other.predicate) {
        case (.integers(let mine), .integers(let its)): joined = .integers(mine.union(its))
        case (.addresses(let mine), .addresses(let its)): joined = .addresses(mine.union(its))
        case (.texts(let mine), .texts(let its)): joined = .texts(mine.union(its))
        default: return nil
        }
        return Claim(
            subject: subject, predicate: joined, node: .combining(.or, [node, other.node], span: node.span))
    }
}

extension IntegerSet {
    init(_ ordering: Comparison.Ordering, _ value: Int64) {
        let below = value > .min ? [Int64.min...(value - 1)] : []
        let above = value < .max ? [(value + 1)...Int64.max] : []
        let ranges: [ClosedRange<Int64>] =
            switch ordering {
            case .equal: [value...value]
            case .notEqual: below + above
            case .less: below
            case .lessOrEqual: below + [value...value]
            case .greater: above
            case .greaterOrEqual: [value...value] + above
            }
        self.init(ranges)
    }
}
