import EdgeModel
import GRDB

private let columns = "SELECT name, zone, purpose, created_at, author FROM application"

extension DatabaseReading {
    func applications() throws -> [HTTPApplication] {
        try all("application", "\(columns) ORDER BY name", [], HTTPApplication.init)
    }

    func application(named name: ResourceName) throws -> HTTPApplication? {
        try one("application", "\(columns) WHERE name = ?", [name.rawValue], HTTPApplication.init)
    }
}

extension Transaction {
    func putApplication(_ application: HTTPApplication) throws {
        try change("application \(application.name)") {
            try db.run(
                """
                INSERT INTO application (name, zone, purpose, created_at, author) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET zone = excluded.zone, purpose = excluded.purpose,
                    created_at = excluded.created_at, author = excluded.author
                """,
                [
                    application.name.rawValue, application.zone, application.purpose,
                    application.createdAt.milliseconds, application.author,
                ])
        }
    }

    func removeApplication(named name: ResourceName) throws {
        let place = "application \(name)"
        try change(place) {
            guard try application(named: name) != nil else { throw StoreError.nothing(at: place) }
            let environments = try all(
                "assignment", "SELECT environment FROM assignment WHERE application = ? ORDER BY environment",
                [name.rawValue]
            ) { try $0.text(0) }
            let rules = try all(
                "routing rule", "SELECT name FROM routing_rule WHERE application = ? ORDER BY position",
                [name.rawValue]
            ) { try $0.text(0) }
            guard environments.isEmpty, rules.isEmpty else {
                throw StoreError.inUse(place, environments: environments, rules: rules)
            }
            let configurations = try versions(of: name).map(\.id)
            try db.run("DELETE FROM version WHERE application = ?", [name.rawValue])
            for id in configurations { try deleteConfiguration(id) }
            try db.run("DELETE FROM application WHERE name = ?", [name.rawValue])
        }
    }
}

extension HTTPApplication {
    fileprivate init(_ row: Columns) throws {
        self.init(
            name: try row.name(0), zone: try row.text(1), purpose: try row.text(2), createdAt: try row.time(3),
            author: try row.text(4))
    }
}
