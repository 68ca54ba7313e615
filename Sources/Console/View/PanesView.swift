internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What is happening, beside every list: traffic by version with the last hour, the fleet, events. Each pane tells its
/// age.
enum PanesView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, _ draw: DrawContext) {
        let parts = Layout.rows(rect, [.share(3, minimum: 9), .share(2, minimum: 4), .share(2, minimum: 4)])
        traffic(model, &surface, parts[0], draw)
        pane("nodes", age(model, draw.now), nodes(model, draw.now), &surface, parts[1], draw)
        pane("events", age(model, draw.now), events(model, draw.now), &surface, parts[2], draw)
    }

    /// The state is read when it changes: only what is not read any more has an age.
    private static func age(_ model: ConsoleModel, _ now: Instant) -> StyledLine {
        guard let moment = model.pictureAt else { return StyledLine("never read", .statusStale) }
        guard model.isPaused || model.pictureProblem != nil else { return StyledLine() }
        return StyledLine(
            "as of \(Words.duration(now.since(moment))) ago", model.isPaused ? .statusPaused : .statusStale)
    }

    private static func pane(
        _ title: TerminalText, _ age: StyledLine, _ lines: [StyledLine], _ surface: inout Surface, _ rect: Rect,
        _ draw: DrawContext
    ) {
        let inner = frame(title, age, &surface, rect, draw)
        MainView.put(lines, into: &surface, in: inner, from: 0)
    }

    private static func frame(
        _ title: TerminalText, _ age: StyledLine, _ surface: inout Surface, _ rect: Rect, _ draw: DrawContext
    ) -> Rect {
        let head = StyledLine(title, .title) + (age.isEmpty ? StyledLine() : StyledLine(" ", .text) + age)
        return surface.box(rect, CellStyle(.border), title: head, glyphs: draw.glyphs)
    }

    // MARK: traffic

    /// The last hour as a line with the deployments under it, and figures by version: of now, or of the piece that is
    /// looked at.
    private static func traffic(_ model: ConsoleModel, _ surface: inout Surface, _ rect: Rect, _ draw: DrawContext) {
        let now = draw.now
        let isStale = model.isStale
        var age = StyledLine()
        if model.scrub > 0, let history = model.history, !history.buckets.isEmpty {
            let moment = history.buckets[history.buckets.count - 1 - min(model.scrub, history.buckets.count - 1)].start
            age =
                StyledLine("\(Words.age(moment, at: model.time(at: now))) ago", .statusPaused, .bold)
                + StyledLine("  } now", .hintKey)
        } else if let live = model.liveAt {
            age = isStale ? StyledLine("\(Words.duration(now.since(live))) old", .stale) : StyledLine()
        } else {
            age = StyledLine("no server runs", .statusStale)
        }
        let inner = frame("traffic", age, &surface, rect, draw)
        let parts = Layout.rows(inner, [.fixed(inner.height > 7 ? 3 : 0), .rest])
        if let history = model.history, !history.buckets.isEmpty, parts[0].height > 0 {
            sparkline(model, history, isStale: isStale).draw(into: &surface, in: parts[0], draw)
        }
        MainView.put(lines(model, isStale: isStale, at: model.time(at: now)), into: &surface, in: parts[1], from: 0)
    }

    private static func sparkline(_ model: ConsoleModel, _ history: TrafficHistory, isStale: Bool) -> Sparkline {
        let rates = history.buckets.indices.map { place -> Double? in
            guard history.isKnown[place] else { return nil }
            let requests = history.series.reduce(0) { $0 + ($1.points[place]?.requests ?? 0) }
            return Double(requests) / Double(TrafficBucket.length)
        }
        var markers: Set<Int> = []
        for row in model.picture?.deployments ?? [] {
            let bucket = TrafficBucket(containing: row.deployment.at)
            guard let first = history.buckets.first, let last = history.buckets.last else { break }
            guard bucket <= last else { continue }
            guard bucket >= first else { break }
            markers.insert(Int((bucket.seconds - first.seconds) / TrafficBucket.length))
        }
        if model.scrub > 0 { markers = [history.buckets.count - 1 - min(model.scrub, history.buckets.count - 1)] }
        return Sparkline(rates, markers: markers, isStale: isStale)
    }

    private static func lines(_ model: ConsoleModel, isStale: Bool, at now: Timestamp) -> [StyledLine] {
        if model.scrub > 0, let history = model.history {
            let place = history.buckets.count - 1 - min(model.scrub, history.buckets.count - 1)
            guard history.isKnown.indices.contains(place), history.isKnown[place] else {
                return [StyledLine("nothing is known of that time", .textMuted)]
            }
            return history.series.compactMap { series in
                series.points[place].map {
                    (series.subject.name, $0, Double($0.requests) / Double(TrafficBucket.length))
                }
            }.filter { $0.2 > 0 }.flatMap { version($0, $1, $2, isStale: false) }
        }
        guard let live = model.live else { return [StyledLine("signalbox serve", .textKey)] }
        let busy = live.figures(of: .version).filter { $0.perSecond > 0 || $0.isStale }
        var lines = busy.flatMap { version($0.subject.name, $0.counts, $0.perSecond, isStale: isStale || $0.isStale) }
        if busy.isEmpty { lines.append(StyledLine("no requests in the last 10 s", .textMuted)) }
        for origin in live.figures(of: .origin) {
            guard let health = origin.health, health.healthy < health.endpoints else { continue }
            lines.append(
                StyledLine("✗ origin \(Words.text(origin.subject.name)) ", .statusBad, .bold)
                    + StyledLine("\(health.healthy) of \(health.endpoints) healthy", .statusBad))
        }
        // What failed a while ago is in the list of failures.
        let failed = live.failing.first { $0.isSevere && now.milliseconds - $0.at.milliseconds < 30_000 }
        if let failed {
            let rest: TerminalText = " \(Words.text(failed.version ?? "")) \(Words.age(failed.at, at: now))"
            lines.append(
                StyledLine("\(failed.status) ", .statusBad) + StyledLine(Words.text(failed.path), .text)
                    + StyledLine(rest, .textMuted))
        }
        return lines
    }

    private static func version(
        _ name: String, _ counts: TrafficCounts, _ perSecond: Double, isStale: Bool
    ) -> [StyledLine] {
        let ink: Role = isStale ? .stale : counts.errors > 0 ? .statusBad : .text
        var head = StyledLine(Words.text(name).fitted(to: 16), ink, .bold)
        head.append(Words.rate(perSecond).fitted(to: 6, .right), isStale ? .stale : .textNumber)
        head.append("/s", .textMuted)
        if counts.errors > 0 {
            head.append(
                "  5xx \(Words.share(counts.errors, of: counts.requests))", isStale ? .stale : .statusBad, .bold)
        }
        let latency = counts.latency
        let times: TerminalText =
            "p50 \(Words.latency(latency.quantile(0.5)))  p95 \(Words.latency(latency.quantile(0.95)))  p99 \(Words.latency(latency.quantile(0.99)))"
        return [head, StyledLine("  \(times)", isStale ? .stale : .textMuted)]
    }

    private static func nodes(_ model: ConsoleModel, _ now: Instant) -> [StyledLine] {
        guard let context = model.context(at: now) else { return [] }
        let rows = context.picture.status.nodes.map { ($0, NodeState($0, context)) }.sorted { $0.1.rank > $1.1.rank }
        if rows.isEmpty { return [StyledLine("no node yet", .textMuted)] }
        return rows.map { row, state in
            StyledLine("\(state.sign) ", state.role) + StyledLine(Words.name(row.node.name).fitted(to: 10), .textStrong)
                + StyledLine(Words.text(row.node.region).fitted(to: 5), .textMuted)
                + StyledLine(state.words, state.role)
        }
    }

    private static func events(_ model: ConsoleModel, _ now: Instant) -> [StyledLine] {
        // That nodes serve what was deployed is the usual; the list of events has it.
        let events = (model.picture?.events ?? []).filter {
            $0.severity != .info || [.deployment, .undo, .change].contains($0.kind)
        }
        if events.isEmpty { return [StyledLine("nothing happened yet", .textMuted)] }
        return events.prefix(30).map { event in
            StyledLine(Words.age(event.at, at: model.time(at: now)).fitted(to: 4, .right), .textMuted)
                + StyledLine(
                    " \(Words.line(event.text)) ", event.severity == .info ? .text : Role.severity(event.severity))
                + StyledLine(Words.text(event.subject), .textMuted)
        }
    }
}
