internal import EdgeModel
internal import EdgePlan
internal import TerminalUI

/// Content of a version or of a zone: rules by phase in the order in which they run, then origins and settings.
enum ConfigurationScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("phase", "PHASE", .content(8, 16), priority: 6),
            Column("position", "#", .content(1, 4), right: true, priority: 7),
            Column("state", "", .content(1, 1), priority: 9),
            Column("ref", "REF", .content(6, 28), priority: 9),
            Column("action", "ACTION", .content(6, 16), priority: 8),
            Column("expression", "WHEN", .rest(16), priority: 8),
            Column("description", "DESCRIPTION", .content(8, 32), priority: 2),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard case .configuration(let configuration, _)? = context.content else { return [] }
        let rules = Phase.allCases.flatMap { phase in
            configuration.rules(in: phase).enumerated().map { rule($1, phase, $0 + 1) }
        }
        return rules + configuration.origins.map(origin) + configuration.settings.map(setting)
    }

    static func row(ofRule ref: String) -> String { "rule/\(ref)" }

    private static func rule(_ rule: Rule, _ phase: Phase, _ position: Int) -> Row {
        let ink: Role = rule.enabled ? .text : .textDisabled
        return Row(
            row(ofRule: rule.ref),
            [
                StyledLine(phase.shortName, .textMuted), StyledLine("\(position)", .textNumber),
                StyledLine(rule.enabled ? "●" : "○", rule.enabled ? .statusOk : .statusPaused),
                StyledLine(Words.text(rule.ref), rule.enabled ? .textStrong : .textDisabled),
                StyledLine(Words.text(rule.action), ink), StyledLine(Words.text(rule.expression), ink),
                StyledLine(Words.line(rule.description ?? ""), .textMuted),
            ], keys: [Double(phase.order), Double(phase.order * 100_000 + position), rule.enabled ? 1 : 0])
    }

    private static func origin(_ origin: Origin) -> Row {
        let endpoints = origin.endpoints.map { "\($0.address):\($0.port)" }.joined(separator: ", ")
        return Row(
            "origin/\(origin.name)",
            [
                StyledLine("origins", .textMuted), StyledLine(), StyledLine(),
                StyledLine(Words.text(origin.name), .textStrong),
                StyledLine(origin.tls == nil ? "http" : "https", .text),
                StyledLine(Words.text(endpoints), .text), StyledLine(),
            ], keys: [100])
    }

    private static func setting(_ member: DocumentMember) -> Row {
        Row(
            "setting/\(member.key)",
            [
                StyledLine("settings", .textMuted), StyledLine(), StyledLine(),
                StyledLine(Words.text(member.key), .textStrong), StyledLine(),
                StyledLine(Words.text(member.value.leafText), .text), StyledLine(),
            ], keys: [101])
    }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard case .version(let name, let number) = context.place else { return .none }
        let label = Place.VersionLabel(name, number)
        guard [.toggle, .moveUp, .moveDown].contains(command) else {
            return VersionsScreen.offer(command, label, context)
        }
        guard case .configuration(let configuration, let version)? = context.content,
            let ref = id.flatMap({ $0.hasPrefix("rule/") ? String($0.dropFirst(5)) : nil })
        else {
            return .unavailable(
                "only rules are switched and moved in place; \(context.keys.key(.edit)) opens all of it in your editor")
        }
        guard version?.state == .draft else {
            return .unavailable(
                "\(Words.version(name, number)) is locked: \(context.keys.key(.draft)) makes a draft of it")
        }
        let rule = Phase.allCases.lazy.flatMap { configuration.rules(in: $0) }.first { $0.ref == ref }
        let edit: Operation.RuleEdit =
            command == .toggle ? .setEnabled(!(rule?.enabled ?? true)) : .move(command == .moveUp ? -1 : 1)
        guard edit.applied(to: configuration, ref: ref) != nil else {
            return .unavailable("it is the \(command == .moveUp ? "first" : "last") rule of its phase")
        }
        return .operation(.change(label, ref: ref, edit))
    }

    static var bulk: Set<Action> { [.toggle] }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        context.content == nil
            ? [StyledLine("reading…", .textMuted)] : [StyledLine("no rules, no origins, no settings", .textMuted)]
    }
}

extension Phase {
    /// As a column has room for it; the whole name stands in the rules themselves.
    var shortName: TerminalText {
        switch self {
        case .dynamicRedirect: "redirect"
        case .transform: "rewrite"
        case .configSettings: "config"
        case .origin: "origin"
        case .firewallCustom: "firewall"
        case .rateLimit: "rate limit"
        case .lateTransform: "request headers"
        case .cacheSettings: "cache"
        case .responseHeadersTransform: "response headers"
        }
    }
}
