internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

struct TrafficVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract: "What was answered in the last hours and what is answered now, by version, zone, node or origin.",
        discussion: Examples.text(
            "signalbox traffic --since 1h", "signalbox traffic --by origin --watch", "signalbox traffic --failing",
            "signalbox traffic --by zone --output json | jq '.[].p95_us'",
            before: """
                'serve' keeps what the nodes count in steps of ten seconds, for three hours. NOW is the last ten seconds; \
                figures that stopped coming are marked with their age. A dot in TREND is a time of which nothing is \
                known. Times are upper bounds.
                """))

    @Option(help: ArgumentHelp("How far to look back, 10s to 3h.", valueName: "duration")) var since = "15m"
    @Option(help: "What to tell apart: total, version, zone, node or origin.") var by = TrafficSubject.Kind.version
    @Flag(help: "Show requests that failed lately, a sample, newest first.") var failing = false
    @OptionGroup var watching: WatchOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard let time = DurationText.milliseconds(since), (10_000...Int(FiguresRetention.time)).contains(time) else {
            throw ValidationError("--since takes a duration from 10s to 3h: so much is kept.")
        }
    }

    func run() async throws {
        try await watching.show(global) { session in
            let live = ServerSocket.live(statePath: session.statePath)
            session.output.list(try failing ? failingRequests(session, live) : history(session, live))
            return true
        }
    }

    private func history(_ session: Session, _ live: LivePicture?) throws -> Listing {
        let output = session.output
        guard let plane = try session.planeIfAny() else { return Listing([]) }
        let length = Int64(DurationText.milliseconds(since) ?? 900_000)
        let history = try plane.traffic(
            from: output.now.advanced(byMilliseconds: -length), to: output.now, by: by)
        let listing = TrafficText.listing(history, live, output)
        if listing.rows.isEmpty, output.tellsHints {
            let steps = try FirstSteps(plane, isServerRunning: live != nil)
            let next = session.onThisState(steps.command(for: .history))
            output.hint("Nothing is known of the last \(SafeText(since)). Next: \(next)")
        } else if let end = TrafficText.end(history, at: output.now) {
            let next = session.commandLine(live == nil ? "serve" : "node list")
            let why: SafeText = live == nil ? "no server runs" : "no node reports"
            output.note("Stale: the figures end \(output.time(end)), \(why). Next: \(next)", .warning)
        }
        return listing
    }

    private func failingRequests(_ session: Session, _ live: LivePicture?) throws -> Listing {
        guard try session.planeIfAny() != nil else { return Listing([]) }
        let listing = TrafficText.failing(live?.failing ?? [])
        if live == nil {
            session.output.hint(
                "No server runs, and only it knows what failed lately. Next: \(session.commandLine("serve"))")
        } else if listing.rows.isEmpty {
            session.output.hint("No request is known to have failed. Next: \(session.commandLine("traffic"))")
        }
        return listing
    }
}

extension TrafficSubject.Kind: ExpressibleByArgument {}

/// The answers of `traffic`.
enum TrafficText {
    /// Columns of a sparkline.
    private static let trend = 30
    /// Milliseconds after which figures are stale: nodes report every two seconds, and rows are written every ten.
    private static let staleAfter: Int64 = 30_000

    /// When the figures end, if they are stale; nil: they are not.
    static func end(_ history: TrafficHistory, at now: Timestamp) -> Timestamp? {
        history.lastKnown.flatMap { now.milliseconds - $0.milliseconds > staleAfter ? $0 : nil }
    }

    static func listing(_ history: TrafficHistory, _ live: LivePicture?, _ output: Output) -> Listing {
        let isOrigin = history.kind == .origin
        var columns: [Listing.Column] = [
            .flexible(SafeText(history.kind.rawValue.uppercased())), .number("REQUESTS"), .number("PER SECOND"),
            .number("NOW"),
        ]
        columns +=
            isOrigin
            ? [.number("FAILURES"), .number("RETRIES"), .number("HEALTHY")]
            : [
                .number("2XX"), .number("3XX"), .number("4XX"), .number("5XX"), .number("P50"), .number("P95"),
                .number("P99"),
            ]
        if output.isTerminal { columns.append("TREND") }
        var listing = Listing(columns)
        let now = Dictionary(
            (live?.figures(of: history.kind) ?? []).map { ($0.subject, $0) }, uniquingKeysWith: { first, _ in first })
        let known = Set(history.series.map(\.subject))
        let new = now.keys.filter { !known.contains($0) }.sorted().map {
            TrafficSeries(subject: $0, points: history.isKnown.map { $0 ? TrafficCounts() : nil })
        }
        for series in history.series + new {
            listing.rows.append(row(series, history, now[series.subject], isOrigin, output))
        }
        return listing
    }

    private static func row(
        _ series: TrafficSeries, _ history: TrafficHistory, _ now: LiveFigures?, _ isOrigin: Bool, _ output: Output
    ) -> Listing.Row {
        let sum = series.sum
        func count(_ number: Int, bad: Bool = false) -> Listing.Cell {
            .text(SafeText(String(number)), number == 0 ? .dim : bad ? .bad : .plain)
        }
        var cells: [Listing.Cell] = [
            .text(SafeText(series.subject.name), .plain), count(sum.requests),
            .text(SafeText(rate(history.perSecond(series))), .plain), current(now),
        ]
        if isOrigin {
            let health = now?.health ?? series.health
            cells += [count(sum.failures, bad: true), count(sum.retries)]
            cells.append(
                health.map {
                    .text("\($0.healthy)/\($0.endpoints)", $0.healthy < $0.endpoints ? .bad : .good)
                } ?? .none)
        } else {
            cells += (1...4).map { count($0 < sum.statusClasses.count ? sum.statusClasses[$0] : 0, bad: $0 == 4) }
            cells += [0.5, 0.95, 0.99].map {
                sum.latency.quantile($0).map { .text(SafeText(time($0)), .plain) } ?? .none
            }
        }
        if output.isTerminal { cells.append(.text(Sparkline.text(series.rates(in: trend)), .plain)) }
        return Listing.Row(name: series.subject.name, document: document(series, history, now), cells: cells)
    }

    /// Requests a second in the last ten seconds.
    private static func current(_ now: LiveFigures?) -> Listing.Cell {
        guard let now else { return .none }
        guard now.isStale else { return .text(SafeText(rate(now.perSecond)), .plain) }
        return .text("\(rate(now.perSecond)) (\(now.age / 1000) s old)", .warning)
    }

    private static func rate(_ perSecond: Double) -> String { String((perSecond * 10).rounded() / 10) }

    /// `≤ 25 ms`
    private static func time(_ microseconds: Int) -> String {
        if microseconds >= 1_000_000 { return "≤ \(rate(Double(microseconds) / 1_000_000)) s" }
        return microseconds % 1000 == 0 ? "≤ \(microseconds / 1000) ms" : "≤ \(rate(Double(microseconds) / 1000)) ms"
    }

    private static func document(
        _ series: TrafficSeries, _ history: TrafficHistory, _ now: LiveFigures?
    ) -> DocumentValue {
        object(
            [
                ("kind", .string(series.subject.kind.rawValue)), ("name", .string(series.subject.name)),
                ("per_second", .double(history.perSecond(series))),
            ] + counts(series.sum, series.subject.kind, series.health) + [
                ("now", now.map(document)),
                ("from", history.buckets.first.map { .string($0.start.description) }),
                ("to", history.buckets.last.map { .string($0.end.description) }),
                ("known_until", history.lastKnown.map { .string($0.description) }),
                ("known_seconds", .int(history.knownSeconds)), ("step_seconds", .int(Int(TrafficBucket.length))),
                ("requests_by_step", .array(series.points.map { $0.map { .int($0.requests) } ?? .null })),
                ("errors_by_step", .array(series.points.map { $0.map { .int($0.errors) } ?? .null })),
            ])
    }

    private static func document(_ now: LiveFigures) -> DocumentValue {
        object(
            [
                ("age_ms", .int(Int(now.age))), ("stale", .bool(now.isStale)), ("per_second", .double(now.perSecond)),
            ] + counts(now.counts, now.subject.kind, now.health))
    }

    private typealias Members = [(String, DocumentValue?)]

    private static func counts(
        _ counts: TrafficCounts, _ kind: TrafficSubject.Kind, _ health: OriginHealth?
    ) -> Members {
        guard kind != .origin else {
            return [
                ("requests", .int(counts.requests)), ("failures", .int(counts.failures)),
                ("retries", .int(counts.retries)), ("endpoints", health.map { .int($0.endpoints) }),
                ("healthy", health.map { .int($0.healthy) }),
            ]
        }
        return [
            ("requests", .int(counts.requests)),
            ("status_classes", .array(counts.statusClasses.map { .int($0) })),
            ("p50_us", counts.latency.quantile(0.5).map { .int($0) }),
            ("p95_us", counts.latency.quantile(0.95).map { .int($0) }),
            ("p99_us", counts.latency.quantile(0.99).map { .int($0) }),
        ]
    }

    private static func object(_ members: Members) -> DocumentValue {
        .object(members.compactMap { key, value in value.map { DocumentMember(key, $0) } })
    }

    // MARK: failing requests

    static func failing(_ requests: [FailingRequest]) -> Listing {
        var listing = Listing([
            "AT", "NODE", .number("STATUS"), "METHOD", .flexible("HOST"), .flexible("PATH"), "VERSION",
            .flexible("RULES"), "FLAGS", "ORIGIN", .number("MS"), .flexible("DETAILS"),
        ])
        for request in requests {
            func text(_ value: String?) -> Listing.Cell {
                value.flatMap { $0.isEmpty ? nil : .text(SafeText($0), .plain) } ?? .none
            }
            listing.add(
                request.host + request.path, document(request), .time(request.at), text(request.node?.rawValue),
                .text(SafeText(String(request.status)), request.isSevere ? .bad : .warning), text(request.method),
                text(request.host), text(request.path), text(request.version),
                text(request.rules.joined(separator: " ")), text(request.flags), text(request.origin),
                .text(request.duration), text(request.details))
        }
        return listing
    }

    private static func document(_ request: FailingRequest) -> DocumentValue {
        .object([
            "at": .string(request.at.description), "node": request.node.map { .string($0.rawValue) },
            "status": .int(request.status), "method": .string(request.method), "host": .string(request.host),
            "path": .string(request.path), "flags": .string(request.flags), "details": .string(request.details),
            "network": request.network.map { .string($0.rawValue) },
            "application": request.application.map { .string($0) }, "version": request.version.map { .string($0) },
            "zone": request.zone.map { .string($0) }, "rules": .array(request.rules.map { .string($0) }),
            "duration_ms": .int(request.duration), "origin": request.origin.map { .string($0) },
            "severe": .bool(request.isSevere),
        ])
    }
}
