import EdgeModel
import EdgePlan
import GRDB

private let columns = "SELECT name, region, token_digest, created_at, author FROM node"

extension DatabaseReading {
    func nodes() throws -> [Node] { try all("node", "\(columns) ORDER BY name", [], Node.init) }

    func node(named name: ResourceName) throws -> Node? {
        try one("node", "\(columns) WHERE name = ?", [name.rawValue], Node.init)
    }

    func nodeStatuses() throws -> [ResourceName: String] {
        let statuses = try all("node status", "SELECT node, status FROM node_status") {
            (try $0.name(0), try $0.text(1))
        }
        return Dictionary(statuses, uniquingKeysWith: { $1 })
    }

    func settings() throws -> [String: String] {
        let settings = try all("setting", "SELECT key, value FROM setting") { (try $0.text(0), try $0.text(1)) }
        return Dictionary(settings, uniquingKeysWith: { $1 })
    }
}

extension Transaction {
    func putNode(_ node: Node) throws {
        try change("node \(node.name)") {
            try db.run(
                """
                INSERT INTO node (name, region, token_digest, created_at, author) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET region = excluded.region, token_digest = excluded.token_digest,
                    created_at = excluded.created_at, author = excluded.author
                """,
                [
                    node.name.rawValue, node.region, node.tokenDigest.rawValue, node.createdAt.milliseconds,
                    node.author,
                ])
        }
    }

    func removeNode(named name: ResourceName) throws {
        let place = "node \(name)"
        try change(place) {
            guard try node(named: name) != nil else { throw StoreError.nothing(at: place) }
            try db.run("DELETE FROM node WHERE name = ?", [name.rawValue])
        }
    }

    func putNodeStatus(_ json: String, of node: ResourceName) throws {
        try change("node \(node)") {
            try db.run(
                """
                INSERT INTO node_status (node, status) VALUES (?, ?)
                ON CONFLICT (node) DO UPDATE SET status = excluded.status
                """, [node.rawValue, json])
        }
    }

    func putSetting(_ key: String, _ value: String?) throws {
        try change("setting \(key)") {
            guard let value else { return try db.run("DELETE FROM setting WHERE key = ?", [key]) }
            try db.run(
                "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [key, value])
        }
    }
}

extension Node {
    fileprivate init(_ row: Columns) throws {
        self.init(
            name: try row.name(0), region: try row.text(1), tokenDigest: try row.digest(2), createdAt: try row.time(3),
            author: try row.text(4))
    }
}
