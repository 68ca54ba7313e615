import EdgeModel
import EdgePlan
import GRDB

private let columns = "SELECT name, kind, description, digest, created_at, updated_at, author FROM list"

extension DatabaseReading {
    func lists() throws -> [NamedList] { try all("list", "\(columns) ORDER BY name", [], NamedList.init) }

    func list(named name: ListName) throws -> NamedList? {
        try one("list", "\(columns) WHERE name = ?", [name.rawValue], NamedList.init)
    }

    func items(of list: ListName) throws -> [ListItem] {
        try all("item", "SELECT value, comment FROM list_item WHERE list = ? ORDER BY value", [list.rawValue]) { row in
            ListItem(try row.text(0), comment: try row.optionalText(1))
        }
    }
}

extension Transaction {
    func putList(_ list: NamedList, items: [ListItem]) throws {
        let place = "list \(list.name)"
        try change(place) {
            if let old = try self.list(named: list.name), old.kind != list.kind {
                throw StoreError.refusal(
                    place, "the list holds \(old.kind.rawValue), which never changes",
                    remedy: "Make a list of another name.")
            }
            try db.run(
                """
                INSERT INTO list (name, kind, description, digest, created_at, updated_at, author)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET description = excluded.description, digest = excluded.digest,
                    created_at = excluded.created_at, updated_at = excluded.updated_at, author = excluded.author
                """,
                [
                    list.name.rawValue, list.kind.rawValue, list.description, list.digest.rawValue,
                    list.createdAt.milliseconds, list.updatedAt.milliseconds, list.author,
                ])
            try db.run("DELETE FROM list_item WHERE list = ?", [list.name.rawValue])
            for item in items {
                try change(place) {
                    try db.run(
                        "INSERT INTO list_item (list, value, comment) VALUES (?, ?, ?)",
                        [list.name.rawValue, item.value, item.comment])
                }
            }
        }
    }

    func removeList(named name: ListName) throws {
        let place = "list \(name)"
        try change(place) {
            guard try list(named: name) != nil else { throw StoreError.nothing(at: place) }
            try db.run("DELETE FROM list WHERE name = ?", [name.rawValue])
        }
    }
}

extension NamedList {
    fileprivate init(_ row: Columns) throws {
        self.init(
            name: try row.raw(0, as: ListName.self), kind: try row.raw(1, as: ListKind.self),
            description: try row.text(2), digest: try row.digest(3), createdAt: try row.time(4),
            updatedAt: try row.time(5), author: try row.text(6))
    }
}
