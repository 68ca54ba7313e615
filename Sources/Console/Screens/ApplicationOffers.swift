internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// What can be done with an application from wherever it is selected.
enum ApplicationOffers {
    static func offer(_ command: Action, _ name: ResourceName, _ context: ScreenContext) -> Offer {
        let picture = context.picture
        let environment = context.environment
        switch command {
        case .promote:
            guard let below = picture.neighbours(of: environment).below else {
                return .unavailable(
                    "\(Words.name(environment)) is the lowest environment: put a version there with \(context.keys.key(.assign))"
                )
            }
            guard let number = picture.served(name, in: below) else {
                return .unavailable("\(Words.name(below)) serves no version of \(Words.name(name)) to promote")
            }
            if picture.served(name, in: environment) == number {
                return .unavailable(
                    "\(Words.name(environment)) serves \(Words.version(name, number)) already")
            }
            return .operation(.promote(name, to: environment))
        case .rollback:
            // Only a whole journal can say that there was nothing.
            let isWhole = picture.deployments.count < Picture.longest
            guard !isWhole || !picture.deployments(of: name, in: environment).isEmpty else {
                return .unavailable("nothing of \(Words.name(name)) was ever deployed to \(Words.name(environment))")
            }
            return .operation(.rollback(name, in: environment))
        case .difference:
            guard let number = picture.served(name, in: environment) else {
                return .unavailable("\(Words.name(environment)) serves no version of \(Words.name(name))")
            }
            if let latest = picture.versions[name]?.first?.version.number, latest != number {
                return .go(.difference(Place.VersionLabel(name, number), Place.VersionLabel(name, latest)))
            }
            // Nothing waits to be promoted: what came with the last promotion is what is looked for.
            guard let before = replaced(by: number, of: name, context) else {
                return .unavailable("\(Words.name(environment)) serves the latest version and served none before it")
            }
            return .go(.difference(Place.VersionLabel(name, before), Place.VersionLabel(name, number)))
        case .edit:
            guard let latest = picture.versions[name]?.first?.version.number else { return .none }
            return .operation(.edit(Place.VersionLabel(name, latest)))
        case .assign:
            guard let lowest = picture.lowest, let latest = picture.versions[name]?.first?.version.number else {
                return .none
            }
            if picture.served(name, in: lowest) == latest {
                return .unavailable("\(Words.name(lowest)) serves the latest version, \(Words.versionOnly(latest))")
            }
            return .operation(.assign(Place.VersionLabel(name, latest), to: lowest))
        case .undo: return undo(name, context)
        case .history: return .go(.history(name))
        default: return .none
        }
    }

    /// The version that this one took the place of when it was deployed last.
    private static func replaced(by number: Int, of name: ResourceName, _ context: ScreenContext) -> Int? {
        context.picture.deployments(of: name, in: context.environment).lazy.compactMap { entry -> Int? in
            guard case .assignment(_, _, let from?, number) = entry.deployment.change else { return nil }
            return from
        }.first
    }

    /// The application's own last change, that in the environment that is shown before those in others.
    private static func undo(_ name: ResourceName, _ context: ScreenContext) -> Offer {
        let shown = context.picture.deployments(of: name, in: context.environment).first
        let others = context.picture.environments.lazy.compactMap {
            context.picture.deployments(of: name, in: $0.environment.name).first
        }
        let last = ([shown] + others.sorted { $0.deployment.id > $1.deployment.id }).lazy.compactMap { $0?.deployment }
        guard let entry = last.first(where: { $0.isUndoable(at: context.now) }) else {
            return .unavailable(
                "nothing of \(Words.name(name)) was deployed in the last 5 minutes; \(context.keys.key(.rollback)) rolls back"
            )
        }
        return .operation(.undo(entry.id))
    }
}
