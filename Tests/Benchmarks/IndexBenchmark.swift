import FoundationEssentials
import RulesLanguage

/// The first of many conditions that holds for a request: by the edge's index, by evaluating one after another, and as
/// a table of regular expressions that is read and scanned for every request.
struct IndexBenchmark: Benchmark {
    static let title = "index of conditions"
    let counts: [Int]
    let rounds: Int

    init(quick: Bool) {
        counts = quick ? [10, 1_000] : [10, 1_000, 10_000, 100_000]
        rounds = quick ? 3 : 15
    }

    func rows() async throws -> [Row] {
        var rows: [Row] = []
        for family in IndexConditions.Family.allCases { rows.append(try row(family)) }
        rows.append(try table())
        return rows
    }

    // MARK: the index beside a scan

    private func row(_ family: IndexConditions.Family) throws -> Row {
        var figures: [String: Double] = [:]
        var texts: [String] = []
        var scans: [String] = []
        var times: [Int: Double] = [:]
        var ratio: Double?
        for count in counts {
            let conditions = try IndexConditions(family, count)
            var worst = 0.0
            var slowest = 0.0
            for place in IndexConditions.Place.allCases {
                let requests = conditions.requests(place)
                let few = Array(requests.prefix(count > 1_000 ? 10 : 100))
                let index = Samples(
                    try (0..<rounds).map { _ in try conditions.time(requests, rounds: 20, byIndex: true) })
                let scan = Samples(
                    try (0..<3).map { _ in try conditions.time(few, rounds: 1, byIndex: false) })
                figures["index_\(family.rawValue)_\(count)_\(place.rawValue)_p50_ns"] = index.median
                figures["scan_\(family.rawValue)_\(count)_\(place.rawValue)_p50_ns"] = scan.median
                worst = max(worst, index.median)
                slowest = max(slowest, scan.median)
            }
            figures["index_\(family.rawValue)_\(count)_made_ms"] = conditions.madeIn
            times[count] = worst
            ratio = worst / slowest
            texts.append("\(count): \(Figure.short(worst)) ns")
            scans.append("\(count): \(Figure.short(slowest / 1_000)) µs")
        }
        let growth = (times[counts.last ?? 0] ?? .nan) / (times[counts.first { $0 >= 1_000 } ?? 0] ?? .nan)
        figures["index_\(family.rawValue)_growth"] = growth
        let made = figures["index_\(family.rawValue)_\(counts.last ?? 0)_made_ms"] ?? .nan
        return Row(
            what: "first match by \(family.title)", measured: texts.joined(separator: ", "),
            aim: "flat: ≤ × 3 from 1,000 on", holds: growth <= 3, beside: "scan " + scans.joined(separator: ", "),
            ratio: ratio, figures: figures,
            notes: [
                "fields set and first match found, processor time of one thread; the worst of requests for an early "
                    + "condition, a late one and none, median of \(rounds) rounds",
                "from 1,000 conditions to \(counts.last ?? 0): × \(Figure.short(growth)); "
                    + "\(counts.last ?? 0) made in \(Figure.short(made)) ms",
                "beside: the same programs evaluated one after another; the ratio is that of the most conditions",
            ])
    }

    // MARK: the table of regular expressions

    private struct Entry: Codable {
        let pattern: String
        let deployment: String
    }

    /// A table as of a hosting service: for each deployment a pattern of its host's name.
    private func table() throws -> Row {
        let count = counts.filter { $0 <= 10_000 }.last ?? 0
        let entries = (0..<count).map {
            Entry(pattern: "^(www\\.)?project-\($0)\\.pages\\.example$", deployment: "deployment-\($0)")
        }
        let text = try JSONEncoder().encode(entries)
        let start = Clocks.ownThread()
        let read = try JSONDecoder().decode([Entry].self, from: text)
        let parsed = Clocks.ownThread()
        var regexes = RegexTable(capacity: read.count)
        for entry in read { try Array(entry.pattern.utf8).withUnsafeBytes { try regexes.append($0) } }
        let compiled = Clocks.ownThread()
        let one = try IndexConditions(texts: ["http.host matches \"a\""])
        let host = "project-\(count - 1).pages.example"
        // The first scan makes what the expressions match with.
        let first = try one.scan(regexes, host, expecting: count - 1)
        let scan = Samples(try (0..<rounds).map { _ in try one.scan(regexes, host, expecting: count - 1) })
        let indexed = try IndexConditions(
            texts: (0..<count).map { #"http.host matches "^(www\.)?project-\#($0)\.pages\.example$""# })
        let requests = [IndexConditions.Request(host: host, expected: count - 1)]
        let index = Samples(try (0..<rounds).map { _ in try indexed.time(requests, rounds: 1_000, byIndex: true) })
        let names = try IndexConditions(texts: (0..<count).map { "http.host eq \"project-\($0).pages.example\"" })
        let name = Samples(try (0..<rounds).map { _ in try names.time(requests, rounds: 1_000, byIndex: true) })
        let (reading, compiling) = (Double(parsed - start) / 1e6, Double(compiled - parsed) / 1e6)
        return Row(
            what: "the last of a table of \(count) regular expressions",
            measured: "as conditions \(Figure.short(index.median)) ns, as names \(Figure.short(name.median)) ns",
            beside: "JSON \(Figure.short(reading)) ms, compiling \(Figure.short(compiling)) ms, "
                + "scan \(Figure.short(scan.median / 1e6)) ms",
            ratio: index.median / scan.median,
            figures: [
                "table_json_ms": reading, "table_compile_ms": compiling, "table_first_scan_ms": first / 1e6,
                "table_scan_p50_ns": scan.median, "table_as_conditions_p50_ns": index.median,
                "table_as_names_p50_ns": name.median,
            ],
            notes: [
                "beside: a JSON list of patterns read, compiled by RE2 and scanned for the host of the last; "
                    + "the first scan, which builds RE2's automata, took \(Figure.short(first / 1e6)) ms",
                "as conditions: the same patterns as conditions of rules, `http.host matches …`, by the index; "
                    + "as names: `http.host eq …`; the ratio is that of conditions to the scan alone",
            ])
    }
}
