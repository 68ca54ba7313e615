import EdgeModel
import GRDB

extension DatabaseReading {
    func routingRules() throws -> [RoutingRule] {
        try all(
            "routing rule",
            """
            SELECT name, expression, application, pinned, enabled, description FROM routing_rule ORDER BY position
            """
        ) { row in
            RoutingRule(
                name: try row.name(0), expression: try row.text(1), application: try row.name(2),
                pinned: try row.optionalInt(3), enabled: try row.bool(4), description: try row.text(5))
        }
    }

    func environments() throws -> [Environment] {
        try all(
            "environment",
            "SELECT name, rank, filter, staging_addresses, lock_on_deploy FROM environment ORDER BY rank, name"
        ) { row in
            Environment(
                name: try row.name(0), rank: try row.int(1), filter: try row.optionalText(2),
                stagingAddresses: try row.json(3, as: [String].self), lockOnDeploy: try row.bool(4))
        }
    }

    func assignments() throws -> [Assignment] {
        try all(
            "assignment",
            """
            SELECT application, environment, version FROM assignment
            JOIN environment ON environment.name = environment ORDER BY application, rank, environment
            """
        ) { row in
            Assignment(application: try row.name(0), environment: try row.name(1), version: try row.int(2))
        }
    }
}

extension Transaction {
    func putRoutingRules(_ rules: [RoutingRule]) throws {
        try change("routing rules") {
            try db.run("DELETE FROM routing_rule")
            for (position, rule) in rules.enumerated() {
                try change("routing rule \(rule.name)") {
                    try db.run(
                        """
                        INSERT INTO routing_rule
                            (position, name, expression, application, pinned, enabled, description)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                        [
                            position, rule.name.rawValue, rule.expression, rule.application.rawValue, rule.pinned,
                            rule.enabled, rule.description,
                        ])
                }
            }
        }
    }

    func putEnvironment(_ environment: Environment) throws {
        let place = "environment \(environment.name)"
        guard !environment.isProduction || environment.filter == nil else {
            throw StoreError.refusal(
                place, "production is the catch-all and has no filter", remedy: "Leave its filter out.")
        }
        try change(place) {
            try db.run(
                """
                INSERT INTO environment (name, rank, filter, staging_addresses, lock_on_deploy) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET rank = excluded.rank, filter = excluded.filter,
                    staging_addresses = excluded.staging_addresses, lock_on_deploy = excluded.lock_on_deploy
                """,
                [
                    environment.name.rawValue, environment.rank, environment.filter,
                    try StoredJSON.text(environment.stagingAddresses), environment.lockOnDeploy,
                ])
        }
    }

    func removeEnvironment(named name: ResourceName) throws {
        let place = "environment \(name)"
        try change(place) {
            guard try environments().contains(where: { $0.name == name }) else { throw StoreError.nothing(at: place) }
            let serving = try assignments().filter { $0.environment == name }
            guard serving.isEmpty else {
                throw StoreError.refusal(
                    place,
                    "it still serves \(serving.map { "\($0.application)@\($0.version)" }.joined(separator: ", "))",
                    remedy: "Take its assignments away first.")
            }
            try db.run("DELETE FROM environment WHERE name = ?", [name.rawValue])
        }
    }

    func putAssignment(application: ResourceName, environment: ResourceName, version: Int?) throws {
        try change("\(application) in environment \(environment)") {
            let key: StatementArguments = [environment.rawValue, application.rawValue]
            guard let version else {
                return try db.run("DELETE FROM assignment WHERE environment = ? AND application = ?", key)
            }
            try db.run(
                """
                INSERT INTO assignment (environment, application, version) VALUES (?, ?, ?)
                ON CONFLICT (environment, application) DO UPDATE SET version = excluded.version
                """, key + [version])
        }
    }
}
