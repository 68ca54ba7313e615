import EdgeEngine
import Synchronization
import Testing

/// What whoever counts must say, on a clock of the tests' own.
@Suite("Counting for rate limits")
struct LimitTableTests {
    private static let start: Int64 = 1_700_000_040_000

    private func ask(
        _ port: LimitPort, key: UInt64 = 7, at now: Int64, limit: Int64 = 3, period: Int64 = 10_000,
        mitigation: Int64 = 0, counts: Bool = true, acts: Bool = true
    ) -> LimitQuestion {
        var question = LimitQuestion(
            key: key, now: Self.start + now, period: period, requests: limit, mitigation: mitigation, counts: counts,
            acts: acts)
        port.ask(&question)
        return question
    }

    @Test("As many as the limit pass in a window, the next one is told when to come", arguments: LimitCounting.allCases)
    func limit(_ counting: LimitCounting) {
        counting.with { port in
            #expect((0..<5).map { _ in ask(port, at: 0).isOver } == [false, false, false, true, true])
            // 3 in the window before count as 2 when a third of the next window is over.
            #expect(ask(port, at: 9_000).wait == 1_000 + 3_334)
            #expect(ask(port, at: 13_333).isOver)
            #expect(!ask(port, at: 13_334).isOver)
            #expect(ask(port, at: 13_334).isOver)
            #expect(!ask(port, at: 30_000).isOver)
        }
    }

    @Test("Keys do not influence each other", arguments: LimitCounting.allCases)
    func keys(_ counting: LimitCounting) {
        counting.with { port in
            for _ in 0..<9 { _ = ask(port, key: 1, at: 0) }
            #expect(!ask(port, key: 2, at: 0).isOver)
            // Keys of the same set.
            #expect(!ask(port, key: 1 + 64, at: 0).isOver)
            #expect(ask(port, key: 1, at: 0).isOver)
        }
    }

    @Test("A mitigation lasts from the first request too many, not from the last", arguments: LimitCounting.allCases)
    func mitigation(_ counting: LimitCounting) {
        counting.with { port in
            for _ in 0..<3 { #expect(!ask(port, at: 0, mitigation: 60_000).isOver) }
            #expect(ask(port, at: 1_000, mitigation: 60_000).wait == 60_000)
            #expect(ask(port, at: 60_999, mitigation: 60_000).wait == 1)
            #expect(!ask(port, at: 61_000, mitigation: 60_000).isOver)
        }
    }

    @Test("A clock that is set back does not lengthen a mitigation", arguments: LimitCounting.allCases)
    func clock(_ counting: LimitCounting) {
        counting.with { port in
            for _ in 0..<4 { _ = ask(port, at: 3_600_000, mitigation: 60_000) }
            #expect(ask(port, at: 3_600_000, mitigation: 60_000).isOver)
            #expect(!ask(port, at: 0, mitigation: 60_000).isOver)
        }
    }

    @Test("What is only counted is never refused, and counts", arguments: LimitCounting.allCases)
    func onlyCounted(_ counting: LimitCounting) {
        counting.with { port in
            for _ in 0..<9 { #expect(!ask(port, at: 0, acts: false).isOver) }
            #expect(ask(port, at: 0, counts: false).isOver)
        }
        counting.with { port in
            for _ in 0..<9 { #expect(!ask(port, at: 0, counts: false).isOver) }
            #expect(!ask(port, at: 0).isOver)
        }
    }

    @Test("The table says what the ledger says", arguments: [1, 2, 3, 4] as [UInt64])
    func model(_ seed: UInt64) {
        var random = SystemlessGenerator(seed)
        let ledger = LimitLedger()
        let table = LimitTable(sets: 256)
        let limits: [(period: Int64, requests: Int64, mitigation: Int64)] = [
            (1_000, 1, 0), (1_000, 5, 3_000), (10_000, 20, 0), (7_000, 3, 1_000), (60_000, 2, 120_000),
        ]
        var now: Int64 = 0
        var refused = 0
        for step in 0..<60_000 {
            if random.below(4) == 0 { now += Int64(random.below(random.below(400) == 0 ? 40_000 : 60)) }
            let limit = random.below(limits.count)
            let kind = random.below(8)
            // Five keys to a set: nothing is forgotten.
            let key = UInt64(limit) << 32 | UInt64(random.below(10))
            var (one, other) = (
                LimitQuestion(
                    key: key &* 0x9E37_79B9_7F4A_7C15, now: Self.start + now, period: limits[limit].period,
                    requests: limits[limit].requests, mitigation: limits[limit].mitigation, counts: kind != 0,
                    acts: kind != 1), LimitQuestion(key: 0, now: 0, period: 1, requests: 1)
            )
            other = one
            ledger.answer(&one)
            table.port.ask(&other)
            if one.isOver { refused += 1 }
            guard one.isOver == other.isOver, one.wait == other.wait else {
                Issue.record("seed \(seed), step \(step): ledger \(one), table \(other)")
                return
            }
        }
        #expect(refused > 3_000 && refused < 57_000)
    }

    @Test("A full set gives up the key with the fewest requests, and lets whoever was forgotten through")
    func eviction() {
        let table = LimitTable(sets: 1)
        for key in 1...5 as ClosedRange<UInt64> {
            for _ in 0..<Int(key) { #expect(!ask(table.port, key: key, at: 0, limit: 5).isOver) }
        }
        #expect(ask(table.port, key: 5, at: 1, limit: 5).isOver)
        for key in 100..<200 as Range<UInt64> { #expect(!ask(table.port, key: key, at: 2, limit: 5).isOver) }
        #expect(ask(table.port, key: 5, at: 3, limit: 5).isOver)
        #expect(!ask(table.port, key: 4, at: 3, limit: 5).isOver)
        #expect(ask(table.port, key: 4, at: 3, limit: 5).isOver)
        // Slots that say nothing any more go first, whatever they counted.
        for key in 300..<305 as Range<UInt64> { #expect(!ask(table.port, key: key, at: 40_000, limit: 5).isOver) }
        #expect(!ask(table.port, key: 5, at: 40_001, limit: 5).isOver)
    }

    @Test("Threads that ask at once for keys of one set get exactly as many through as the limit says")
    func threads() async {
        let table = SharedTable(sets: 1)
        let passed = (0..<4).map { _ in PassCount() }
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for round in 0..<20_000 {
                        let key = round & 3
                        var question = LimitQuestion(
                            key: UInt64(key) &+ 1, now: Self.start, period: 10_000, requests: 1_000)
                        table.table.port.ask(&question)
                        if !question.isOver { passed[key].count.wrappingAdd(1, ordering: .relaxed) }
                    }
                }
            }
        }
        #expect(passed.map { $0.count.load(ordering: .relaxed) } == [1_000, 1_000, 1_000, 1_000])
    }

    @Test("Threads that push each other's keys out never refuse anybody who asks for the first time")
    func churn() async {
        let table = SharedTable(sets: 2)
        let refused = PassCount()
        await withTaskGroup { group in
            for thread in 0..<8 {
                group.addTask {
                    for round in 0..<20_000 {
                        var question = LimitQuestion(
                            key: UInt64(thread * 1_000_000 + round + 1), now: Self.start, period: 10_000, requests: 2)
                        table.table.port.ask(&question)
                        if question.isOver { refused.count.wrappingAdd(1, ordering: .relaxed) }
                    }
                }
            }
        }
        #expect(refused.count.load(ordering: .relaxed) == 0)
    }
}

private final class SharedTable: Sendable {
    let table: LimitTable
    init(sets: Int) { table = LimitTable(sets: sets) }
}

private final class PassCount: Sendable {
    let count = Atomic<Int>(0)
}

/// xorshift64*, so that a failure can be repeated.
private struct SystemlessGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}
