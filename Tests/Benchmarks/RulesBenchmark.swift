import RulesLanguage
import TestKit

/// The rules language: reading expressions, beside Cloudflare's own parser on the same ones, and evaluating typical
/// rules.
struct RulesBenchmark: Benchmark {
    static let title = "rules language"
    let expressions: Int
    /// How long each measurement goes on.
    let seconds: Double

    init(expressions: Int = 20_000, seconds: Double = 2) {
        self.expressions = max(1_000, expressions)
        self.seconds = max(0.2, seconds)
    }

    func rows() async throws -> [Row] {
        var corpus = ExpressionCorpus(fields: Self.fields, random: SeededGenerator(seed: 20_260_101))
        let texts = (0..<expressions).map { _ in corpus.next().text }
        let right = texts.filter { (try? Expression($0)) != nil }
        var whole = try await parsing(right, "right expressions")
        whole.notes = [
            "processor time of one thread; patterns compiled and types checked, the tree kept",
            "beside: parse_expression of Cloudflare's engine in a Python loop on the same texts in the same run, which "
                + "also hands what it found to Python; the ratio is its rate over ours",
        ]
        var mixed = try await parsing(texts, "expressions, \(texts.count - right.count) of them broken")
        // Not the same work: no aim.
        (mixed.aim, mixed.holds) = ("", nil)
        mixed.notes = ["ours tells every error with its place and a remedy, the peer's parser stops at the first"]
        return [whole, mixed, try evaluating()]
    }

    // MARK: reading

    private func parsing(_ texts: [String], _ what: String) async throws -> Row {
        let own = rate(of: texts.count) { for text in texts { _ = try? Expression(text) } }
        var row = Row(
            what: "parse and check of \(texts.count) \(what)",
            measured: "\(Figure.short(own / 1_000)) thousand a second", figures: ["parse_per_second": own])
        guard WirefilterPeer.python() != nil else {
            row.beside = "octorules-wirefilter is not installed"
            return row
        }
        let timing = try await WirefilterPeer.timing(texts)
        let theirs = Double(timing.expressions) / timing.seconds
        row.figures["peer_parse_per_second"] = theirs
        row.beside = "octorules-wirefilter \(Figure.short(theirs / 1_000)) thousand a second"
        row.ratio = theirs / own
        (row.aim, row.holds) = ("≤ × 1", theirs <= own)
        return row
    }

    /// Runs the body, which does `count` things, until so much processor time is used; things a second of it.
    private func rate(of count: Int, _ body: () -> Void) -> Double {
        let start = Clocks.ownThread()
        var rounds = 0
        var elapsed: UInt64 = 0
        repeat {
            body()
            rounds += 1
            elapsed = Clocks.ownThread() - start
        } while Double(elapsed) < seconds * 1e9
        return Double(rounds * count) / (Double(elapsed) / 1e9)
    }

    // MARK: evaluating

    private static let rules = [
        #"http.host eq "shop.example.com""#, #"starts_with(http.request.uri.path, "/admin/")"#,
        #"http.request.method in {"GET" "HEAD"} and http.request.uri.path contains "/api/""#,
        "ip.src in {192.0.2.0/24 198.51.100.0/24 203.0.113.7 2001:db8::/32}",
        #"lower(http.user_agent) contains "bot" and not http.request.uri.path wildcard "/public/*""#,
        #"any(http.request.headers["x-token"][*] eq "secret") or http.request.uri.args["debug"][0] eq "1""#,
        #"http.request.uri.path matches r"^/item/[0-9]+$""#, "http.host eq lower(http.referer)",
    ]

    private func evaluating() throws -> Row {
        let request: [FieldID: FieldValue] = [
            .httpHost: .string("shop.example.com"), .method: .string("GET"), .path: .string("/item/4711"),
            .sourceIP: .ip(IPAddress(v4: 0xc633_6407)),
            .userAgent: .string("Mozilla/5.0 (X11; Linux x86_64) Firefox/140"),
            .headers: .map([.init("accept", "*/*"), .init("x-token", "none"), .init("user-agent", "Mozilla/5.0")]),
            .args: .map([.init("page", "2")]), .referer: .string("https://example.com/"),
        ]
        let store = FieldStore(request)
        var (slowest, figures): (Double, [String: Double]) = (0, [:])
        var all = 0.0
        for (index, rule) in Self.rules.enumerated() {
            let runner = try ProgramRunner(ProgramCompiler().compile(Expression(rule)))
            var scratch = Scratch()
            var held = 0
            let perSecond = rate(of: 100_000) {
                for _ in 0..<100_000 where runner.matches(store.table, scratch: &scratch) { held += 1 }
            }
            let nanoseconds = 1e9 / perSecond
            figures["rule_\(index + 1)_ns"] = nanoseconds
            slowest = max(slowest, nanoseconds)
            all += nanoseconds
        }
        let mean = all / Double(Self.rules.count)
        return Row(
            what: "evaluation of \(Self.rules.count) typical rules",
            measured: "\(Figure.short(1e3 / mean)) million a second, slowest \(Figure.short(slowest)) ns",
            aim: "≥ 5 million", holds: mean <= 200, figures: figures,
            notes: [
                "one thread, one request, each rule alone without the index; in order (ns): "
                    + (1...Self.rules.count).map { Figure.short(figures["rule_\($0)_ns"] ?? 0) }.joined(separator: ", ")
            ])
    }

    private static let fields: [ExpressionCorpus.Kind: [String]] = {
        let kinds: [ValueType: ExpressionCorpus.Kind] = [
            .bytes: .bytes, .int: .int, .ip: .ip, .bool: .bool, .array(.bytes): .bytesList, .array(.int): .intList,
            .array(.array(.bytes)): .bytesLists, .map(.array(.bytes)): .bytesMap, .map(.array(.int)): .intMap,
        ]
        return Schema.http.fields.reduce(into: [:]) { result, field in
            if let kind = kinds[field.type] { result[kind, default: []].append(field.name) }
        }
    }()
}
