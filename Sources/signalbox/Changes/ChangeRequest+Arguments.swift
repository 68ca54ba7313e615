internal import ControlPlane
internal import EdgeModel

// What the verbs and `plan` make of their arguments; both mean the same request.

extension ChangeRequest {
    static func assignment(_ environment: String, _ version: String, _ session: Session) throws -> ChangeRequest {
        let environment = try Names.environment(environment)
        let version = try session.plane(.reading).resolve(try Names.version(version))
        return .assign(application: version.application, version: version.number, environment: environment)
    }

    /// - Parameters:
    ///   - version: an application; or a version, which then must be the one that would be promoted.
    ///   - target: may be left out when there is only one environment to promote to.
    static func promotion(_ version: String, _ target: String?, _ session: Session) throws -> ChangeRequest {
        let reference = try Names.version(version)
        let plane = try session.plane(.reading)
        let environments = try plane.environments()
        let name: ResourceName
        if let target {
            name = try Names.environment(target)
        } else if environments.count == 2, let highest = environments.last?.environment.name {
            name = highest
        } else {
            throw ErrorReport(
                .usage, at: "promote \(version)", "say where to with --to ENVIRONMENT",
                remedy: "signalbox env list",
                details: environments.map { "\($0.environment.rank): \($0.environment.name)" })
        }
        if reference.selector != .unspecified {
            try checkSource(of: try plane.resolve(reference), to: name, environments)
        }
        return .promote(application: reference.application, to: name)
    }

    /// Whoever names a version means that one and not what was assigned in the meantime.
    private static func checkSource(
        of version: Version, to target: ResourceName, _ environments: [EnvironmentSummary]
    ) throws {
        guard let index = environments.firstIndex(where: { $0.environment.name == target }), index > 0 else { return }
        let source = environments[index - 1]
        let served = source.assignments.first { $0.application == version.application }?.version
        guard served != version.number else { return }
        let now = served.map { "\(version.application)@\($0)" } ?? "no version of \(version.application)"
        let lowest = environments[0].environment.name
        throw ErrorReport(
            .refused, at: "promote \(version.label) to \(target)",
            "\(source.environment.name) serves \(now), not \(version.label)",
            remedy: source.environment.name == lowest
                ? "signalbox env assign \(lowest) \(version.label)"
                : "signalbox promote \(version.label) --to \(source.environment.name)")
    }

    static func rollback(_ application: String, _ environment: String, to: String?) throws -> ChangeRequest {
        let application = try Names.application(application)
        var number: Int?
        if let to {
            guard
                let given = Int(
                    to.hasPrefix("\(application)@") ? String(to.dropFirst(application.rawValue.count + 1)) : to),
                given > 0
            else {
                throw ErrorReport(
                    .usage, at: "--to \(to)", "give the number of a version",
                    remedy: "signalbox version list \(application)")
            }
            number = given
        }
        return .rollback(application: application, environment: try Names.environment(environment), to: number)
    }
}
