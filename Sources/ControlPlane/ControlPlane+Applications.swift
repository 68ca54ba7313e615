package import EdgeModel
internal import EdgePlan

package struct ApplicationSummary: Hashable, Sendable {
    package var application: HTTPApplication
    package var latest: Version?
    package var assignments: [Assignment]
}

package struct VersionSummary: Hashable, Sendable {
    package var version: Version
    /// Environments that serve it, by rank.
    package var environments: [ResourceName]
}

extension ControlPlane {
    package func applications() throws -> [ApplicationSummary] {
        try store.read { tx in
            let assignments = try tx.assignments()
            return try tx.applications().map { application in
                ApplicationSummary(
                    application: application, latest: try tx.versions(of: application.name).last,
                    assignments: assignments.filter { $0.application == application.name })
            }
        }
    }

    package func application(named name: ResourceName) throws -> ApplicationSummary {
        try store.read { tx in
            ApplicationSummary(
                application: try Find.application(name, in: tx), latest: try tx.versions(of: name).last,
                assignments: try tx.assignments().filter { $0.application == name })
        }
    }

    /// Makes an application of a zone: the zone's own configuration becomes version 1, locked, and both are
    /// independent from then on.
    package func createApplication(
        _ name: ResourceName, from zone: String, purpose: String
    ) throws -> (HTTPApplication, Version) {
        try mutate { tx in
            guard try tx.application(named: name) == nil else {
                throw ControlPlaneError(
                    .exists, at: "application \(name)", "there is an application of that name",
                    remedy: "signalbox app show \(name)")
            }
            let source = try Self.zoneContent(try Find.zone(zone, in: tx), in: tx)
            let moment = now()
            let application = HTTPApplication(
                name: name, zone: source.zone.name, purpose: purpose, createdAt: moment, author: actor.label)
            let version = Version(
                application: name, number: 1, id: try tx.nextConfigurationID(), base: nil, state: .locked,
                digest: source.content.digest, note: "zone \(source.zone.name) as it was", author: actor.label,
                createdAt: moment, updatedAt: moment, tags: [])
            try tx.putApplication(application)
            try tx.putVersion(version, configuration: source.content.configuration.document.json())
            return (
                (application, version),
                [AuditNote("application.create", "application/\(name)", "made from zone \(source.zone.name)")]
            )
        }
    }

    /// Removes an application that nothing refers to and that was never deployed.
    package func removeApplication(_ name: ResourceName) throws {
        try mutate { tx in
            _ = try Find.application(name, in: tx)
            if let rule = try tx.routingRules().first(where: { $0.application == name }) {
                throw ControlPlaneError(
                    .refused, at: "application \(name)", "routing rule \(rule.name) uses it",
                    remedy: "signalbox rule remove \(rule.name)")
            }
            if let assignment = try tx.assignments().first(where: { $0.application == name }) {
                throw ControlPlaneError(
                    .refused, at: "application \(name)",
                    "\(assignment.environment) serves \(name)@\(assignment.version)",
                    remedy: "signalbox rollback \(name) --env \(assignment.environment)")
            }
            if let reservation = StagingReservation.all(in: try tx.settings()).first(where: { $0.application == name })
            {
                throw ControlPlaneError(
                    .refused, at: "application \(name)", "\(reservation.label) is on \(reservation.address)",
                    remedy: "signalbox staging release \(reservation.address)")
            }
            let deployed = try tx.deployments(stream: nil, last: nil).contains {
                if case .assignment(name, _, _, _) = $0.change { true } else { false }
            }
            guard !deployed else {
                throw ControlPlaneError(
                    .refused, at: "application \(name)", "its versions are part of the journal and are kept",
                    remedy: "signalbox history; leave it without routing rules instead")
            }
            try tx.removeApplication(named: name)
            return ((), [AuditNote("application.remove", "application/\(name)", "removed")])
        }
    }

    package func versions(of name: ResourceName) throws -> [VersionSummary] {
        try store.read { tx in
            _ = try Find.application(name, in: tx)
            let environments = try tx.environments().sorted { $0.rank < $1.rank }.map(\.name)
            let assignments = try tx.assignments().filter { $0.application == name }
            return try tx.versions(of: name).map { version in
                VersionSummary(
                    version: version,
                    environments: environments.filter { environment in
                        assignments.contains { $0.environment == environment && $0.version == version.number }
                    })
            }
        }
    }
}
