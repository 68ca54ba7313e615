internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// All of it as a tree: zones, the applications made of them, the versions that somebody serves, and where. A branch
/// that is folded shows the worst of what is in it.
enum MapScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] { [] }
    static func rows(_ context: ScreenContext) -> [Row] { [] }

    static func tree(_ context: ScreenContext) -> [TreeState<String>.Node] {
        context.picture.zones.map { zone in
            let applications = context.picture.status.applications.map(\.application.name).filter { name in
                context.picture.summary(of: name)?.application.zone == zone.name
            }
            let worst = applications.map { Health(of: $0, context) }.max { $0.trouble < $1.trouble }
            var line = StyledLine(Words.text(zone.name), .textStrong)
            if let worst { line = StyledLine("\(worst.sign) ", worst.role) + line }
            line.append("  \(Words.text(zone.hosts.joined(separator: " ")))", .textMuted)
            return TreeState<String>.Node(
                Place.zone(zone.name).path, line, applications.map { application($0, context) })
        }
    }

    private static func application(_ name: ResourceName, _ context: ScreenContext) -> TreeState<String>.Node {
        let health = Health(of: name, context)
        let line =
            StyledLine("\(health.sign) ", health.role)
            + StyledLine(Words.name(name), health.isBad ? .statusBad : .textStrong) + figures(health)
        let versions = context.picture.versions[name] ?? []
        // What nobody serves is in the list of versions; the newest draft is what comes next.
        let shown = versions.filter { !$0.environments.isEmpty || $0.version.number == versions.first?.version.number }
        return TreeState<String>.Node(
            Place.versions(name).path, line, shown.map { version($0, context) })
    }

    private static func version(_ summary: VersionSummary, _ context: ScreenContext) -> TreeState<String>.Node {
        let version = summary.version
        let health = Health(of: Place.VersionLabel(version.application, version.number), context)
        var line = StyledLine("\(health.sign) ", health.role)
        line.append("@\(version.number)", .textStrong)
        for name in summary.environments.reversed() {
            let environment = context.picture.environments.first { $0.environment.name == name }?.environment
            line.append("  \(Words.name(name))", environment.map { Role.environment($0) } ?? .text)
        }
        if version.state == .draft { line.append("  draft", .statusProgress) }
        line = line + figures(health)
        if !version.note.isEmpty { line.append("  \(Words.line(version.note))", .textMuted) }
        return TreeState<String>.Node(Place.version(version.application, version.number).path, line)
    }

    private static func figures(_ health: Health) -> StyledLine {
        guard health.requests > 0 else { return StyledLine() }
        var line = StyledLine("  \(Words.rate(health.perSecond))/s", health.ink)
        if health.failures > 0 {
            line.append(
                "  5xx \(Words.share(health.failures, of: health.requests))",
                health.isBad && !health.isStale ? .statusBad : health.ink)
        }
        return line
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { Place.read(id)?.place }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        switch id.flatMap({ Place.read($0)?.place }) {
        case .versions(let name)?: ApplicationOffers.offer(command, name, context)
        case .version(let name, let number)?:
            VersionsScreen.offer(command, Place.VersionLabel(name, number), context)
        default: .none
        }
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] { ApplicationsScreen.emptiness(context) }
}
