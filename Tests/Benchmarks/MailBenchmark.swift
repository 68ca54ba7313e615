import ArgumentParser
import EdgeModel
import FoundationEssentials
import Glibc
import Logging
import MailRouting
import PostfixEndpoints
import Synchronization
import TestKit
import WebTransport

/// Mail through a real Postfix, from `smtp-source` to `smtp-sink`, once with static hash maps and once with the endpoints
/// and as many rules; then the endpoints alone, and the memory of a large plan.
struct MailBenchmark: Benchmark {
    static let title = "mail through Postfix"
    enum Part: String, CaseIterable, ExpressibleByArgument { case postfix, endpoint, memory }

    /// Of each round; short rounds, and many of them, so that what else the machine does falls on both alike.
    let messages: Int
    let rounds: Int
    let parts: Set<Part>
    static let rules = 10_000

    /// - Parameter only: nil: all parts.
    init(quick: Bool, only: Part? = nil) {
        messages = quick ? 500 : 1_500
        rounds = quick ? 2 : 14
        parts = only.map { [$0] } ?? Set(Part.allCases)
    }

    func rows() async throws -> [Row] {
        guard PostfixInstance.isPossible else {
            return [Row(what: "mail", measured: "not measured: no Postfix here, or this is not root")]
        }
        var rows: [Row] = []
        if parts != [.memory] {
            let lab = try await MailBenchLab(rules: Self.rules)
            if parts.contains(.postfix) { rows.append(try await throughput(lab)) }
            if parts.contains(.endpoint) { rows.append(try await lookups(lab)) }
            await lab.stop()
        }
        return parts.contains(.memory) ? rows + [try memory()] : rows
    }

    private func throughput(_ lab: MailBenchLab) async throws -> Row {
        var runs: [MailBenchLab.Variant: [MailBenchLab.Run]] = [:]
        var sessions: [MailBenchLab.Variant: [Double]] = [:]
        for round in 0...rounds {
            // Each goes first as often as the other.
            let order = MailBenchLab.Variant.allCases
            for variant in round.isMultiple(of: 2) ? order : order.reversed() {
                Progress.say("  round \(round), \(variant.rawValue)")
                let run = try await lab.send(messages, through: variant)
                let times = try await lab.sessions(50, through: variant)
                // The first round makes the processes.
                if round > 0 {
                    runs[variant, default: []].append(run)
                    sessions[variant, default: []] += times
                }
            }
        }
        let (own, fixed) = (runs[.rules] ?? [], runs[.hash] ?? [])
        func median(_ runs: [MailBenchLab.Run], _ part: (MailBenchLab.Run) -> Double) -> Double {
            Samples(runs.map(part)).median
        }
        let shares = Samples(zip(own, fixed).map { $0.rate / $1.rate })
        let share = shares.median
        let postfix = (median(own, \.postfix), median(fixed, \.postfix))
        let endpoints = max(0, median(own, \.own) - median(fixed, \.own))
        let (rate, peerRate) = (median(own, \.rate), median(fixed, \.rate))
        let (latency, peerLatency) = (Samples(sessions[.rules] ?? []), Samples(sessions[.hash] ?? []))
        return Row(
            what: "mail through Postfix, \(Self.rules) rules",
            measured: "\(Figure.short(rate)) messages/s, session \(Figure.short(latency.median)) ms",
            aim: "≥ 0.9 of static maps", holds: share >= 0.9,
            beside: "hash maps \(Figure.short(peerRate)) messages/s, \(Figure.short(peerLatency.median)) ms",
            ratio: peerRate / rate,
            figures: Samples(own.map(\.rate)).figures("rules", "per_s")
                .merging(Samples(fixed.map(\.rate)).figures("hash", "per_s")) { a, _ in a }
                .merging(latency.figures("rules_session", "ms")) { a, _ in a }
                .merging(peerLatency.figures("hash_session", "ms")) { a, _ in a }
                .merging([
                    "mail_share_of_static": share, "mail_rules_postfix_cpu_ms": postfix.0,
                    "mail_hash_postfix_cpu_ms": postfix.1, "mail_rules_endpoints_cpu_ms": endpoints,
                ]) { a, _ in a },
            notes: [
                "smtp-source -s 10 -l 2048 to a Postfix of its own, smtp-sink behind it; from the first byte to the last "
                    + "message that left the queue; \(rounds) rounds of \(messages) messages each, interleaved",
                "share of static maps: \(Figure.short(share)) ± \(Figure.short(shares.spread)) "
                    + "(median of pairs of rounds, half the distance of the quartiles)",
                "the endpoints, the reader of the log, its ledger and both Postfixes share this machine's processors with "
                    + "the load",
                "processor time a message: Postfix \(Figure.short(postfix.0)) ms and the endpoints with the ledger "
                    + "\(Figure.short(endpoints)) ms; Postfix with hash maps \(Figure.short(postfix.1)) ms "
                    + "(share \(Figure.short(postfix.1 / (postfix.0 + endpoints))))",
            ])
    }

    private func lookups(_ lab: MailBenchLab) async throws -> Row {
        let seconds = 1.0
        var rates: [Double] = []
        let times = min(rounds, 7)
        for _ in 0..<times { rates.append(try await lab.decisions(for: seconds, connections: 2)) }
        var maps: [Double] = []
        for _ in 0..<times { maps.append(try await lab.lookups(for: seconds, connections: 2)) }
        let (decisions, lookups) = (Samples(rates), Samples(maps))
        return Row(
            what: "decisions of the endpoint alone",
            measured: "\(Figure.short(decisions.median))/s at the recipient, \(Figure.short(lookups.median)) aliases/s",
            figures: decisions.figures("decisions", "per_s").merging(lookups.figures("aliases", "per_s")) { a, _ in a },
            notes: ["two connections of a blocking client over the unix sockets, one question at a time on each"])
    }

    private func memory() throws -> Row {
        let count = 100_000
        let before = Self.resident()
        let plan = try MailBenchLab.plan(rules: count)
        let bytes = Self.resident() - before
        let isThere = withExtendedLifetime(plan) { plan.domain("edge.test") != nil }
        return Row(
            what: "memory of \(count) mail rules",
            measured: "\(Figure.short(Double(bytes) / 1_024)) MB" + (isThere ? "" : " (no plan)"),
            figures: ["mail_rules_100000_kB": Double(bytes)],
            notes: [
                "growth of the resident memory of this process while the plan is made, the rules' own text included"
            ])
    }

    private static func resident() -> Int {
        let line = ProcFile.text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
