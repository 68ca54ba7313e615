internal import EdgeModel
internal import EdgePlan

extension Planner {
    func list(_ edit: ListEdit) throws -> Intent {
        let name = edit.name
        let stored = try tx.list(named: name)
        let old = try stored.map {
            (head: ListChange.Head(kind: $0.kind, description: $0.description), items: try tx.items(of: name))
        }
        let new: (head: ListChange.Head, items: [ListItem])?
        let title: String
        switch edit {
        case .create(_, let kind, let description, let items):
            guard old == nil else {
                throw ControlPlaneError(
                    .exists, at: "list \(name)", "there is a list of that name",
                    remedy: "signalbox list add \(name.rawValue) ITEM")
            }
            try checkKind(kind, of: name)
            new = (.init(kind: kind, description: description), try checked(items, kind, name))
            title = "create list \(name)"
        case .add(_, let items):
            let list = try need(old, name)
            new = (list.head, try checked(list.items + merged(items, into: list, name), list.head.kind, name))
            title = "add to list \(name)"
        case .remove(_, let values):
            let list = try need(old, name)
            new = (list.head, try list.items.without(values, list.head.kind, name))
            title = "remove from list \(name)"
        case .replace(_, let kind, let description, let items):
            let replaced = try replacement(of: old, kind, description, items, name)
            if old == nil { try checkKind(replaced.head.kind, of: name) }
            new = replaced
            title = old == nil ? "create list \(name)" : "replace list \(name)"
        case .describe(_, let description):
            let list = try need(old, name)
            new = (.init(kind: list.head.kind, description: description), list.items)
            title = "describe list \(name)"
        case .delete:
            _ = try need(old, name)
            new = nil
            title = "delete list \(name)"
        }
        if let description = new?.head.description { try check(description, name) }
        if old == nil, try tx.lists().count >= ListLimit.lists {
            throw ControlPlaneError(
                .refused, at: "list \(name)", "there are \(ListLimit.lists) lists, which is the most",
                remedy: "signalbox list list")
        }
        let change = ListChange(name: name, from: old, to: new)
        guard change.before != change.after || !change.removed.isEmpty || !change.added.isEmpty else {
            throw ControlPlaneError(
                .refused, at: "list \(name)", "that changes nothing", remedy: "signalbox list show \(name.rawValue)")
        }
        return Intent(stream: try Stream.name(Stream.lists), change: .list(change), title: title)
    }

    private func need<List>(_ list: List?, _ name: ListName) throws -> List {
        guard let list else { throw Find.noList(name, among: try tx.lists()) }
        return list
    }

    private func check(_ description: String, _ name: ListName) throws {
        guard description.unicodeScalars.count <= ListLimit.comment else {
            throw ControlPlaneError(
                .usage, at: "list \(name)", "a description has at most \(ListLimit.comment) characters",
                remedy: "signalbox list create --help")
        }
    }

    private func checked(_ items: [ListItem], _ kind: ListKind, _ name: ListName) throws -> [ListItem] {
        let (clean, findings) = kind.checked(items, of: name)
        guard findings.isEmpty else {
            throw ControlPlaneError(
                .invalid, at: "list \(name)", "the items cannot be used",
                remedy: "mend what the findings name; nothing was changed", findings: findings)
        }
        return clean
    }

    /// Without a comment of its own an item keeps the one that its value has.
    private func merged(
        _ items: [ListItem], into list: (head: ListChange.Head, items: [ListItem]), _ name: ListName
    ) throws -> [ListItem] {
        let known = Dictionary(list.items.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        return try checked(items, list.head.kind, name).map { item in
            item.comment == nil ? known[item.key] ?? item : item
        }
    }

    private func replacement(
        of old: (head: ListChange.Head, items: [ListItem])?, _ kind: ListKind?, _ description: String?,
        _ items: [ListItem], _ name: ListName
    ) throws -> (head: ListChange.Head, items: [ListItem]) {
        if let old, let kind, old.head.kind != kind {
            throw ControlPlaneError(
                .refused, at: "list \(name)", "it holds \(old.head.kind.rawValue), which never changes",
                remedy: "make a list of another name")
        }
        guard let kind = kind ?? old?.head.kind else {
            throw ControlPlaneError(
                .usage, at: "list \(name)", "there is no such list yet, and its kind is not told",
                remedy: "repeat with --kind \(ListKind.words)")
        }
        return (
            .init(kind: kind, description: description ?? old?.head.description ?? ""), try checked(items, kind, name)
        )
    }

    // MARK: what stands against it

    /// - Throws: `ControlPlaneError.refused` when a list that somebody uses would be gone.
    func uses(of change: Change, in snapshot: EdgeSnapshot) throws -> [ListUse] {
        guard case .list(let change) = change else { return [] }
        let uses =
            change.after == nil
            ? try ListUse.all(change.name, in: snapshot, tx) : try ListUse.live(change.name, in: snapshot, tx)
        try checkDeletion(change, uses)
        return uses
    }

    func thresholds(of change: Change, _ uses: [ListUse]) throws -> [String] {
        guard case .list(let change) = change else { return [] }
        return Self.thresholds(change, uses, itemsBefore: try tx.items(of: change.name).count)
    }

    /// A list that somebody uses is not deleted, by whichever way.
    func checkDeletion(_ change: ListChange, _ uses: [ListUse]) throws {
        let live = uses.filter(\.isLive)
        guard change.after == nil, !live.isEmpty else { return }
        throw ControlPlaneError(
            .refused, at: "list \(change.name)", "it is in use by \(live.map(\.sentence).joined(separator: ", "))",
            remedy: "take \(change.name) out of those first", details: live.map(\.sentence))
    }

    /// Sentences on how much of a list that is in use one change takes away.
    static func thresholds(_ change: ListChange, _ uses: [ListUse], itemsBefore: Int) -> [String] {
        // Whoever deletes a list that is not asked loses nothing: a way back makes it again.
        guard change.after != nil, uses.contains(where: \.isLive) else { return [] }
        let (gone, new) = (change.goneValues.count, change.newValues.count)
        if gone == itemsBefore, gone > 0, new == 0 {
            return [
                "\(change.name) would be empty: a rule that asks for 'not in \(change.name)' holds for everybody then"
            ]
        }
        guard itemsBefore >= Safety.fewestRules, Double(gone) > Safety.removedShare * Double(itemsBefore) else {
            return []
        }
        return [
            "\(gone) of \(itemsBefore) items would be removed (\(gone * 100 / itemsBefore) %; the limit is \(Int(Safety.removedShare * 100)) %)"
        ]
    }

    /// What the snapshot's lists would be after a change.
    static func apply(_ change: ListChange, to lists: KnownLists, in tx: any StoreReading) throws -> KnownLists {
        guard let after = change.after else { return lists.replacing(change.name, by: nil) }
        let items = change.applied(to: try tx.items(of: change.name))
        return lists.replacing(
            change.name, by: (NamedList.digest(of: items, after.kind), after.kind.contents(items)))
    }
}

extension [ListItem] {
    /// - Throws: `ControlPlaneError` when a value is none of the kind, or not there.
    fileprivate func without(_ values: [String], _ kind: ListKind, _ name: ListName) throws -> [ListItem] {
        let known = Set(map(\.key))
        var gone: Set<[UInt8]> = []
        for value in values {
            // Whoever copies a line of the list means the value in it.
            let key = ListItem(kind.canonical(value) ?? value).key
            guard known.contains(key) else {
                throw ControlPlaneError(
                    .notFound, at: "list \(name)", "'\(value)' is not in it",
                    remedy: "signalbox list show \(name.rawValue)")
            }
            gone.insert(key)
        }
        return filter { !gone.contains($0.key) }
    }
}
