import EdgeModel
import EdgePlan
import TestKit

/// The difference of two large versions, in this process: matching rules by name, finding the moved ones and comparing
/// what is left by meaning.
struct DiffBenchmark: Benchmark {
    static let title = "diff of large versions"
    let rules: Int
    let rounds: Int

    init(rules: Int = 10_000, rounds: Int = 30) {
        self.rules = max(1_000, rules)
        self.rounds = max(3, rounds)
    }

    func rows() async throws -> [Row] {
        let old = try RuleSet.configuration(rules: rules)
        let changed = Self.changed(old)
        let rewritten = Self.rewritten(old)
        var (times, notation): ([Double], [Double]) = ([], [])
        var summary = ""
        // The first round is for the caches.
        for round in 0...rounds {
            let (diff, time) = Self.time(old, changed)
            guard !diff.isEmpty else { throw Unexpected(summary: diff.summary) }
            summary = diff.summary
            if round > 0 { times.append(time) }
            guard round > 0, round <= max(3, rounds / 6) else { continue }
            let (same, long) = Self.time(old, rewritten)
            guard same.isEmpty else { throw Unexpected(summary: same.summary) }
            notation.append(long)
        }
        let (samples, slow) = (Samples(times), Samples(notation))
        return [
            Row(
                what: "diff of two versions of \(rules) rules",
                measured: "median \(Figure.short(samples.median)) ms, p95 \(Figure.short(samples.quantile(0.95))) ms",
                aim: "≤ 50 ms", holds: samples.median <= 50,
                figures: samples.figures("diff", "ms").merging(slow.figures("diff_of_notation", "ms")) { first, _ in
                    first
                },
                notes: [
                    "in process, one thread, median of \(rounds); \(summary)",
                    "the worst case, every expression written in another way and nothing changed: "
                        + "\(Figure.short(slow.median)) ms, which is reading \(2 * rules) expressions",
                ])
        ]
    }

    struct Unexpected: Error {
        let summary: String
    }

    @inline(never)
    private static func time(_ old: Configuration, _ new: Configuration) -> (ConfigurationDiff, Double) {
        let start = Monotonic.nanoseconds()
        let diff = ConfigurationDiff(from: old, to: new)
        return (diff, Double(Monotonic.nanoseconds() - start) / 1e6)
    }

    /// Of every hundred rules one changed, one rewritten, one taken away, one new and one moved.
    private static func changed(_ old: Configuration) -> Configuration {
        var new = old
        for phase in Phase.allCases {
            var rules: [Rule] = []
            for (index, rule) in old.rules(in: phase).enumerated() {
                var rule = rule
                switch index % 100 {
                case 10: rule.expression = "(\(rule.expression)) and http.host ne \"other.example\""
                case 30: rule.expression = "(\(rule.expression))"
                case 50: continue
                case 70:
                    rules.append(rule)
                    rule.ref += "-new"
                case 90:
                    rules.insert(rule, at: max(0, rules.count - 40))
                    continue
                default: break
                }
                rules.append(rule)
            }
            new.rules[phase] = rules.isEmpty ? nil : rules
        }
        return new
    }

    private static func rewritten(_ old: Configuration) -> Configuration {
        var new = old
        for (phase, rules) in old.rules {
            new.rules[phase] = rules.map { rule in
                var rule = rule
                // A bare constant stands alone in this language.
                if rule.expression != "true" { rule.expression = "(\(rule.expression))" }
                return rule
            }
        }
        return new
    }
}
