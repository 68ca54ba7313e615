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
    /// - Parameter place: the file, for the error.
    /// - Throws: `ControlPlaneError.invalid` with the findings.
    package static func zoneEdit(
        from node: DocumentNode, named name: String? = nil, at place: String? = nil
    ) throws(ControlPlaneError) -> ZoneEdit {
        let (document, findings) = ZoneDocument.read(node, named: name)
        return try zoneEdit(document, findings, at: place ?? name.map { "zone \($0)" })
    }

    /// The same, and what of it this edge could not carry out, with the account's lists.
    package func checkedZoneEdit(
        from node: DocumentNode, named name: String? = nil, at place: String? = nil
    ) throws -> ZoneEdit {
        let (document, findings) = ZoneCheck.read(node, named: name, lists: try knownLists())
        return try Self.zoneEdit(document, findings, at: place ?? name.map { "zone \($0)" })
    }

    private static func zoneEdit(
        _ document: ZoneDocument?, _ findings: [Finding], at place: String?
    ) throws(ControlPlaneError) -> ZoneEdit {
        guard let document, findings.allSatisfy({ $0.severity != .error }) else {
            throw ControlPlaneError(
                .invalid, at: place ?? "zone document", "the zone file cannot be used",
                remedy: "mend what the findings name and import it again; nothing was changed", findings: findings)
        }
        return .put(
            name: document.name, hosts: document.hosts, tls: document.tls, configuration: document.configuration)
    }
}
