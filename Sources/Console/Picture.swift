package import ControlPlane
package import EdgeModel

/// Everything of the state that the console shows as lists, read at one time.
///
/// Contents of versions and zones are not in it: they are read when somebody looks at one.
package struct Picture: Sendable {
    package var status: AccountStatus
    /// By application, newest first.
    package var versions: [ResourceName: [VersionSummary]]
    package var zones: [Zone]
    package var routing: [RoutingRule]
    package var effective: [EffectiveRule]
    /// By rank, lowest first.
    package var environments: [EnvironmentSummary]
    package var staging: [StagingAddress]
    /// Newest first, at most `longest`.
    package var deployments: [HistoryRow]
    package var audit: [AuditEntry]
    /// What was done and what happened at nodes, newest first.
    package var events: [ActivityEvent]

    /// Entries of journals that are shown; the command line shows all.
    package static let longest = 1_000

    package static func read(_ plane: ControlPlane) throws -> Picture {
        let status = try plane.status()
        var versions: [ResourceName: [VersionSummary]] = [:]
        for summary in status.applications {
            let name = summary.application.name
            versions[name] = try plane.versions(of: name).reversed()
        }
        return Picture(
            status: status, versions: versions, zones: try plane.zones(), routing: try plane.routingRules(),
            effective: try plane.effectiveRules(), environments: try plane.environments(),
            staging: try plane.stagingAddresses(),
            deployments: try plane.history(stream: nil, last: longest).reversed(),
            audit: try plane.auditEntries(last: longest).reversed(), events: try plane.events(last: longest))
    }
}

extension Picture {
    package func summary(of application: ResourceName) -> ApplicationSummary? {
        status.applications.first { $0.application.name == application }
    }

    /// What an environment serves of an application by an assignment of its own.
    package func served(_ application: ResourceName, in environment: ResourceName) -> Int? {
        summary(of: application)?.assignments.first { $0.environment == environment }?.version
    }

    /// Environments one rank below and above.
    package func neighbours(of environment: ResourceName) -> (below: ResourceName?, above: ResourceName?) {
        let names = environments.map(\.environment.name)
        guard let index = names.firstIndex(of: environment) else { return (nil, nil) }
        return (index > 0 ? names[index - 1] : nil, index + 1 < names.count ? names[index + 1] : nil)
    }

    package var highest: ResourceName? { environments.last?.environment.name }
    package var lowest: ResourceName? { environments.first?.environment.name }

    /// Changes of an application in an environment, newest first.
    package func deployments(of application: ResourceName, in environment: ResourceName) -> [HistoryRow] {
        deployments.filter { row in
            if case .assignment(application, environment, _, _) = row.deployment.change { return true }
            return false
        }
    }
}
