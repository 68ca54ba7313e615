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
    let messages: Int
    let rounds: Int
    static let rules = 10_000

    init(quick: Bool) {
        messages = quick ? 500 : 3_000
        rounds = quick ? 2 : 7
    }

    func rows() async throws -> [Row] {
        guard PostfixInstance.isPossible else {
            return [Row(what: "mail", measured: "not measured: no Postfix here, or this is not root")]
        }
        let lab = try await MailBenchLab(rules: Self.rules)
        var rows = [try await throughput(lab)]
        rows.append(try await lookups(lab))
        await lab.stop()
        return rows + [try memory()]
    }

    private func throughput(_ lab: MailBenchLab) async throws -> Row {
        var rates: [MailBenchLab.Variant: [Double]] = [:]
        var sessions: [MailBenchLab.Variant: [Double]] = [:]
        for round in 0...rounds {
            for variant in MailBenchLab.Variant.allCases {
                Progress.say("  round \(round), \(variant.rawValue)")
                let rate = try await lab.send(messages, through: variant)
                let times = try await lab.sessions(50, through: variant)
                // The first round makes the processes.
                if round > 0 {
                    rates[variant, default: []].append(rate)
                    sessions[variant, default: []] += times
                }
            }
        }
        let ours = Samples(rates[.rules] ?? [])
        let peer = Samples(rates[.hash] ?? [])
        let pairs = zip(rates[.rules] ?? [], rates[.hash] ?? []).map { $0 / $1 }
        let share = Samples(pairs).median
        let (latency, peerLatency) = (Samples(sessions[.rules] ?? []), Samples(sessions[.hash] ?? []))
        return Row(
            what: "mail through Postfix, \(Self.rules) rules",
            measured: "\(Figure.short(ours.median)) messages/s, session \(Figure.short(latency.median)) ms",
            aim: "≥ 0.9 of static maps", holds: share >= 0.9,
            beside: "hash maps \(Figure.short(peer.median)) messages/s, \(Figure.short(peerLatency.median)) ms",
            ratio: peer.median / ours.median,
            figures: ours.figures("rules", "per_s").merging(peer.figures("hash", "per_s")) { a, _ in a }
                .merging(latency.figures("rules_session", "ms")) { a, _ in a }
                .merging(peerLatency.figures("hash_session", "ms")) { a, _ in a }
                .merging(["mail_share_of_static": share]) { a, _ in a },
            notes: [
                "smtp-source -s 10 -l 2048 to a Postfix of its own, smtp-sink behind it; from the first byte to the last "
                    + "message that left the queue; rounds interleaved, the share is the median of pairs",
                "the endpoints, the reader of the log and both Postfixes share this machine's processors with the load",
            ])
    }

    private func lookups(_ lab: MailBenchLab) async throws -> Row {
        let seconds = 1.0
        var rates: [Double] = []
        for _ in 0..<rounds { rates.append(try await lab.decisions(for: seconds, connections: 2)) }
        var maps: [Double] = []
        for _ in 0..<rounds { maps.append(try await lab.lookups(for: seconds, connections: 2)) }
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
