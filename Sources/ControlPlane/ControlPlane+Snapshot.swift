package import EdgeModel
package import EdgePlan
internal import FoundationEssentials

extension ControlPlane {
    /// What the store says is live, compiled: the plan and every finding.
    package func compile() throws -> (EdgePlan, [Finding]) {
        PlanCompiler.compile(try store.read { try Self.snapshot(in: $0) })
    }

    /// Everything that decides what the edge serves.
    package static func snapshot(in tx: any StoreReading) throws -> EdgeSnapshot {
        var shelf = ConfigurationShelf()
        return try snapshot(in: tx, &shelf)
    }

    static func snapshot(in tx: any StoreReading, _ shelf: inout ConfigurationShelf) throws -> EdgeSnapshot {
        let rules = try tx.routingRules()
        let assignments = try tx.assignments()
        var wanted: Set<VersionKey> = []
        for assignment in assignments { wanted.insert(VersionKey(assignment.application, assignment.version)) }
        for rule in rules { if let pinned = rule.pinned { wanted.insert(VersionKey(rule.application, pinned)) } }
        let settings = try tx.settings()
        let reservations = StagingReservation.all(in: settings)
        for reservation in reservations { wanted.insert(VersionKey(reservation.application, reservation.version)) }
        var versions: [String: EdgeSnapshot.Content] = [:]
        for key in wanted {
            guard let version = try tx.version(key.number, of: key.application) else { continue }
            versions[version.label] = try content(of: version, in: tx, &shelf)
        }
        let zones = try tx.zones().map { try zoneContent($0, in: tx, &shelf) }
        return EdgeSnapshot(
            account: try tx.account(), zones: zones, versions: versions, routingRules: rules,
            environments: try tx.environments().sorted { $0.rank < $1.rank },
            assignments: assignments, settings: EdgeSettings(stored: settings), reservations: reservations,
            lists: try knownLists(in: tx, &shelf))
    }

    static func zoneContent(_ zone: Zone, in tx: any StoreReading) throws -> EdgeSnapshot.ZoneContent {
        var shelf = ConfigurationShelf()
        return try zoneContent(zone, in: tx, &shelf)
    }

    private static func zoneContent(
        _ zone: Zone, in tx: any StoreReading, _ shelf: inout ConfigurationShelf
    ) throws -> EdgeSnapshot.ZoneContent {
        let configuration = try shelf.configuration(zone.id, .init(digest: zone.digest, updatedAt: zone.updatedAt)) {
            try Self.configuration(zone.id, in: tx)
        }
        return EdgeSnapshot.ZoneContent(
            zone: zone,
            content: EdgeSnapshot.Content(
                id: zone.id, digest: zone.digest, application: nil, version: nil, configuration: configuration))
    }

    static func content(of version: Version, in tx: any StoreReading) throws -> EdgeSnapshot.Content {
        var shelf = ConfigurationShelf()
        return try content(of: version, in: tx, &shelf)
    }

    private static func content(
        of version: Version, in tx: any StoreReading, _ shelf: inout ConfigurationShelf
    ) throws -> EdgeSnapshot.Content {
        let stamp = ConfigurationShelf.Stamp(digest: version.digest, updatedAt: version.updatedAt)
        let configuration = try shelf.configuration(version.id, stamp) { try Self.configuration(version.id, in: tx) }
        return EdgeSnapshot.Content(
            id: version.id, digest: version.digest, application: version.application, version: version.number,
            configuration: configuration)
    }

    /// - Throws: `StoreError.corrupt` when what is stored is no configuration; it was checked when it was stored.
    static func configuration(_ id: ConfigurationID, in tx: any StoreReading) throws -> Configuration {
        guard let text = try tx.configuration(id) else {
            throw StoreError(
                .corrupt, at: "configuration \(id)", "a configuration is missing from the store",
                remedy: "restore a backup")
        }
        return try read(text, id: id)
    }

    /// Reads a stored configuration's JSON text.
    static func read(_ text: String, id: ConfigurationID) throws -> Configuration {
        do {
            let value = try JSONDecoder().decode(DocumentValue.self, from: Data(text.utf8))
            let (configuration, findings) = ConfigurationReader.read(DocumentNode(value))
            guard findings.allSatisfy({ $0.severity != .error }) else {
                throw StoreError(
                    .corrupt, at: "configuration \(id)",
                    "a stored configuration cannot be read: \(findings[0].message)",
                    remedy: "restore a backup, or use the program that wrote it")
            }
            return configuration
        } catch is DecodingError {
            throw StoreError(
                .corrupt, at: "configuration \(id)", "a stored configuration is no JSON", remedy: "restore a backup")
        }
    }

    private struct VersionKey: Hashable {
        var application: ResourceName
        var number: Int
        init(_ application: ResourceName, _ number: Int) {
            self.application = application
            self.number = number
        }
    }
}
