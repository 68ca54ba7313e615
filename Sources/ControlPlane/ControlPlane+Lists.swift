package import EdgeModel
internal import EdgePlan

/// A list with its items, in the order people expect.
package struct ListSummary: Hashable, Sendable {
    package var list: NamedList
    package var items: [ListItem]
    /// What is served first; versions that could be served again are among them for one list alone.
    package var uses: [ListUse]
}

extension ControlPlane {
    /// By name.
    package func lists() throws -> [ListSummary] {
        try store.read { tx in
            let lists = try tx.lists()
            guard !lists.isEmpty else { return [] }
            let snapshot = try Self.snapshot(in: tx)
            return try lists.map { try Self.summary($0, in: tx, ListUse.live($0.name, in: snapshot, tx)) }
        }
    }

    package func list(named name: ListName) throws -> ListSummary {
        try store.read { tx in
            let list = try Find.list(name, in: tx)
            return try Self.summary(list, in: tx, ListUse.all(name, in: try Self.snapshot(in: tx), tx))
        }
    }

    /// What `$name` stands for in expressions.
    package func knownLists() throws -> KnownLists { try store.read { try Self.knownLists(in: $0) } }

    static func knownLists(in tx: any StoreReading) throws -> KnownLists {
        var shelf = ConfigurationShelf()
        return try knownLists(in: tx, &shelf)
    }

    static func knownLists(in tx: any StoreReading, _ shelf: inout ConfigurationShelf) throws -> KnownLists {
        try shelf.lists(try tx.lists()) { $0.kind.contents(try tx.items(of: $0.name)) }
    }

    private static func summary(
        _ list: NamedList, in tx: any StoreReading, _ uses: [ListUse]
    ) throws -> ListSummary {
        ListSummary(list: list, items: list.kind.sorted(try tx.items(of: list.name)), uses: uses)
    }

    /// Writes what a change of a list says.
    static func put(_ change: ListChange, at moment: Timestamp, by actor: Actor, in tx: any StoreWriting) throws {
        guard let after = change.after else { return try tx.removeList(named: change.name) }
        let items = change.applied(to: try tx.items(of: change.name))
        let old = try tx.list(named: change.name)
        try tx.putList(
            NamedList(
                name: change.name, kind: after.kind, description: after.description,
                digest: NamedList.digest(of: items, after.kind), createdAt: old?.createdAt ?? moment,
                updatedAt: moment, author: actor.label),
            items: items)
    }
}

extension Find {
    static func list(_ name: ListName, in tx: any StoreReading) throws -> NamedList {
        guard let list = try tx.list(named: name) else { throw noList(name, among: try tx.lists()) }
        return list
    }

    static func noList(_ name: ListName, among lists: [NamedList]) -> ControlPlaneError {
        missing("list", name.rawValue, among: lists.map(\.name.rawValue), list: "signalbox list list")
    }
}
