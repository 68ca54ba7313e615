internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// The journal: every change of what is served, newest first, and who serves it.
enum DeploymentsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("id", "ID", .content(2, 6), right: true, priority: 9),
            Column("age", "AGE", .content(3, 4), right: true, priority: 8),
            Column("actor", "BY", .content(4, 24), priority: 6),
            Column("kind", "KIND", .content(6, 11), priority: 8),
            Column("change", "CHANGE", .rest(16), priority: 9),
            Column("environment", "ENVIRONMENT", .content(10, 12), priority: 8),
            Column("nodes", "NODES", .content(5, 7), right: true, priority: 5),
            Column("reason", "WHY", .content(4, 32), priority: 4),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        return context.picture.deployments.filter { isShown($0.deployment, in: context.place) }.map { row in
            let entry = row.deployment
            let undone = context.picture.deployments.contains { $0.deployment.undoes == entry.id }
            return Row(
                "\(entry.id)",
                [
                    StyledLine("\(entry.id)", .textMuted),
                    StyledLine(Words.age(entry.at, at: context.now), .textMuted),
                    StyledLine(Words.text(entry.actor.label), .textMuted),
                    StyledLine(Words.text(entry.kind.rawValue), role(of: entry.kind)),
                    StyledLine(told(entry.change), undone ? .textDisabled : .text)
                        + (undone ? StyledLine(" undone", .statusRetired) : StyledLine()),
                    environment(of: entry.change), nodes(row.acknowledgements.count, context),
                    StyledLine(Words.line(entry.reason ?? ""), .text),
                ],
                keys: [
                    Double(entry.id), Double(-entry.at.milliseconds), nil, nil, nil, nil,
                    Double(row.acknowledgements.count),
                ])
        }
    }

    /// `shop @1 → @2`, as the list of applications writes it; what is no version's change in its sentence.
    private static func told(_ change: Change) -> TerminalText {
        guard case .assignment(let name, _, let from, let to) = change else {
            // Its kind stands beside it.
            let (sentence, kind) = (change.sentence, "routing rules ")
            return Words.text(sentence.hasPrefix(kind) ? sentence.dropFirst(kind.count) : sentence[...])
        }
        return "\(Words.name(name)) \(Words.versionOnly(from)) → \(Words.versionOnly(to))"
    }

    private static func environment(of change: Change) -> StyledLine {
        guard case .assignment(_, let name, _, _) = change else { return StyledLine() }
        return StyledLine(Words.name(name), .text)
    }

    /// How many serve it; nothing where there is no node that could.
    private static func nodes(_ count: Int, _ context: ScreenContext) -> StyledLine {
        if count == 0, context.picture.status.nodes.isEmpty { return StyledLine() }
        return StyledLine("\(count)", count == 0 ? .textMuted : .textNumber)
    }

    private static func isShown(_ entry: Deployment, in place: Place) -> Bool {
        switch place {
        case .deployments(let stream?): entry.stream == stream
        case .history(let application):
            if case .assignment(application, _, _, _) = entry.change { true } else { false }
        default: true
        }
    }

    private static func role(of kind: Deployment.Kind) -> Role {
        switch kind {
        case .promote: .statusOk
        case .rollback, .undo: .statusWarn
        case .assign: .statusProgress
        default: .text
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { Int(id).map { .deployment($0) } }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard let entry = context.picture.deployments.first(where: { "\($0.deployment.id)" == id })?.deployment else {
            return .none
        }
        return offer(command, entry, context)
    }

    static func offer(_ command: Action, _ entry: Deployment, _ context: ScreenContext) -> Offer {
        switch command {
        case .undo:
            guard entry.isUndoable(at: context.now) else { return .unavailable("it is older than 5 minutes") }
            return .operation(.undo(entry.id))
        case .difference:
            guard case .assignment(let name, _, let from?, let to?) = entry.change else {
                return .unavailable("it does not go from one version to another")
            }
            return .go(.difference(Place.VersionLabel(name, from), Place.VersionLabel(name, to)))
        default:
            guard case .assignment(let name, let environment, _, _) = entry.change else { return .none }
            var context = context
            context.environment = environment
            return ApplicationOffers.offer(command, name, context)
        }
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [StyledLine("nothing was deployed yet", .textMuted)]
    }
}
