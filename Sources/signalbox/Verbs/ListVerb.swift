internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import EdgePlan

struct ListVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Named lists of the account, which rules of every version ask as $name.",
        discussion: Examples.text(
            "signalbox list create office --kind ip 192.0.2.0/24",
            "signalbox list add office 198.51.100.7 --comment ada",
            before: """
                A rule asks 'ip.src in $office'. Lists are no part of a version: a change applies at once, to every \
                version that uses the list; its plan names them.
                """),
        subcommands: [
            List.self, Show.self, Create.self, Add.self, Remove.self, Import.self, Export.self, Delete.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the lists.",
            discussion: Examples.text("signalbox list list", "signalbox list list --output name"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).list(
                [
                    "LIST", "KIND", .number("ITEMS"), .flexible("USED BY"), .flexible("DESCRIPTION"), "UPDATED",
                    "AUTHOR",
                ],
                of: .lists
            ) { plane, listing in
                for summary in try plane.lists() {
                    let list = summary.list
                    let users = summary.uses.map(\.user).joined(separator: ", ")
                    listing.add(
                        list.name.rawValue, summary.document(withItems: false), .text(list.name.rawValue),
                        .text(list.kind.rawValue), .text(summary.items.count), users.isEmpty ? .none : .text(users),
                        .text(list.description), .time(list.updatedAt), .text(list.author))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a list with its items and who uses it.",
            discussion: Examples.text("signalbox list show office", "signalbox list show office --output json"))

        @Argument(help: "Name of the list.", completion: Completion.lists) var list: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let summary = try session.plane(.reading).list(named: try Names.list(list))
            let list = summary.list
            session.output.show(list.name.rawValue, summary.document(withItems: true)) {
                let description = list.description.isEmpty ? "" : ": \(list.description)"
                return [
                    Output.Piece("# list \(list.name), \(list.kind.rawValue)\(description)", .dim),
                    Output.Piece(
                        "# \(summary.items.count) items, digest \(list.digest.short), \(list.author), \(session.output.time(list.updatedAt))",
                        .dim),
                ] + ListUseText.pieces(summary.uses, of: list.name, mark: "# ")
                    + (summary.items.isEmpty
                        ? [] : [Output.Piece(SafeText(lines: ListText.write(summary.items)).trimmed)])
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print a list as a file that imports to the same list.",
            discussion: Examples.text(
                "signalbox list export office > office.yaml", "signalbox list export office --text > office.txt",
                before: "With --text it is one item a line with '# comment'; kind and description are not in it."))

        @Argument(help: "Name of the list.", completion: Completion.lists) var list: String
        @Flag(help: "One item a line.") var text = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let summary = try session.plane(.reading).list(named: try Names.list(list))
            let (list, items) = (summary.list, summary.items)
            let document = ListDocument.write(
                name: list.name, kind: list.kind, description: list.description, items: items)
            session.output.show(list.name.rawValue, document) {
                let lines = text ? ListText.write(items) : DocumentText.yaml(document)
                return lines.isEmpty ? [] : [Output.Piece(SafeText(lines: lines).trimmed)]
            }
        }
    }
}

extension ListSummary {
    func document(withItems: Bool) -> DocumentValue {
        .object([
            "list": .string(list.name.rawValue), "kind": .string(list.kind.rawValue),
            "description": .string(list.description), "count": .int(items.count),
            "digest": .string(list.digest.rawValue), "used_by": .array(uses.map(\.document)),
            "author": .string(list.author), "created_at": .string(list.createdAt.description),
            "updated_at": .string(list.updatedAt.description),
            "items": withItems ? .array(items.map(\.document)) : nil,
        ])
    }
}

/// Who uses a list, for people.
enum ListUseText {
    static func pieces(_ uses: [ListUse], of list: ListName, mark: SafeText = "") -> [Output.Piece] {
        guard !uses.isEmpty else { return [Output.Piece(mark + "no rule uses \(list)", .dim)] }
        let live = uses.filter(\.isLive).map(\.sentence).joined(separator: ", ")
        let others = uses.filter { !$0.isLive }.map(\.user).joined(separator: ", ")
        return (live.isEmpty ? [] : [Output.Piece(mark + "used by \(live)", .strong)])
            + (others.isEmpty ? [] : [Output.Piece(mark + "used by \(others), which nothing serves", .dim)])
    }
}
