import Glibc
import TerminalUI
import TestKit

/// The console's table with very many rows, in this process: a key in a filter, a key that scrolls, and what it keeps.
struct ConsoleKitBenchmark: Benchmark {
    static let title = "console kit"
    let rows: Int
    let rounds: Int

    init(rows: Int = 100_000, rounds: Int = 200) {
        self.rows = max(1_000, rows)
        self.rounds = max(10, rounds)
    }

    func rows() async throws -> [Row] {
        let source = RequestRows(count: rows)
        let before = Self.resident()
        var table = TableState<Int32>(RequestRows.columns)
        table.resize(rows: 50)
        let load = Self.time { table.reload(source, at: .zero) }
        let prepare = Self.time { table.prepareFilter(source) }
        let kept = Double(Self.resident() - before)
        let sort = Self.time { table.sort(TableSort(column: 2, isDescending: true), source) }
        let keys = filterKeys(&table, source)
        let frames = scrollFrames(&table, source)
        let reload = Self.time { table.reload(source, at: Instant(milliseconds: 60_000)) }
        return [
            Row(
                what: "key in a filter over \(rows) rows", measured: Self.text(keys), aim: "≤ 10 ms",
                holds: keys.quantile(0.95) <= 10, figures: keys.figures("filter_key", "ms"),
                notes: [
                    "processor time of update, without drawing; words, negations and columns typed key by key",
                    "before the first key: rows taken \(Figure.short(load)) ms, text made ready \(Figure.short(prepare)) ms;"
                        + " sorted by number \(Figure.short(sort)) ms, all rows taken anew \(Figure.short(reload)) ms",
                ]),
            Row(
                what: "scroll frame of \(rows) rows, 160x50", measured: Self.text(frames), aim: "≤ 3 ms",
                holds: frames.quantile(0.95) <= 3, figures: frames.figures("scroll_frame", "ms"),
                notes: ["processor time of key, whole view and access tree; the driver's writing is not in it"]),
            Row(
                what: "memory of a table of \(rows) rows",
                measured: "\(Figure.short(kept / 1e6)) MB, \(Figure.short(kept / Double(rows))) bytes a row",
                aim: "≤ 200 bytes a row", holds: kept / Double(rows) <= 200,
                figures: [
                    "table_kept_bytes": kept, "table_load_ms": load, "filter_prepare_ms": prepare, "sort_ms": sort,
                ],
                notes: ["order, places, ids and the text that filters look through; the rows themselves are not in it"]),
        ]
    }

    /// Each text is typed key by key and taken back: what is measured is each key.
    private func filterKeys(_ table: inout TableState<Int32>, _ source: RequestRows) -> Samples {
        var times: [Double] = []
        let texts = ["shop-17", "status:503", "!example fra", "api/v2/cart", "zone-9 !static", "latency:>900"]
        while times.count < rounds {
            for text in texts {
                for end in text.indices {
                    let typed = String(text[...end])
                    times.append(Self.time { table.filter(typed, source) })
                }
                times.append(Self.time { table.filter("", source) })
            }
        }
        return Samples(times)
    }

    private func scrollFrames(_ table: inout TableState<Int32>, _ source: RequestRows) -> Samples {
        var times: [Double] = []
        let size = TerminalSize(columns: 160, rows: 50)
        for round in 0..<rounds {
            let now = Instant(milliseconds: Int64(round) * 50)
            times.append(
                Self.time {
                    table.handle(round % 3 == 0 ? .pageDown : .down, at: now)
                    var surface = Surface(size)
                    let cursor = table.draw(into: &surface, in: surface.bounds, source, DrawContext(now: now))
                    let access = AccessTree([table.access(source, id: "requests", label: "requests")])
                    _ = Frame(surface, cursor: cursor, access: access)
                })
        }
        return Samples(times)
    }

    @inline(never)
    private static func time(_ work: () -> Void) -> Double {
        let start = Clocks.ownThread()
        work()
        return Double(Clocks.ownThread() - start) / 1e6
    }

    /// Memory of this process that is in use, in bytes.
    private static func resident() -> Int {
        let fields = ProcFile.text("/proc/self/statm").split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }

    private static func text(_ samples: Samples) -> String {
        "median \(Figure.short(samples.median)) ms, p95 \(Figure.short(samples.quantile(0.95))) ms"
    }
}

/// Requests as an access log has them, made from their number: only what is asked for exists.
private struct RequestRows: TableSource {
    static let columns = [
        TableColumn("host", "HOST", priority: 5), TableColumn("path", "PATH", isFlexible: true, priority: 4),
        TableColumn("latency", "LATENCY", .right, priority: 3), TableColumn("status", "STATUS", .right, priority: 6),
        TableColumn("version", "VERSION", priority: 2), TableColumn("region", "REGION", priority: 1),
    ]

    let count: Int

    private static let paths = [
        "/", "/static/app.js", "/api/v1/search", "/api/v2/cart", "/checkout", "/images/hero.png",
    ]
    private static let regions = ["fra", "ams", "iad", "sin", "gru"]

    /// The same number gives the same row: a mix of its bits (splitmix64).
    private func mix(_ index: Int, _ salt: UInt64) -> Int {
        var value = UInt64(index) &* 0x9E37_79B9_7F4A_7C15 &+ salt
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        return Int((value ^ (value >> 27)) >> 33)
    }

    private func host(_ index: Int) -> String { "zone-\(mix(index, 1) % 300).example.com" }
    private func path(_ index: Int) -> String { Self.paths[mix(index, 2) % Self.paths.count] }
    private func latency(_ index: Int) -> Int { mix(index, 3) % 1000 }
    private func status(_ index: Int) -> Int { [200, 200, 200, 304, 404, 503][mix(index, 4) % 6] }
    private func version(_ index: Int) -> String { "shop-\(mix(index, 5) % 40)@\(mix(index, 6) % 90)" }
    private func region(_ index: Int) -> String { Self.regions[mix(index, 7) % Self.regions.count] }

    func id(at index: Int) -> Int32 { Int32(index) }

    func cells(at index: Int) -> [StyledLine] {
        [
            StyledLine(TerminalText(untrusted: host(index))),
            StyledLine(TerminalText(untrusted: path(index)), .textMuted),
            StyledLine("\(latency(index)) ms"),
            StyledLine(TerminalText(status(index)), status(index) >= 500 ? .statusBad : .statusOk),
            StyledLine(TerminalText(untrusted: version(index)), .textStrong),
            StyledLine(TerminalText(untrusted: region(index))),
        ]
    }

    func sortKey(at index: Int, column: Int) -> SortKey {
        switch column {
        case 0: .text(host(index))
        case 1: .text(path(index))
        case 2: .number(latency(index))
        case 3: .number(status(index))
        case 4: .text(version(index))
        default: .text(region(index))
        }
    }

    func write(_ index: Int, into text: inout TableText) {
        text.field(host(index))
        text.field(path(index))
        text.field("\(latency(index)) ms")
        text.field("\(status(index))")
        text.field(version(index))
        text.field(region(index))
    }
}
