package import EdgeModel
internal import EdgePlan

extension ControlPlane {
    package func zones() throws -> [Zone] { try store.read { try $0.zones() } }

    package func zone(named name: String) throws -> EdgeSnapshot.ZoneContent {
        try store.read { try Self.zoneContent(try Find.zone(name, in: $0), in: $0) }
    }

    /// The zone as a document that `zoneEdit(from:)` reads back to the same zone.
    package func exportZone(_ name: String) throws -> DocumentValue {
        let content = try zone(named: name)
        return ZoneDocument.write(
            name: content.zone.name, hosts: content.zone.hosts, tls: content.zone.tls,
            configuration: content.content.configuration)
    }

    /// Reads a zone document. All problems at once.
    /// - Throws: `ControlPlaneError.invalid` with the findings.
    package static func zoneEdit(from node: DocumentNode, named name: String? = nil) throws(ControlPlaneError)
        -> ZoneEdit
    {
        let (document, findings) = ZoneDocument.read(node, named: name)
        guard let document, findings.allSatisfy({ $0.severity != .error }) else {
            throw ControlPlaneError(
                .invalid, at: name.map { "zone \($0)" } ?? "zone document", "the zone file cannot be used",
                remedy: "mend what the findings name and import it again; nothing was changed", findings: findings)
        }
        return .put(
            name: document.name, hosts: document.hosts, tls: document.tls, configuration: document.configuration)
    }
}
