import EdgeEngine
import EdgePlan
import RulesLanguage
import TestKit

/// The engine alone, in this process: a whole decision with its response rules, without Envoy around it.
struct EngineBenchmark {
    let rounds: Int
    private static let counts = [0, 10, 200, 2_000]
    private static let decisions = 5_000

    func row() throws -> Row {
        var nanoseconds: [[Double]] = Self.counts.map { _ in [] }
        for round in 0...rounds {
            for (index, count) in Self.counts.enumerated() {
                let time = try Self.time(rules: count)
                if round > 0 { nanoseconds[index].append(time) }
            }
        }
        let samples = nanoseconds.map { Samples($0) }
        var figures: [String: Double] = [:]
        for (count, values) in zip(Self.counts, samples) {
            figures.merge(values.figures("decision_\(count)_rules", "ns")) { first, _ in first }
        }
        let text = zip(Self.counts, samples).map { "\($0) rules \(Figure.short($1.median)) ns" }
        return Row(
            what: "the engine alone, a decision", measured: text.joined(separator: ", "), figures: figures,
            notes: [
                "request and response phases of one request in process, processor time of one thread; \(Self.decisions) decisions a round, median of \(rounds) rounds",
                "the request's 9 headers; 1 rule of 10 holds, and 4 of 200 and of 2,000",
            ])
    }

    /// Nanoseconds a decision.
    private static func time(rules count: Int) throws -> Double {
        let plan = try RuleSet.plan(rules: count, origin: HostPort("127.0.0.1", 9))
        let accepted = try AcceptedPlan(plan.production.zones[0])
        var workspace = Workspace()
        let texts = RequestTexts()
        let request = texts.request
        let response = ResponsePicture(status: 200, headers: texts.responseHeaders)
        var edits = 0
        for _ in 0..<200 { run(accepted, request, response, &workspace, &edits) }
        let start = Clocks.ownThread()
        for _ in 0..<decisions { run(accepted, request, response, &workspace, &edits) }
        let end = Clocks.ownThread()
        // The version header and one rule of every fifty; otherwise something else was measured.
        guard edits == (decisions + 200) * (1 + RuleSet.holding(of: count)) else {
            throw Unexpected(edits: edits, rules: count)
        }
        return Double(end - start) / Double(decisions)
    }

    @inline(never)
    private static func run(
        _ plan: borrowing AcceptedPlan, _ request: RequestPicture, _ response: ResponsePicture,
        _ workspace: inout Workspace, _ edits: inout Int
    ) {
        EdgeEngine.decide(plan, request, &workspace)
        EdgeEngine.respond(plan, request, response, &workspace)
        edits &+= workspace.decision.responseEdits.count
    }

    struct Unexpected: Error {
        let edits: Int
        let rules: Int
    }
}

/// A browser's request in memory that stays where it is while this value lives.
private final class RequestTexts {
    private var buffers: [UnsafeMutableRawBufferPointer] = []
    private var tables: [UnsafeMutableBufferPointer<FieldTable.Pair>] = []

    deinit {
        for buffer in buffers { buffer.deallocate() }
        for table in tables { table.deallocate() }
    }

    private func bytes(_ text: String) -> UnsafeRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, text.utf8.count), alignment: 1)
        copy.copyBytes(from: text.utf8)
        buffers.append(copy)
        return UnsafeRawBufferPointer(rebasing: copy[..<text.utf8.count])
    }

    private func table(_ headers: [(String, String)]) -> UnsafeBufferPointer<FieldTable.Pair> {
        let pairs = UnsafeMutableBufferPointer<FieldTable.Pair>.allocate(capacity: headers.count)
        _ = pairs.initialize(from: headers.map { FieldTable.Pair(key: bytes($0), value: bytes($1)) })
        tables.append(pairs)
        return UnsafeBufferPointer(pairs)
    }

    var request: RequestPicture {
        RequestPicture(
            method: bytes("GET"), authority: bytes(RuleSet.host), path: bytes("/c/shoes/42?page=2"),
            headers: table([
                (":authority", RuleSet.host), (":path", "/c/shoes/42?page=2"), (":method", "GET"), (":scheme", "http"),
                ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"),
                ("accept", "text/html,application/xhtml+xml"), ("accept-language", "de,en;q=0.8"),
                ("cookie", "session=8f3c; theme=dark"), ("x-request-id", "2d2f7f1e-5a0e-4a53-8f7e-6c1f6b6d3c11"),
            ]),
            clientAddress: IPAddress("127.0.0.1"), destinationAddress: IPAddress("127.0.0.10"), destinationPort: 8080,
            isTLS: false, protocolVersion: bytes("HTTP/1.1"), seconds: 1_795_262_400, milliseconds: 250)
    }

    var responseHeaders: UnsafeBufferPointer<FieldTable.Pair> {
        table([
            (":status", "200"), ("content-type", "application/json"), ("content-length", "612"), ("x-origin", "web"),
        ])
    }
}
