package import EdgeModel
internal import EdgePlan

extension ControlPlane {
    /// Whether what is stored is what its digests and the journal tell: nobody changed the file past Signalbox.
    package func verifyContents() throws -> [Finding] {
        try store.read { tx in
            var findings: [Finding] = []
            for zone in try tx.zones() {
                findings += try Self.altered("zone \(zone.name)", zone.id, zone.digest, in: tx)
            }
            for application in try tx.applications() {
                for version in try tx.versions(of: application.name) {
                    findings += try Self.altered(version.label, version.id, version.digest, in: tx)
                }
            }
            for list in try tx.lists() where NamedList.digest(of: try tx.items(of: list.name), list.kind) != list.digest
            {
                findings.append(Self.altered("list \(list.name)"))
            }
            return findings + (try Self.unfounded(in: tx))
        }
    }

    private static func altered(
        _ place: String, _ id: ConfigurationID, _ digest: Digest, in tx: any StoreReading
    ) throws -> [Finding] {
        guard let text = try tx.configuration(id) else { return [altered(place)] }
        // Another build may write the same in other words; then the text is what was hashed.
        if Digest.sha256(of: text) == digest || (try? read(text, id: id))?.digest == digest { return [] }
        return [altered(place)]
    }

    private static func altered(_ place: String) -> Finding {
        Finding(
            .error, "content-altered", at: place, "its content is not what its digest stands for",
            remedy: "it was changed past Signalbox; compare with a backup")
    }

    /// Assignments that no deployment made.
    private static func unfounded(in tx: any StoreReading) throws -> [Finding] {
        struct Place: Hashable {
            var application: ResourceName
            var environment: ResourceName
        }
        var told: [Place: Int] = [:]
        for deployment in try tx.deployments(stream: nil, last: nil) {
            guard case .assignment(let application, let environment, _, let version) = deployment.change else {
                continue
            }
            told[Place(application: application, environment: environment)] = version
        }
        return try tx.assignments().compactMap { assignment in
            let place = Place(application: assignment.application, environment: assignment.environment)
            guard told[place] != assignment.version else { return nil }
            return Finding(
                .error, "assignment-altered", at: "\(assignment.application) in \(assignment.environment)",
                "it is assigned version \(assignment.version), and the journal tells of \(told[place].map { "version \($0)" } ?? "none")",
                remedy: "it was changed past Signalbox; compare with a backup")
        }
    }
}
