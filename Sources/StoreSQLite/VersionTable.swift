import EdgeModel
import EdgePlan
import GRDB

private let query = """
    SELECT application, number, configuration, base, state, digest, note, author, created_at, updated_at,
        (SELECT json_group_array(tag) FROM (SELECT tag FROM version_tag AS t
            WHERE t.application = version.application AND t.number = version.number ORDER BY tag))
    FROM version JOIN configuration ON configuration.id = configuration
    """

extension DatabaseReading {
    func versions(of application: ResourceName) throws -> [Version] {
        try all(
            "version", "\(query) WHERE application = ? ORDER BY number", [application.rawValue], Version.init)
    }

    func version(_ number: Int, of application: ResourceName) throws -> Version? {
        try one(
            "version", "\(query) WHERE application = ? AND number = ?", [application.rawValue, number], Version.init)
    }
}

extension Transaction {
    func putVersion(_ version: Version, configuration: String) throws {
        let place = "version \(version.label)"
        try change(place) {
            if let old = try self.version(version.number, of: version.application) {
                try checkReplacement(of: old, by: version, configuration: configuration)
                if old.state == .draft {
                    try updateConfiguration(version.id, digest: version.digest, document: configuration)
                }
                try db.run(
                    """
                    UPDATE version SET base = ?, author = ?, created_at = ?, updated_at = ?
                    WHERE application = ? AND number = ?
                    """,
                    [
                        version.base, version.author, version.createdAt.milliseconds, version.updatedAt.milliseconds,
                        version.application.rawValue, version.number,
                    ])
            } else {
                try insertConfiguration(
                    version.id, digest: version.digest, document: configuration, of: place, again: false)
                try db.run(
                    """
                    INSERT INTO version
                        (application, number, configuration, base, state, note, author, created_at, updated_at)
                    VALUES (?, ?, ?, ?, 'draft', '', ?, ?, ?)
                    """,
                    [
                        version.application.rawValue, version.number, version.id.rawValue, version.base,
                        version.author, version.createdAt.milliseconds, version.updatedAt.milliseconds,
                    ])
            }
            try annotate(version)
        }
    }

    func updateVersion(_ version: Version) throws {
        let place = "version \(version.label)"
        try change(place) {
            guard let old = try self.version(version.number, of: version.application) else {
                throw StoreError.nothing(at: place)
            }
            guard old.state == .draft || version.state == .locked else { throw StoreError.lockedVersion(version) }
            try annotate(version)
        }
    }

    /// State, note and tags.
    private func annotate(_ version: Version) throws {
        let key: StatementArguments = [version.application.rawValue, version.number]
        try db.run(
            "UPDATE version SET state = ?, note = ? WHERE application = ? AND number = ?",
            [version.state.rawValue, version.note] + key)
        if version.state == .locked { try lockConfiguration(version.id) }
        try db.run("DELETE FROM version_tag WHERE application = ? AND number = ?", key)
        for tag in version.tags {
            let other = try one(
                "tag", "SELECT number FROM version_tag WHERE application = ? AND tag = ?",
                [version.application.rawValue, tag.rawValue]
            ) { try $0.int(0) }
            if let other, other != version.number {
                throw StoreError.tagTaken(version, tag: tag, by: other)
            }
            try db.run(
                "INSERT INTO version_tag (application, number, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                key + [tag.rawValue])
        }
    }

    private func checkReplacement(of old: Version, by new: Version, configuration: String) throws {
        guard old.id == new.id else {
            throw StoreError.refusal(
                "version \(new.label)", "the version has configuration id \(old.id), which never changes",
                remedy: "Keep the version's id, or make a new version.")
        }
        guard old.state == .locked else { return }
        guard new.state == .locked, old.digest == new.digest, old.base == new.base,
            try self.configuration(old.id) == configuration
        else { throw StoreError.lockedVersion(new) }
    }
}

extension Version {
    fileprivate init(_ row: Columns) throws {
        self.init(
            application: try row.name(0), number: try row.int(1), id: ConfigurationID(rawValue: try row.int(2)),
            base: try row.optionalInt(3), state: try row.raw(4, as: State.self), digest: try row.digest(5),
            note: try row.text(6), author: try row.text(7), createdAt: try row.time(8), updatedAt: try row.time(9),
            tags: try row.json(10, as: [ResourceName].self))
    }
}
