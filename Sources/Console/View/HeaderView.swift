internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Context, place, freshness, what is wrong, time: on every frame.
enum HeaderView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, at now: Instant) {
        surface.fill(rect, CellStyle(.crumb, on: .surfaceRaised))
        let right = state(model, at: now).on(.surfaceRaised)
        // Where it is narrow the place counts more than the program's name.
        var left = rect.width < 80 ? StyledLine(" ", .crumb) : StyledLine(" signalbox ", .title, .bold)
        left.append("\(Words.text(model.setup.context)) ", .crumb)
        if let environment = chosen(model) {
            left.append(
                " \(Words.name(environment.name)) ", CellStyle(Role.environment(environment), [.reverse, .bold]))
        }
        if model.setup.isReadOnly { left.append(" read-only ", CellStyle(.statusWarn, [.reverse])) }
        left.append(model.theme.glyphs.crumb, .border)
        let room = max(0, rect.width - right.width - 1)
        left = left + crumbs(model).line(width: max(0, room - left.width), model.theme.glyphs)
        surface.put(left.on(.surfaceRaised).truncated(to: room), at: rect.origin, within: rect)
        surface.put(right, at: Point(rect.endColumn - right.width, rect.row), within: rect)
    }

    static func crumbs(_ model: ConsoleModel) -> Breadcrumbs {
        Breadcrumbs(model.screen.place.trail.map { Breadcrumbs.Crumb(Words.text($0.title)) })
    }

    /// Where one is, what changes mean, and whether what is told is of now.
    static func access(_ model: ConsoleModel, at now: Instant) -> AccessNode {
        var words = [Words.text(model.setup.context)]
        if let environment = chosen(model) { words.append("environment \(Words.name(environment.name))") }
        if model.setup.isReadOnly { words.append("read-only") }
        if model.isPaused { words.append("paused") }
        if model.picture != nil {
            words.append(model.liveAt == nil ? "no server" : model.isStale ? "stale" : "live")
        }
        return AccessNode(.status, id: "status", label: words.joined(separator: ", "))
    }

    static func chosen(_ model: ConsoleModel) -> Environment? {
        let name = model.environment ?? model.picture?.highest
        return model.picture?.environments.first { $0.environment.name == name }?.environment
    }

    private static func state(_ model: ConsoleModel, at now: Instant) -> StyledLine {
        var line = StyledLine()
        if model.isPaused {
            line.append("paused ", .statusPaused, .bold)
        } else if let live = model.liveAt {
            if model.isStale {
                line.append("stale \(Words.duration(now.since(live))) ", .statusStale, .bold)
            } else {
                line.append("● live ", .statusOk)
            }
        } else if model.picture != nil {
            line.append("no server ", .statusWarn)
        }
        if model.picture != nil, model.pictureProblem != nil { line.append("state not read ", .statusBad, .bold) }
        if let findings = model.picture?.status.findings {
            let errors = findings.count { $0.severity == .error }
            let warnings = findings.count { $0.severity == .warning }
            if errors > 0 { line.append("✗ \(errors) ", .statusBad, .bold) }
            if warnings > 0 { line.append("! \(warnings) ", .statusWarn) }
        }
        if let status = model.picture?.status, !status.nodes.isEmpty {
            let live = status.nodes.count { $0.status?.isLive(at: model.nodesTime(at: now)) ?? false }
            line.append("\(live)/\(status.nodes.count) nodes ", live == status.nodes.count ? .text : .statusBad)
        }
        line.append(clock(model, at: now), .textMuted)
        line.append(" ", .textMuted)
        return line
    }

    /// Local time with its offset, to the minute: a clock with seconds would be drawn every second.
    private static func clock(_ model: ConsoleModel, at now: Instant) -> TerminalText {
        let time = model.time(at: now)
        let offset = model.setup.zoneOffset(time)
        let minutes = time.milliseconds / 60_000 + Int64(offset)
        let (hour, minute) = ((minutes / 60) % 24, minutes % 60)
        let zone: TerminalText =
            offset == 0
            ? "Z" : "\(offset < 0 ? "-" : "+")\(two(Int64(abs(offset) / 60)))\(two(Int64(abs(offset) % 60)))"
        return "\(two(hour)):\(two(minute))\(zone)"
    }

    private static func two(_ number: Int64) -> TerminalText { number < 10 ? "0\(number)" : "\(number)" }
}
