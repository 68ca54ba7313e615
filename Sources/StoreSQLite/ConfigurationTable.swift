import EdgeModel
import EdgePlan
import GRDB

extension DatabaseReading {
    func configuration(_ id: ConfigurationID) throws -> String? {
        try one("configuration", "SELECT document FROM configuration WHERE id = ?", [id.rawValue]) { try $0.text(0) }
    }
}

extension Transaction {
    func nextConfigurationID() throws -> ConfigurationID {
        try db.run("INSERT INTO configuration_id DEFAULT VALUES")
        return ConfigurationID(rawValue: Int(db.lastInsertedRowID))
    }

    /// The content of a new zone or version, under an id that nothing else ever had.
    /// - Parameter again: whether `place` itself may have had it before: a zone that was removed and is put back.
    func insertConfiguration(
        _ id: ConfigurationID, digest: Digest, document: String, of place: String, again: Bool
    ) throws {
        try db.run(
            """
            INSERT INTO configuration_id (id, owner) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET owner = excluded.owner WHERE owner IS NULL
            """, [id.rawValue, place])
        let isNew = db.changesCount == 1
        let owner = try one("configuration id", "SELECT owner FROM configuration_id WHERE id = ?", [id.rawValue]) {
            try $0.optionalText(0)
        }
        guard isNew || again && owner == place else {
            throw StoreError.refusal(
                place, "configuration id \(id) was used before", remedy: "Take the next unused id for it.")
        }
        try db.run(
            "INSERT INTO configuration (id, digest, document) VALUES (?, ?, ?)",
            [id.rawValue, digest.rawValue, document])
    }

    /// New content under an id that is kept.
    func updateConfiguration(_ id: ConfigurationID, digest: Digest, document: String) throws {
        try db.run(
            "UPDATE configuration SET digest = ?, document = ? WHERE id = ?", [digest.rawValue, document, id.rawValue])
    }

    func lockConfiguration(_ id: ConfigurationID) throws {
        try db.run("UPDATE configuration SET locked = 1 WHERE id = ? AND locked = 0", [id.rawValue])
    }

    func deleteConfiguration(_ id: ConfigurationID) throws {
        try db.run("DELETE FROM configuration WHERE id = ?", [id.rawValue])
    }
}
