import EdgeEngine
import EdgeModel
import EdgePlan
import Glibc
import RulesLanguage
import RulesLint
import TestKit

/// A version of many rules on its way from text to the edge: each step with its time, its memory, and how both grow with
/// the number of rules.
struct LargeVersionBenchmark: Benchmark {
    static let title = "versions of many rules"
    let counts: [Int]
    let rounds: Int

    init(quick: Bool) {
        counts = quick ? [100, 1_000] : [100, 1_000, 10_000]
        rounds = quick ? 2 : 7
    }

    enum Step: String, CaseIterable {
        case parse, check, lint, plan, render, accept

        var text: String {
            switch self {
            case .parse: "parse: the document and every expression"
            case .check: "check: findings of the version"
            case .lint: "lint: findings with proofs"
            case .plan: "plan: the whole edge's"
            case .render: "render: the plan's bytes"
            case .accept: "accept: verified and indexed in the module"
            }
        }
    }

    /// What the steps hand on.
    private struct Stage {
        let text: String
        let configuration: Configuration
        let snapshot: EdgeSnapshot
        let plan: EdgePlan
        let bytes: [UInt8]
    }

    private struct Cost {
        var milliseconds: Samples
        var megabytes: Double
    }

    func rows() async throws -> [Row] {
        var costs: [Step: [Int: Cost]] = [:]
        for count in counts {
            let text = RuleSet.text(rules: count, origin: HostPort("127.0.0.1", 9))
            let document = try RuleSet.document(text)
            let snapshot = RuleSet.snapshot(document)
            let plan = try RuleSet.plan(snapshot)
            let stage = Stage(
                text: text, configuration: document.configuration, snapshot: snapshot, plan: plan,
                bytes: ZonePlanEncoder.encode(plan.production.zones[0]))
            for step in Step.allCases {
                Progress.say("  \(step.rawValue), \(count) rules")
                costs[step, default: [:]][count] = try cost(step, stage)
            }
        }
        return Step.allCases.map { row($0, costs[$0] ?? [:]) }
    }

    private func cost(_ step: Step, _ stage: Stage) throws -> Cost {
        var times: [Double] = []
        let peak = try PeakMemory.megabytes { try Self.run(step, stage) }
        for _ in 0..<rounds {
            let start = Clocks.ownThread()
            try Self.run(step, stage)
            times.append(Double(Clocks.ownThread() - start) / 1e6)
        }
        return Cost(milliseconds: Samples(times), megabytes: peak)
    }

    @inline(never)
    private static func run(_ step: Step, _ stage: Stage) throws {
        let done: Bool
        switch step {
        case .parse:
            let configuration = try RuleSet.document(stage.text).configuration
            done = try configuration.rules.values.allSatisfy { rules in
                try rules.allSatisfy { try !Parser().parse($0.expression).canonical.isEmpty }
            }
        case .check:
            var compiler = ConfigurationCompiler(stage.snapshot.zones[0].content)
            done = compiler.compile().phases.count > 0 && !compiler.findings.contains { $0.severity == .error }
        case .lint:
            let findings = ConfigurationLint.findings(
                stage.configuration, label: "zone bench.example", hosts: ["bench.example"], now: 0)
            done = !findings.contains { $0.severity == .error }
        case .plan: done = PlanCompiler.compile(stage.snapshot).0 == stage.plan
        case .render: done = ZonePlanEncoder.encode(stage.plan.production.zones[0]) == stage.bytes
        case .accept:
            done = try stage.bytes.withUnsafeBytes { bytes throws in try AcceptedPlan(bytes).view.ruleCount > 0 }
        }
        guard done else { throw Unexpected(step: step.rawValue) }
    }

    struct Unexpected: Error {
        let step: String
    }

    private func row(_ step: Step, _ costs: [Int: Cost]) -> Row {
        var figures: [String: Double] = [:]
        var texts: [String] = []
        for count in counts {
            guard let cost = costs[count] else { continue }
            figures.merge(cost.milliseconds.figures("\(step.rawValue)_\(count)", "ms")) { first, _ in first }
            figures["\(step.rawValue)_\(count)_peak_mb"] = cost.megabytes
            texts.append(
                "\(count): \(Figure.short(cost.milliseconds.median)) ms, \(Figure.short(cost.megabytes)) MB")
        }
        let first = costs[counts.first ?? 0]?.milliseconds.median ?? .nan
        let last = costs[counts.last ?? 0]?.milliseconds.median ?? .nan
        let times = Double(counts.last ?? 1) / Double(counts.first ?? 1)
        let growth = last / first / times
        figures["\(step.rawValue)_growth_over_linear"] = growth
        return Row(
            what: step.text, measured: texts.joined(separator: "; "), aim: "linear or better: ≤ × 1.5",
            holds: growth <= 1.5, ratio: growth, figures: figures,
            notes: [
                "processor time of one thread, median of \(rounds); the most memory in use beyond what was before, "
                    + "in a first run",
                "memory is resident memory: what a step takes of pieces that were free before is not seen, so that the "
                    + "figures are lower bounds",
                "the ratio: growth of time over growth of rules, from \(counts.first ?? 0) to \(counts.last ?? 0)",
            ])
    }
}

/// The most memory that a piece of work has resident beyond what the process had before.
enum PeakMemory {
    static func megabytes(_ work: () throws -> Void) throws -> Double {
        returnFreeMemory()
        // Makes the kernel's high-water mark what is resident now.
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        let before = kilobytes("VmHWM:")
        try work()
        return max(0, kilobytes("VmHWM:") - before) / 1_024
    }

    /// Glibc's `malloc_trim`, which Swift's module leaves out: else work would fill what earlier work left.
    private static func returnFreeMemory() {
        typealias Trim = @convention(c) (Int) -> Int32
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
    }

    private static func kilobytes(_ name: String) -> Double {
        let line = ProcFile.text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) } ?? 0
    }
}
