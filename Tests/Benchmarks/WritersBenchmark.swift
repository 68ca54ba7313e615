import Synchronization
import TestKit

/// Promotions by four processes at once on one store: each deployment that a command reports is in the journal once,
/// the journal holds no other, and each begins where the one before it ended.
///
/// All four promote and roll back the same application, so that they meet in every transaction. A command that comes
/// too late is refused (75, or 77 when there is nothing left to do), is not counted and the other direction comes next.
struct WritersBenchmark: Benchmark {
    static let title = "four writers on one store"
    static let writers = 4
    let promotions: Int

    init(promotions: Int = 1_000) { self.promotions = max(Self.writers, promotions) }

    private struct Outcome: Sendable {
        var ids: [Int] = []
        var refused = 0
        var unexpected: [String] = []
    }

    /// What the journal says of a deployment.
    private struct Entry {
        let id: Int
        let from: Int?
        let to: Int?
    }

    func rows() async throws -> [Row] {
        let edge = try await EdgeScenario.prepared()
        try await edge.signalbox("env", "assign", "staging", "shop@1", "--accept-warnings", "--yes", "--no-wait")
        try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes", "--no-wait")
        try await edge.prepareRelease(options: ["--no-wait"])
        let before = Set(try await journal(edge).map(\.id))
        let left = Left(promotions)
        let start = Monotonic.nanoseconds()
        let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for _ in 0..<Self.writers { group.addTask { try await Self.write(edge, left) } }
            return try await group.reduce(into: [Outcome]()) { $0.append($1) }
        }
        let seconds = Double(Monotonic.nanoseconds() - start) / 1e9
        let all = try await journal(edge)
        let verified = try await edge.attempt("audit", "verify")
        await edge.stop()
        return [
            row(outcomes, journal: all.filter { !before.contains($0.id) }, isIntact: verified.status == 0, seconds)
        ]
    }

    /// Promotions that are still wanted.
    private final class Left: Sendable {
        private let count: Atomic<Int>
        init(_ count: Int) { self.count = Atomic(count) }
        var isAny: Bool { count.load(ordering: .relaxed) > 0 }
        func take() { count.wrappingSubtract(1, ordering: .relaxed) }
    }

    private static func write(_ edge: EdgeScenario, _ left: Left) async throws -> Outcome {
        var outcome = Outcome()
        var isPromotion = true
        while left.isAny {
            let verb = isPromotion ? ["promote", "shop"] : ["rollback", "shop", "--to", "1", "--reason", "benchmark"]
            let answer = try await edge.attempt(
                verb + ["--accept-warnings", "--yes", "--no-wait", "--output", "json", "--quiet"])
            switch answer.status {
            case 0:
                left.take()
                if let id = answer.json["deployment"]["id"].int { outcome.ids.append(id) }
            case 75, 77: outcome.refused += 1
            default: outcome.unexpected.append(answer.errors)
            }
            isPromotion.toggle()
            if outcome.unexpected.count > 20 { break }
        }
        return outcome
    }

    /// Production's deployments, oldest first.
    private func journal(_ edge: EdgeScenario) async throws -> [Entry] {
        let answer = try await edge.signalbox(["history", "production", "--last", "100000", "--output", "json"])
        return answer.json.elements.compactMap { entry in
            entry["id"].int.map { Entry(id: $0, from: entry["change"]["from"].int, to: entry["change"]["to"].int) }
        }.sorted { $0.id < $1.id }
    }

    private func row(_ outcomes: [Outcome], journal: [Entry], isIntact: Bool, _ seconds: Double) -> Row {
        let reported = outcomes.flatMap(\.ids)
        let (kept, told) = (Set(journal.map(\.id)), Set(reported))
        let lost = told.subtracting(kept).count
        let doubled = reported.count - told.count + kept.subtracting(told).count + journal.count - kept.count
        let breaks = zip(journal, journal.dropFirst()).count { $0.to != $1.from }
        let unexpected = outcomes.flatMap(\.unexpected)
        let refused = outcomes.reduce(0) { $0 + $1.refused }
        return Row(
            what: "\(promotions) promotions by \(Self.writers) processes, one store",
            measured: "\(lost) lost, \(doubled) doubled of \(reported.count)", aim: "0 lost, 0 doubled",
            holds: lost == 0 && doubled == 0 && breaks == 0 && unexpected.isEmpty && isIntact,
            figures: [
                "promotions": Double(reported.count), "lost": Double(lost), "doubled": Double(doubled),
                "out_of_order": Double(breaks), "refused": Double(refused), "errors": Double(unexpected.count),
                "seconds": seconds, "commands_a_second": Double(reported.count + refused) / seconds,
            ],
            notes: [
                "four processes at a time promote and roll back one application without serve; \(refused) commands came too late and were refused (75 or 77)",
                "lost: reported as committed and not in the journal; doubled: twice in either, or in the journal and reported by nobody",
                "\(breaks) deployments do not begin where the one before ended; journal and audit are \(isIntact ? "intact" : "NOT intact")",
                "\(Figure.short(Double(reported.count + refused) / seconds)) commands a second, \(Figure.short(seconds)) s",
            ] + unexpected.prefix(3).map { "unexpected: \($0.prefix(300))" })
    }
}
