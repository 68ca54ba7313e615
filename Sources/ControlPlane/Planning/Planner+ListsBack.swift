internal import EdgeModel
internal import EdgePlan

/// A way back must lead to what was served, and rules whose list is gone are left out: an open door where there was a
/// closed one. So a list that was deleted since comes back with the rules that ask for it, as the journal knows it.
extension Planner {
    /// Lists to be made again, by name; none when everything that would be served has its lists.
    func restoredLists(after change: Change) throws -> [ListChange] {
        // Most accounts never deleted one, and then nothing need be looked through.
        guard try deletions().contains(where: { _ in true }) else { return [] }
        var snapshot = try ControlPlane.snapshot(in: tx)
        try Self.apply(change, to: &snapshot, in: tx)
        let missing = try snapshot.missingLists.filter { name in
            try ListUse.live(name, in: snapshot, tx).contains(where: \.isLive)
        }
        guard !missing.isEmpty else { return [] }
        return try missing.compactMap { try deletion(of: $0)?.inverse }
    }

    /// A name stands for one kind of values as long as rules that were written for it are kept: a way back to them
    /// would find a list that they cannot ask.
    func checkKind(_ kind: ListKind, of name: ListName) throws {
        guard let old = try deletion(of: name)?.before, old.kind != kind else { return }
        let uses = try ListUse.all(name, in: try ControlPlane.snapshot(in: tx), tx)
        guard !uses.isEmpty else { return }
        throw ControlPlaneError(
            .refused, at: "list \(name)",
            "it held \(old.kind.rawValue) before it was deleted, and rules that are kept were written for that",
            remedy: "make a list of another name", details: uses.map(\.sentence))
    }

    /// The newest removal of a list; nil when it was never removed.
    private func deletion(of name: ListName) throws -> ListChange? {
        try deletions().first { $0.name == name }
    }

    /// The newest first.
    private func deletions() throws -> some Sequence<ListChange> {
        let entries = try tx.deployments(stream: try Stream.name(Stream.lists), last: nil)
        return entries.reversed().lazy.compactMap { entry -> ListChange? in
            guard case .list(let change) = entry.change, change.after == nil else { return nil }
            return change
        }
    }
}

extension EdgeSnapshot {
    /// Lists that some expression asks for and that are not there, sorted.
    fileprivate var missingLists: [ListName] {
        var used: Set<String> = []
        for content in zones.map(\.content) + versions.values { used.formUnion(content.configuration.usedLists) }
        for rule in routingRules { used.formUnion(Configuration.lists(in: rule.expression)) }
        for filter in environments.compactMap(\.filter) { used.formUnion(Configuration.lists(in: filter)) }
        return used.subtracting(lists.contents.keys).compactMap { ListName(rawValue: $0) }.sorted()
    }
}
