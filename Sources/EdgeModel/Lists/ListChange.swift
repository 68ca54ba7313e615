/// A change of one list: what it is, before and after, and which items went and came. An item whose comment changed
/// went and came.
package struct ListChange: Hashable, Sendable, Codable {
    /// What a list is beside its items.
    package struct Head: Hashable, Sendable, Codable {
        package var kind: ListKind
        package var description: String
        package init(kind: ListKind, description: String) {
            self.kind = kind
            self.description = description
        }
    }

    package var name: ListName
    /// nil: there was none, it is made.
    package var before: Head?
    /// nil: it is removed.
    package var after: Head?
    package var removed: [ListItem]
    package var added: [ListItem]

    package init(name: ListName, before: Head?, after: Head?, removed: [ListItem], added: [ListItem]) {
        self.name = name
        self.before = before
        self.after = after
        self.removed = removed
        self.added = added
    }

    /// From one state to another; nil where there was no list or will be none.
    package init(name: ListName, from old: (head: Head, items: [ListItem])?, to new: (head: Head, items: [ListItem])?) {
        let (before, after) = (Set(old?.items ?? []), Set(new?.items ?? []))
        self.init(
            name: name, before: old?.head, after: new?.head, removed: before.subtracting(after).sorted(),
            added: after.subtracting(before).sorted())
    }

    package var inverse: ListChange {
        ListChange(name: name, before: after, after: before, removed: added, added: removed)
    }

    /// Values that are no longer in the list.
    package var goneValues: [ListItem] {
        let kept = Set(added.map(\.key))
        return removed.filter { !kept.contains($0.key) }
    }

    /// Values that were not in the list.
    package var newValues: [ListItem] {
        let known = Set(removed.map(\.key))
        return added.filter { !known.contains($0.key) }
    }

    /// The items after the change, sorted.
    package func applied(to items: [ListItem]) -> [ListItem] {
        let gone = Set(removed)
        return (items.filter { !gone.contains($0) } + added).sorted()
    }

    /// `$office: 2 items added, 1 removed`
    package var sentence: String {
        func items(_ count: Int) -> String { "\(count) item\(count == 1 ? "" : "s")" }
        guard let after else { return "list \(name) removed with \(items(removed.count))" }
        guard let before else { return "list \(name) created with \(items(added.count))" }
        let (new, gone) = (newValues.count, goneValues.count)
        var parts: [String] = []
        if new > 0 { parts.append("\(items(new)) added") }
        if gone > 0 { parts.append("\(items(gone)) removed") }
        if added.count > new { parts.append("\(items(added.count - new)) commented") }
        if before != after { parts.append("described anew") }
        return "list \(name): " + (parts.isEmpty ? "nothing changed" : parts.joined(separator: ", "))
    }

    package var document: DocumentValue {
        .object([
            "list": .string(name.rawValue), "before": before?.document, "after": after?.document,
            "removed": .array(removed.map(\.document)), "added": .array(added.map(\.document)),
        ])
    }
}

extension ListChange.Head {
    package var document: DocumentValue {
        .object(["kind": .string(kind.rawValue), "description": .string(description)])
    }
}

extension ListItem {
    package var document: DocumentValue {
        .object(["value": .string(value), "comment": comment.map { .string($0) }])
    }
}
