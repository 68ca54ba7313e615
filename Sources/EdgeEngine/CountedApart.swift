internal import EdgePlan
internal import RulesLanguage

/// Rules whose limits count requests that the rules need not match, with what passes over those that cannot count one.
struct CountedApart: ~Copyable {
    private let rules: UnsafeMutablePointer<Int>
    private let count: Int
    private let gates: GateTable

    init(_ view: ZonePlanView) {
        var numbers: [Int] = []
        var programs: [UnsafeRawBufferPointer] = []
        for number in 0..<view.ruleCount {
            let rule = view.rule(number)
            guard rule.kind == .limit, let row = rule.limit, let program = row.counting, !row.countsAtResponse else {
                continue
            }
            numbers.append(number)
            programs.append(view.program(program))
        }
        count = numbers.count
        rules = .allocate(capacity: max(count, 1))
        rules.initialize(from: numbers, count: count)
        // A request has one place to stand in at a time, and that is the rules'.
        gates = GateTable(programs, directoryFrom: .max)
    }

    deinit { rules.deallocate() }

    /// The first rule from `start` on, below `end`, that may count the request; `end` when there is none.
    func next(_ start: Int, _ end: Int, _ fields: borrowing FieldTable) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low &+ high) / 2
            if rules[middle] < start { low = middle &+ 1 } else { high = middle }
        }
        let place = gates.next(low, count, fields)
        return place < count ? min(rules[place], end) : end
    }
}
