internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Applications, those in trouble first: what every environment serves, how it is answered, what changed last.
enum ApplicationsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        let served = context.picture.environments.reversed().map { summary in
            Column(
                "\(summary.environment.name)", Words.text(summary.environment.name.rawValue.uppercased()),
                .content(4, 12), priority: summary.environment.isProduction ? 9 : 6)
        }
        var hour = Column("hour", "LAST HOUR", .content(LastHour.width, LastHour.width), priority: 1)
        hour.isDrawing = true
        return [
            Column("state", "", .content(1, 1), priority: 9),
            Column("application", "APPLICATION", .rest(12), priority: 9),
        ] + served + [
            Column("rate", "REQ/S", .content(5, 7), right: true, priority: 7),
            Column("5xx", "5XX", .content(5, 7), right: true, priority: 8),
            Column("p95", "P95", .content(5, 7), right: true, priority: 3),
            hour,
            Column("latest", "LATEST", .content(8, 14), priority: 2),
            Column("changed", "LAST CHANGE", .content(24, 64), priority: 4),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        let hours = LastHour.byApplication(context.history)
        return context.picture.status.applications
            .map { summary in (summary, Health(of: summary.application.name, context)) }
            .sorted { ($1.1.trouble, $0.0.application.name) < ($0.1.trouble, $1.0.application.name) }
            .map { row($0, $1, hours[$0.application.name.rawValue], context) }
    }

    private static func row(
        _ summary: ApplicationSummary, _ health: Health, _ hour: LastHour?, _ context: ScreenContext
    ) -> Row {
        let name = summary.application.name
        let environments = context.picture.environments.reversed().map(\.environment)
        let served = environments.map { environment -> StyledLine in
            let number = summary.assignments.first { $0.environment == environment.name }?.version
            return StyledLine(
                Words.versionOnly(number), number == nil ? .textMuted : environment.isProduction ? .textStrong : .text)
        }
        let change = context.picture.deployments.first { row in
            if case .assignment(name, _, _, _) = row.deployment.change { true } else { false }
        }?.deployment
        var latest = StyledLine(Words.versionOnly(summary.latest?.number), .text)
        if summary.latest?.state == .draft { latest.append(" draft", .textMuted) }
        return Row(
            name.rawValue,
            [
                StyledLine(health.sign, health.role),
                StyledLine(Words.name(name), health.isBad ? .statusBad : .textStrong),
            ]
                + served + [
                    StyledLine(health.requests > 0 ? Words.rate(health.perSecond) : "-", health.ink),
                    StyledLine(
                        health.requests > 0 ? Words.share(health.failures, of: health.requests) : "-",
                        health.isBad && !health.isStale ? .statusBad : health.ink),
                    StyledLine(Words.latency(health.p95), health.ink),
                    hour?.line(isASCII: context.isASCII) ?? StyledLine(), latest,
                    change.map { told($0, context) } ?? StyledLine("-", .textMuted),
                ],
            keys: [Double(health.trouble), nil] + served.map { _ in nil } + [
                health.perSecond, health.share, health.p95.map { Double($0) }, Double(hour?.requests ?? 0),
                summary.latest.map { Double($0.number) },
                change.map { Double($0.at.milliseconds) },
            ])
    }

    /// `4m rollback @2 → @1, ada: carts were empty`: what it was first, so that it is read also where it is cut.
    private static func told(_ change: Deployment, _ context: ScreenContext) -> StyledLine {
        var line = StyledLine("\(Words.age(change.at, at: context.now)) ", .textMuted)
        line.append(Words.text(change.kind.rawValue), change.kind.isWayBack ? .statusWarn : .text)
        if case .assignment(_, let environment, let from, let to) = change.change {
            line.append(" \(Words.versionOnly(from)) → \(Words.versionOnly(to))", .text)
            if environment != context.environment { line.append(" in \(Words.name(environment))", .textMuted) }
        }
        line.append(", \(Words.text(change.actor.label))", .textMuted)
        if let reason = change.reason { line.append(": \(Words.line(reason))", .text) }
        return line
    }

    static var bulk: Set<Action> { [.promote, .rollback, .assign] }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        ResourceName(rawValue: id).map { .versions($0) }
    }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard let id, let name = ResourceName(rawValue: id) else { return .none }
        return ApplicationOffers.offer(command, name, context)
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        guard let zone = context.picture.zones.first else { return ZonesScreen.form(context) }
        return EntryForm(
            "make an application of a zone", ["app", "create"],
            [
                EntryForm.Field(id: "name", label: "name", placeholder: "shop"),
                EntryForm.Field(
                    id: "zone", label: "zone", placeholder: "example.com",
                    text: context.picture.zones.count == 1 ? zone.name : "", option: "--zone"),
                EntryForm.Field(
                    id: "purpose", label: "purpose", placeholder: "what it is for", option: "--purpose",
                    isNeeded: false),
            ])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        if context.picture.zones.isEmpty {
            let beside = context.picture.beside.compactMap(ScreenTable.row)
            let head: TerminalText =
                beside.isEmpty ? "This state is empty. What now?" : "No HTTP is served by this state. What there is:"
            return [StyledLine(head, .textStrong), StyledLine()]
                + Words.ways(beside.map { (":\(Words.text($0.word))", $0.title) })
                + (beside.isEmpty ? [] : [StyledLine()])
                + Words.ways([
                    (":zone import FILE", "a zone from a file"),
                    (":zone example example.com", "one to begin with, to copy"),
                ]) + (beside.isEmpty ? Words.otherStates : [])
        }
        let zone = context.picture.zones.first.map { Words.text($0.name) } ?? "ZONE"
        return [
            StyledLine("There is no application yet. Make one of a zone:", .textStrong), StyledLine(),
            StyledLine("  :app create shop --zone \(zone)", .textKey),
        ]
    }
}

/// How an application is answered lately, over all its versions.
struct Health: Hashable {
    var requests = 0
    var failures = 0
    var perSecond = 0.0
    var p95: Int?
    /// Nobody says how it is.
    var isUnknown = true
    /// It was so when somebody last said.
    var isStale = false

    init(of name: ResourceName, _ context: ScreenContext) {
        self.init(context) { $0.hasPrefix("\(name)@") }
    }

    init(of label: Place.VersionLabel, _ context: ScreenContext) {
        self.init(context) { $0 == "\(label)" }
    }

    private init(_ context: ScreenContext, _ isMeant: (String) -> Bool) {
        isUnknown = context.live == nil
        isStale = context.isStale && !isUnknown
        for figures in context.live?.figures(of: .version) ?? [] where isMeant(figures.subject.name) {
            requests += figures.counts.requests
            failures += figures.counts.errors
            perSecond += figures.perSecond
            p95 = [p95, figures.p95].compactMap(\.self).max()
        }
    }

    var share: Double { requests > 0 ? Double(failures) / Double(requests) : 0 }
    /// One answer in a hundred is a failure.
    var isBad: Bool { failures > 0 && share >= 0.01 }
    /// 2: it fails; 1: a few failures; 0: none.
    var trouble: Int { isBad ? 2 : failures > 0 ? 1 : 0 }

    /// Of its figures.
    var ink: Role { isStale ? .stale : requests > 0 ? .textNumber : .textMuted }
    var sign: TerminalText {
        isStale ? "~" : isBad ? "✗" : failures > 0 ? "!" : isUnknown ? "?" : requests > 0 ? "●" : "○"
    }
    var role: Role {
        isStale
            ? .statusStale
            : isBad
                ? .statusBad
                : failures > 0 ? .statusWarn : isUnknown ? .statusUnknown : requests > 0 ? .statusOk : .textMuted
    }
}
