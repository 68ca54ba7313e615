import FoundationEssentials
import TestKit
import Testing

/// A request is answered by Envoy with our module exactly as the engine says that it is.
@Suite("The edge and the engine agree", .serialized)
struct DifferentialTests {
    /// Sets of rules after which what did not happen yet is taken for impossible.
    static let most = 60

    @Test(
        "A quarter of the full size: 5,000 random requests, every action, field and function, every broken evaluator caught"
    )
    func agree() async throws {
        let run = try await Self.run(requests: 200) { run in
            run.requests >= 5_000 && run.coverage.short(of: 50).isEmpty && run.caught.count == BrokenEvaluator.all.count
        }
        print(run.coverage.table)
        let caught = run.caught.sorted { $0.value < $1.value }.map { "\($0.key) (request \($0.value))" }
        print("broken evaluators caught:\n  \(caught.joined(separator: "\n  "))")
        print("\(run.requests) requests, \(run.mismatches.count) mismatches")
        #expect(run.requests >= 5_000)
        #expect(run.mismatches.count == 0, "\(Self.report(run.mismatches))")
        #expect(run.recorderDisagreements == 0)
        #expect(run.coverage.short(of: 50) == [])
        let missed = BrokenEvaluator.all.map(\.name).filter { run.caught[$0] == nil }
        #expect(missed == [])
    }

    /// Goes on until `isEnough`, at most for so many sets of rules.
    /// - Parameter requests: for one set of rules.
    static func run(
        rounds: Int = most, requests: Int, until isEnough: (DifferentialRun) -> Bool = { _ in false }
    ) async throws -> DifferentialRun {
        let edge = try await LabEdge.start()
        let run = DifferentialRun(edge: edge, generator: .announced("differential test"))
        do {
            for round in 0..<rounds where !isEnough(run) { try await run.round(round, requests: requests) }
        } catch {
            await edge.stop()
            throw error
        }
        await edge.stop()
        return run
    }

    /// One example of each kind of difference, the most frequent first.
    static func report(_ mismatches: [DifferentialRun.Mismatch]) -> String {
        func kind(_ difference: String) -> String { String(difference.prefix { $0 != ":" }) }
        let kinds = Dictionary(grouping: mismatches) { Set($0.differences.map(kind)).sorted().joined(separator: ", ") }
        return kinds.sorted { $0.value.count > $1.value.count }.prefix(40).map { kind, list in
            "\n\(list.count) differ in \(kind); the first:\n\(list[0])"
        }.joined(separator: "\n")
    }
}

/// The full size: `make soak`.
@Suite(
    "Soak: the edge and the engine agree", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"] != nil, "set SIGNALBOX_SOAK=1"))
struct DifferentialSoak {
    @Test("20,000 random requests over 500 sets of rules, every action, field and function fifty times both ways")
    func soak() async throws {
        let run = try await DifferentialTests.run(rounds: 500, requests: 40)
        print(run.coverage.table)
        print("\(run.requests) requests over 500 sets of rules, \(run.mismatches.count) mismatches")
        #expect(run.requests == 20_000)
        #expect(run.mismatches.count == 0, "\(DifferentialTests.report(run.mismatches))")
        #expect(run.recorderDisagreements == 0)
        #expect(run.coverage.short(of: 50) == [])
    }
}
