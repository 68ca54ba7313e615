internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Routing rules in evaluation order: the first that holds decides.
enum RoutingScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("position", "#", .content(1, 3), right: true, priority: 9),
            Column("state", "", .content(1, 1), priority: 9),
            Column("rule", "RULE", .content(6, 24), priority: 9),
            Column("expression", "IF", .rest(16), priority: 8),
            Column("use", "USE", .content(6, 24), priority: 9),
            Column("description", "DESCRIPTION", .content(8, 32), priority: 2),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        context.picture.routing.enumerated().map { index, rule in
            let ink: Role = rule.enabled ? .text : .textDisabled
            var use = StyledLine(Words.name(rule.application), rule.enabled ? .textStrong : .textDisabled)
            if let pinned = rule.pinned { use.append("@\(pinned) pinned", .statusWarn) }
            return Row(
                rule.name.rawValue,
                [
                    StyledLine("\(index + 1)", .textNumber),
                    StyledLine(rule.enabled ? "●" : "○", rule.enabled ? .statusOk : .statusPaused),
                    StyledLine(Words.name(rule.name), rule.enabled ? .textStrong : .textDisabled),
                    StyledLine(Words.text(rule.expression), ink), use,
                    StyledLine(Words.line(rule.description), .textMuted),
                ], keys: [Double(index), rule.enabled ? 1 : 0])
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        context.picture.routing.first { $0.name.rawValue == id }.map { .versions($0.application) }
    }

    static var bulk: Set<Action> { [.toggle] }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        let rules = context.picture.routing
        guard let index = rules.firstIndex(where: { $0.name.rawValue == id }) else { return .none }
        let rule = rules[index]
        switch command {
        case .toggle: return .operation(.setEnabled(rule.name, !rule.enabled))
        case .moveUp:
            guard index > 0 else { return .unavailable("it is the first rule") }
            return .operation(.move(rule.name, past: rules[index - 1].name, up: true))
        case .moveDown:
            guard index + 1 < rules.count else { return .unavailable("it is the last rule") }
            return .operation(.move(rule.name, past: rules[index + 1].name, up: false))
        default: return ApplicationOffers.offer(command, rule.application, context)
        }
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        guard !context.picture.status.applications.isEmpty else { return nil }
        let zone = context.picture.zones.first?.name ?? "example.com"
        return EntryForm(
            "add a routing rule", ["rule", "add"],
            [
                EntryForm.Field(id: "name", label: "name", placeholder: "shop"),
                EntryForm.Field(
                    id: "if", label: "if", placeholder: "cf.zone.name eq \"\(Words.text(zone))\"", option: "--if"),
                EntryForm.Field(
                    id: "use", label: "use", placeholder: "an application, or a version of it: shop@3",
                    option: "--use"),
                EntryForm.Field(
                    id: "before", label: "before", placeholder: "a rule; last of all when empty", option: "--before",
                    isNeeded: false),
            ])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        let name = context.picture.status.applications.first.map { Words.name($0.application.name) } ?? "APP"
        return [
            StyledLine("No routing rule: every request gets its zone's own configuration.", .textStrong), StyledLine(),
            StyledLine("  :rule add \(name) --if 'cf.zone.name eq \"example.com\"' --use \(name)", .textKey),
        ]
    }
}

/// What the edge evaluates, in order, environment by environment.
enum EffectiveScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("position", "#", .content(1, 3), right: true, priority: 8),
            Column("environment", "ENVIRONMENT", .content(8, 14), priority: 9),
            Column("where", "WHERE", .content(6, 24), priority: 4),
            Column("rule", "RULE", .content(6, 24), priority: 6),
            Column("expression", "IF", .rest(16), priority: 8),
            Column("use", "THEN", .content(6, 24), priority: 9),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        var wanted: ResourceName?
        if case .effective(let name) = context.place { wanted = name }
        return context.picture.effective.filter { wanted == nil || $0.environment == wanted }.enumerated().map {
            index, rule in
            let environment = context.picture.environments.first { $0.environment.name == rule.environment }?
                .environment
            var place = StyledLine(Words.text(rule.stagingAddresses.joined(separator: " ")), .text)
            if let filter = rule.filter { place.append("\(place.isEmpty ? "" : " and ")\(Words.text(filter))", .text) }
            return Row(
                "\(rule.environment)/\(rule.stagingAddresses.joined(separator: ","))/\(rule.routingRule)",
                [
                    StyledLine("\(index + 1)", .textNumber),
                    StyledLine(Words.name(rule.environment), environment.map { Role.environment($0) } ?? .text), place,
                    StyledLine(Words.name(rule.routingRule), .text), StyledLine(Words.text(rule.condition), .text),
                    rule.servedLabel.map { StyledLine(Words.text($0), .textStrong) }
                        ?? StyledLine("zone's own", .textMuted),
                ], keys: [Double(index)])
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? {
        let rule = context.picture.effective.first {
            "\($0.environment)/\($0.stagingAddresses.joined(separator: ","))/\($0.routingRule)" == id
        }
        switch rule?.outcome {
        case .version(let name, let number, _)?: return .version(name, number)
        case .zoneConfiguration(let name)?: return .versions(name)
        case nil: return nil
        }
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [StyledLine("No routing rule: every request gets its zone's own configuration.", .textMuted)]
    }
}
