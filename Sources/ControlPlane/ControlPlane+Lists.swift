package import EdgeModel
internal import EdgePlan

/// A list with its items, in the order people expect.
package struct ListSummary: Hashable, Sendable {
    package var list: NamedList
    package var items: [ListItem]
}

extension ControlPlane {
    /// By name.
    package func lists() throws -> [ListSummary] {
        try store.read { tx in try tx.lists().map { try Self.summary($0, in: tx) } }
    }

    package func list(named name: ListName) throws -> ListSummary {
        try store.read { try Self.summary(try Find.list(name, in: $0), in: $0) }
    }

    private static func summary(_ list: NamedList, in tx: any StoreReading) throws -> ListSummary {
        ListSummary(list: list, items: list.kind.sorted(try tx.items(of: list.name)))
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
        guard let list = try tx.list(named: name) else {
            throw ControlPlaneError(
                .notFound, at: "list \(name)", "there is no list '\(name.rawValue)'", remedy: "signalbox list list")
        }
        return list
    }
}
