internal import EdgeModel
internal import EdgePlan

extension Planner {
    func intent(of request: ChangeRequest) throws -> Intent {
        switch request {
        case .assign(let application, let version, let environment):
            try assign(application, version, environment)
        case .promote(let application, let target): try promote(application, target)
        case .rollback(let application, let environment, let to): try rollback(application, environment, to)
        case .routing(let edit): try routing(edit)
        case .environment(let edit): try self.environment(edit)
        case .zone(let edit): try zone(edit)
        case .settings(let settings): try self.settings(settings)
        case .reservation(let edit): try reservation(edit)
        case .list(let edit): try list(edit)
        case .undo(let id): try undo(id)
        }
    }

    // MARK: versions in environments

    private func assign(_ application: ResourceName, _ number: Int, _ name: ResourceName) throws -> Intent {
        let environments = try tx.environments().sorted { $0.rank < $1.rank }
        let environment = try Find.environment(name, in: tx)
        guard environment.rank == environments.first?.rank, !environment.isProduction || environments.count == 1 else {
            let lowest = environments.first?.name.rawValue ?? "staging"
            throw ControlPlaneError(
                .refused, at: "environment \(name)", "only the lowest-ranked environment is assigned to directly",
                remedy:
                    "signalbox env assign \(lowest) \(application)@\(number), then signalbox promote \(application) --to \(name)"
            )
        }
        let version = try Find.version(number, of: application, in: tx)
        let current = try currentVersion(application, name)
        guard current != number else { throw noChange(version.label, name) }
        return try swap(
            version.application, in: environment, from: current, to: version, verb: "assign \(version.label) to")
    }

    private func promote(_ application: ResourceName, _ name: ResourceName) throws -> Intent {
        let environments = try tx.environments().sorted { $0.rank < $1.rank }
        let target = try Find.environment(name, in: tx)
        _ = try Find.application(application, in: tx)
        guard let source = environments.last(where: { $0.rank < target.rank }) else {
            throw ControlPlaneError(
                .refused, at: "environment \(name)", "nothing ranks below \(name), so there is nothing to promote from",
                remedy: "signalbox env assign \(name) \(application)@latest")
        }
        guard let number = try currentVersion(application, source.name) else {
            throw ControlPlaneError(
                .refused, at: "environment \(source.name)",
                "\(source.name) serves no version of \(application) of its own",
                remedy: source.rank == environments.first?.rank
                    ? "signalbox env assign \(source.name) \(application)@latest"
                    : "signalbox promote \(application) --to \(source.name)")
        }
        let version = try Find.version(number, of: application, in: tx)
        let current = try currentVersion(application, name)
        guard current != number else { throw noChange(version.label, name) }
        var intent = try swap(application, in: target, from: current, to: version, verb: "promote \(version.label) to")
        if let current, try !lineage(of: version).contains(current) {
            intent.staleBase =
                "\(version.label) was not made from \(application)@\(current), which \(name) serves now: promoting drops what \(application)@\(current) brought"
        }
        intent.notices = try rolledBack(version, in: name).map { [$0] } ?? []
        return intent
    }

    /// Somebody took the version back when it was served there last, and nothing in it has changed since.
    private func rolledBack(_ version: Version, in environment: ResourceName) throws -> Finding? {
        let last = try tx.deployments(stream: environment, last: nil).last { entry in
            guard case .assignment(version.application, _, let from, let to) = entry.change else { return false }
            return from == version.number || to == version.number
        }
        guard let last, last.kind == .rollback, case .assignment(_, _, version.number, _) = last.change else {
            return nil
        }
        let reason = last.reason.map { ": \($0)" } ?? ""
        return Finding(
            .info, "rolled-back", at: version.label,
            "\(last.actor.label) rolled it back in \(environment) at \(last.at)\(reason)",
            remedy: "signalbox history show \(last.id)")
    }

    private func rollback(_ application: ResourceName, _ name: ResourceName, _ to: Int?) throws -> Intent {
        let environment = try Find.environment(name, in: tx)
        _ = try Find.application(application, in: tx)
        let current = try currentVersion(application, name)
        let history = DeploymentHistory(of: application, in: try tx.deployments(stream: name, last: nil))
        let target: Int?
        if let to {
            guard to != current else { throw noChange("\(application)@\(to)", name) }
            target = to
        } else {
            guard history.canGoBack else {
                throw try nothingBefore(application, name)
            }
            target = history.previous
        }
        let version = try target.map { try Find.version($0, of: application, in: tx) }
        let label = version?.label ?? "the zone's own configuration"
        var intent = try swap(
            application, in: environment, from: current, to: version, verb: "roll back to \(label) in")
        intent.locks = []
        return intent
    }

    /// Why an environment cannot go further back: it is where it began, whatever it served in between.
    private func nothingBefore(_ application: ResourceName, _ name: ResourceName) throws -> ControlPlaneError {
        let served = try tx.deployments(stream: name, last: nil).compactMap { entry -> Int? in
            guard case .assignment(application, _, _, let to) = entry.change else { return nil }
            return to
        }
        guard let last = served.last else {
            return ControlPlaneError(
                .refused, at: "environment \(name)", "\(name) has never served a version of \(application)",
                remedy: "signalbox history \(name)")
        }
        return ControlPlaneError(
            .refused, at: "environment \(name)",
            "\(name) is back at the zone's own configuration, and nothing lies before it",
            remedy: "signalbox rollback \(application) --env \(name) --to \(last)",
            details: ["the version it served last: \(application)@\(last)"])
    }

    private func swap(
        _ application: ResourceName, in environment: Environment, from: Int?, to: Version?, verb: String
    ) throws -> Intent {
        let app = try Find.application(application, in: tx)
        let old =
            try from.map { try ControlPlane.configuration(try Find.version($0, of: application, in: tx).id, in: tx) }
            ?? (try zoneConfiguration(app.zone))
        let new = try to.map { try ControlPlane.configuration($0.id, in: tx) } ?? (try zoneConfiguration(app.zone))
        let now = from.map { "\(application)@\($0)" } ?? "the zone's own configuration"
        var intent = Intent(
            stream: environment.name,
            change: .assignment(application: application, environment: environment.name, from: from, to: to?.number),
            title: "\(verb) \(environment.name) (now \(now))", target: to?.label, diff: (old, new))
        intent.contents = [to.map { "\($0.label) \($0.digest)" } ?? "zone \(app.zone)"]
        if let to, environment.lockOnDeploy, to.state == .draft { intent.locks = [to.label] }
        return intent
    }

    private func zoneConfiguration(_ name: String) throws -> Configuration {
        guard let zone = try tx.zone(named: name) else { return Configuration() }
        return try ControlPlane.configuration(zone.id, in: tx)
    }

    func currentVersion(_ application: ResourceName, _ environment: ResourceName) throws -> Int? {
        try tx.assignments().first { $0.application == application && $0.environment == environment }?.version
    }

    /// The version and all it was copied from, in turn.
    private func lineage(of version: Version) throws -> Set<Int> {
        let bases = Dictionary(
            try tx.versions(of: version.application).map { ($0.number, $0.base) },
            uniquingKeysWith: { first, _ in first })
        var found: Set<Int> = [version.number]
        var next = version.base
        while let number = next, found.insert(number).inserted { next = bases[number] ?? nil }
        return found
    }

    private func noChange(_ label: String, _ environment: ResourceName) -> ControlPlaneError {
        ControlPlaneError(
            .refused, at: "environment \(environment)", "\(environment) already serves \(label)",
            remedy: "signalbox history \(environment)")
    }

    // MARK: back

    /// What could be undone instead of an entry that is not there.
    private func noEntry(_ id: Int?, among all: [Deployment]) -> ControlPlaneError {
        guard let id else {
            return ControlPlaneError(
                .notFound, at: "journal", "there is nothing to undo", remedy: "signalbox history")
        }
        let newest = all.last { entry in
            entry.isUndoable(at: now)
                && !all.contains { $0.id > entry.id && $0.change.touchesSame(as: entry.change) }
        }
        let told = newest.map { "the newest that can be undone is \($0.id), made at \($0.at): \($0.change.sentence)" }
        return ControlPlaneError(
            .notFound, at: "deployment \(id)", "there is no deployment \(id)",
            remedy: newest.map { "signalbox undo \($0.id)" } ?? "signalbox history",
            details: [told ?? "nothing was changed in the last 5 minutes, and nothing older can be undone"])
    }

    private func undo(_ id: Int?) throws -> Intent {
        let all = try tx.deployments(stream: nil, last: nil)
        guard let entry = id.map({ id in all.first { $0.id == id } }) ?? all.last else {
            throw noEntry(id, among: all)
        }
        guard entry.isUndoable(at: now) else {
            throw ControlPlaneError(
                .refused, at: "deployment \(entry.id)", "it was made at \(entry.at), more than 5 minutes ago",
                remedy: "use signalbox rollback for versions, or make the change the other way round")
        }
        if let later = all.first(where: { $0.id > entry.id && $0.change.touchesSame(as: entry.change) }) {
            throw ControlPlaneError(
                .refused, at: "deployment \(entry.id)",
                "\(later.actor.label) changed the same thing since, at \(later.at) (deployment \(later.id))",
                remedy: "signalbox history show \(later.id)", details: [later.change.sentence])
        }
        var intent: Intent
        switch entry.change.inverse {
        case .assignment(let application, let environment, let from, let to):
            let version = try to.map { try Find.version($0, of: application, in: tx) }
            intent = try swap(
                application, in: try Find.environment(environment, in: tx), from: from, to: version,
                verb: "undo deployment \(entry.id) (\(entry.change.sentence)) in")
            intent.locks = []
        case let change:
            intent = Intent(
                stream: entry.stream, change: change, title: "undo deployment \(entry.id): \(entry.change.sentence)")
        }
        intent.undoes = entry.id
        return intent
    }
}
