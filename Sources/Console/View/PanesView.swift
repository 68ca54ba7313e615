internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What is happening, beside every list: traffic by version, the fleet, the last deployments. Each pane tells its age.
enum PanesView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, _ draw: DrawContext) {
        let parts = Layout.rows(rect, [.share(2, minimum: 6), .share(2, minimum: 5), .share(2, minimum: 5)])
        pane("traffic", age(model.liveAt, draw.now), traffic(model, draw.now), &surface, parts[0], draw)
        pane("nodes", age(model.pictureAt, draw.now), nodes(model, draw.now), &surface, parts[1], draw)
        pane("deployments", age(model.pictureAt, draw.now), deployments(model, draw.now), &surface, parts[2], draw)
    }

    private static func age(_ moment: Instant?, _ now: Instant) -> StyledLine {
        guard let moment else { return StyledLine("never read", .statusStale) }
        let age = now.since(moment)
        return age > Freshness.limit ? StyledLine("\(Words.duration(age)) old", .stale) : StyledLine()
    }

    private static func pane(
        _ title: TerminalText, _ age: StyledLine, _ lines: [StyledLine], _ surface: inout Surface, _ rect: Rect,
        _ draw: DrawContext
    ) {
        let head = StyledLine(title, .title) + (age.isEmpty ? StyledLine() : StyledLine(" ", .text) + age)
        let inner = surface.box(rect, CellStyle(.border), title: head, glyphs: draw.glyphs)
        MainView.put(lines, into: &surface, in: inner, from: 0)
    }

    private static func traffic(_ model: ConsoleModel, _ now: Instant) -> [StyledLine] {
        guard let live = model.live else {
            return [StyledLine("no server runs:", .textMuted), StyledLine("signalbox serve", .textKey)]
        }
        let isStale = model.liveAt.map { now.since($0) > Freshness.limit } ?? true
        let busy = live.filter { $0.perSecond > 0 }
        if busy.isEmpty { return [StyledLine("no requests in the last 10 s", .textMuted)] }
        return busy.flatMap { figures -> [StyledLine] in
            let all = figures.statusClasses.reduce(0, +)
            let failures = figures.statusClasses.count > 4 ? figures.statusClasses[4] : 0
            let ink: Role = isStale ? .stale : failures > 0 ? .statusBad : .text
            var head = StyledLine(Words.text(figures.label).fitted(to: 16), ink, .bold)
            head.append(Words.rate(figures.perSecond).fitted(to: 6, .right), isStale ? .stale : .textNumber)
            head.append("/s", .textMuted)
            if failures > 0 {
                head.append("  5xx \(Words.share(failures, of: all))", isStale ? .stale : .statusBad, .bold)
            }
            let times: TerminalText =
                "p50 \(Words.latency(figures.p50))  p95 \(Words.latency(figures.p95))  p99 \(Words.latency(figures.p99))"
            return [head, StyledLine("  \(times)", isStale ? .stale : .textMuted)]
        }
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

    private static func deployments(_ model: ConsoleModel, _ now: Instant) -> [StyledLine] {
        let entries = model.picture?.deployments ?? []
        if entries.isEmpty { return [StyledLine("nothing was deployed yet", .textMuted)] }
        return entries.prefix(20).map { row in
            StyledLine(Words.age(row.deployment.at, at: model.time(at: now)).fitted(to: 4, .right), .textMuted)
                + StyledLine(" \(Words.text(row.deployment.kind.rawValue)) ", .textStrong)
                + StyledLine(Words.text(row.deployment.change.sentence), .text)
        }
    }
}
