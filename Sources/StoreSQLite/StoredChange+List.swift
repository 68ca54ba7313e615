import EdgeModel

extension StoredChange {
    /// `{"name":"office","before":{…},"after":{…},"added":[{"value":"192.0.2.1","comment":"ada"}]}`
    struct List: Codable {
        struct Head: Codable {
            var kind: ListKind
            var description: String
        }

        struct Item: Codable {
            var value: String
            var comment: String?
        }

        var name: ListName
        var before: Head?
        var after: Head?
        var removed: [Item]?
        var added: [Item]?

        init(_ change: ListChange) {
            name = change.name
            before = change.before.map { Head(kind: $0.kind, description: $0.description) }
            after = change.after.map { Head(kind: $0.kind, description: $0.description) }
            removed = change.removed.map { Item(value: $0.value, comment: $0.comment) }
            added = change.added.map { Item(value: $0.value, comment: $0.comment) }
        }

        var value: ListChange {
            func items(_ stored: [Item]?) -> [ListItem] {
                (stored ?? []).map { ListItem($0.value, comment: $0.comment) }
            }
            return ListChange(
                name: name, before: before.map { .init(kind: $0.kind, description: $0.description) },
                after: after.map { .init(kind: $0.kind, description: $0.description) }, removed: items(removed),
                added: items(added))
        }
    }
}
