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
        let outline = try EdgeOutline(in: tx)
        var snapshot = outline.snapshot(lists: try knownLists(in: tx, &shelf))
        for (label, stamp) in outline.versions {
            snapshot.versions[label] = try content(label, stamp, in: tx, &shelf)
        }
        snapshot.zones = try shelf.zones(outline.zones) { shelf in
            try tx.zones().map { try zoneContent($0, in: tx, &shelf) }
        }
        return snapshot
    }

    /// The same with some zones only, and with the versions that these may be served.
    ///
    /// - Parameter others: effective rules of which the versions are wanted as well.
    static func snapshot(
        of zones: Set<String>, or others: [EffectiveRule] = [], in tx: any StoreReading
    ) throws -> EdgeSnapshot {
        var shelf = ConfigurationShelf()
        let outline = try EdgeOutline(in: tx)
        var snapshot = outline.snapshot(lists: try knownLists(in: tx))
        let rows = RowIndex(EffectiveRule.rows(snapshot) + others)
        for name in zones.sorted() {
            guard let zone = try tx.zone(named: name) else { continue }
            snapshot.zones.append(try zoneContent(zone, in: tx, &shelf))
            for label in rows.rows(in: name).compactMap(\.servedLabel) where snapshot.versions[label] == nil {
                guard let stamp = outline.versions[label] else { continue }
                snapshot.versions[label] = try content(label, stamp, in: tx, &shelf)
            }
        }
        return snapshot
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
                id: zone.id, digest: zone.digest, application: nil, version: nil, zone: zone.name,
                configuration: configuration))
    }

    static func content(of version: Version, in tx: any StoreReading) throws -> EdgeSnapshot.Content {
        EdgeSnapshot.Content(
            id: version.id, digest: version.digest, application: version.application, version: version.number,
            configuration: try configuration(version.id, in: tx))
    }

    private static func content(
        _ label: String, _ stamp: EdgeOutline.Stamp, in tx: any StoreReading, _ shelf: inout ConfigurationShelf
    ) throws -> EdgeSnapshot.Content? {
        // A label is the application's name, which holds no such sign, and the number.
        let words = label.split(separator: "@")
        guard words.count == 2, let application = ResourceName(rawValue: String(words[0])), let number = Int(words[1])
        else { return nil }
        let configuration = try shelf.configuration(
            stamp.id, .init(digest: stamp.digest, updatedAt: stamp.updatedAt)
        ) { try Self.configuration(stamp.id, in: tx) }
        return EdgeSnapshot.Content(
            id: stamp.id, digest: stamp.digest, application: application, version: number,
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
}
