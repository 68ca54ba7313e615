import EdgeModel
import EdgePlan
import GRDB

private let columns = "SELECT configuration, name, hosts, digest, created_at, updated_at, author, tls"
private let tables = "FROM zone JOIN configuration ON configuration.id = configuration"

extension DatabaseReading {
    func zones() throws -> [Zone] {
        try all("zone", "\(columns) \(tables) ORDER BY name", [], Zone.init)
    }

    func zone(named name: String) throws -> Zone? {
        try one("zone", "\(columns) \(tables) WHERE name = ?", [name], Zone.init)
    }
}

extension Transaction {
    func putZone(_ zone: Zone, configuration: String) throws {
        let place = "zone \(zone.name)"
        try change(place) {
            if let old = try self.zone(named: zone.name) {
                guard old.id == zone.id else {
                    throw StoreError.refusal(
                        place, "the zone has id \(old.id), which never changes; \(zone.id) was given",
                        remedy: "Keep the zone's id.")
                }
                try updateConfiguration(zone.id, digest: zone.digest, document: configuration)
            } else {
                try insertConfiguration(
                    zone.id, digest: zone.digest, document: configuration, of: place, again: true)
            }
            try db.run(
                """
                INSERT INTO zone (name, configuration, hosts, created_at, updated_at, author, tls)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET hosts = excluded.hosts, created_at = excluded.created_at,
                    updated_at = excluded.updated_at, author = excluded.author, tls = excluded.tls
                """,
                [
                    zone.name, zone.id.rawValue, try StoredJSON.text(zone.hosts), zone.createdAt.milliseconds,
                    zone.updatedAt.milliseconds, zone.author, try zone.tls.map(StoredJSON.text),
                ])
        }
    }

    func removeZone(named name: String) throws {
        let place = "zone \(name)"
        try change(place) {
            guard let zone = try zone(named: name) else { throw StoreError.nothing(at: place) }
            try db.run("DELETE FROM zone WHERE name = ?", [name])
            try deleteConfiguration(zone.id)
        }
    }
}

extension Zone {
    fileprivate init(_ row: Columns) throws {
        self.init(
            id: ConfigurationID(rawValue: try row.int(0)), name: try row.text(1),
            hosts: try row.need(StoredJSON.texts(in: row.text(2))),
            tls: try row.optionalText(7).map { _ in try row.json(7, as: CertificateFiles.self) },
            digest: try row.digest(3), createdAt: try row.time(4), updatedAt: try row.time(5), author: try row.text(6))
    }
}
