internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Named lists of the account: what rules of every version ask as `$name`.
enum NamedListsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("list", "LIST", .content(6, 32), priority: 9), Column("kind", "KIND", .content(4, 8), priority: 7),
            Column("items", "ITEMS", .content(5, 7), right: true, priority: 8),
            Column("uses", "USED BY", .content(7, 40), priority: 8),
            Column("changed", "CHANGED", .content(4, 7), right: true, priority: 5),
            Column("author", "BY", .content(4, 20), priority: 4),
            Column("description", "DESCRIPTION", .rest(10), priority: 6),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard case .lists(let lists)? = context.content else { return [] }
        return lists.map { summary in
            let list = summary.list
            return Row(
                list.name.rawValue,
                [
                    StyledLine("$\(Words.text(list.name.rawValue))", .textStrong),
                    StyledLine(Words.text(list.kind.rawValue), .textMuted),
                    StyledLine("\(summary.items.count)", .textNumber),
                    StyledLine(Words.text(summary.uses.map(\.sentence).joined(separator: ", ")), .text),
                    StyledLine(Words.age(list.updatedAt, at: context.now), .textMuted),
                    StyledLine(Words.text(list.author), .textMuted), StyledLine(Words.line(list.description), .text),
                ], keys: [nil, nil, Double(summary.items.count), nil, Double(-list.updatedAt.milliseconds)])
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { ListName(rawValue: id).map { .list($0) } }

    static func form(_ context: ScreenContext) -> EntryForm? {
        EntryForm(
            "make a named list", ["list", "create"],
            [
                EntryForm.Field(id: "name", label: "name", placeholder: "office"),
                EntryForm.Field(id: "kind", label: "kind", placeholder: "ip", text: "ip", option: "--kind"),
                EntryForm.Field(
                    id: "items", label: "items", placeholder: "192.0.2.0/24 198.51.100.7", isNeeded: false,
                    isMany: true),
            ])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil else { return [StyledLine("reading…", .textMuted)] }
        return [
            StyledLine("No named list. Rules of every version may ask one, as ip.src in $office:", .textStrong),
            StyledLine(), StyledLine("  :list create office --kind ip 192.0.2.0/24", .textKey),
        ]
    }
}

/// The items of one list.
enum NamedListScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("item", "ITEM", .content(8, 64), priority: 9), Column("comment", "COMMENT", .rest(10), priority: 8),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard case .lists(let lists)? = context.content, let summary = lists.first else { return [] }
        return summary.items.map { item in
            Row(
                item.value,
                [
                    StyledLine(Words.text(item.value), .textStrong),
                    StyledLine(Words.line(item.comment ?? ""), .textMuted),
                ])
        }
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        guard case .list(let name) = context.place else { return nil }
        return EntryForm(
            "add to $\(Words.text(name.rawValue))", ["list", "add", name.rawValue],
            [EntryForm.Field(id: "items", label: "items", placeholder: "192.0.2.0/24 198.51.100.7", isMany: true)])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil, case .list(let name) = context.place else {
            return [StyledLine("reading…", .textMuted)]
        }
        return [
            StyledLine("It is empty.", .textStrong), StyledLine(),
            StyledLine("  :list add \(Words.text(name.rawValue)) ITEM", .textKey),
        ]
    }
}
