internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

extension ListVerb {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make a list.",
            discussion: Examples.text(
                "signalbox list create office --kind ip 192.0.2.0/24 2001:db8::/48",
                "signalbox list create crawlers --kind integer --description 'their networks' 64512 64600..64610",
                before: """
                    Kinds: ip (addresses, networks, ranges), text (host names, paths, tokens; compared byte for byte), \
                    integer (whole numbers, ranges). The kind never changes. At most \(ListLimit.items) items.
                    """))

        @Argument(help: "Name of the list: a-z, 0-9 and _.") var list: String
        @Argument(help: "Its first items.") var items: [String] = []
        @Option(
            help: ArgumentHelp("What it holds: \(ListKind.words).", valueName: "kind"),
            completion: .list(ListVerb.kinds)
        )
        var kind: String
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var description = ""
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await Session(global).changeList(
                .create(
                    try Names.list(list), try ListVerb.kind(kind), description: description,
                    items: items.map { ListItem($0) }), change)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add items to a list.",
            discussion: Examples.text(
                "signalbox list add office 198.51.100.7 --comment 'ada, until friday'",
                "signalbox list add office 198.51.100.7 203.0.113.0/24 --dry-run"))

        @Argument(help: "Name of the list.", completion: Completion.lists) var list: String
        @Argument(help: "Items to add.") var items: [String]
        @Option(help: ArgumentHelp("Why they are in it.", valueName: "text")) var comment: String?
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await Session(global).changeList(
                .add(try Names.list(list), items.map { ListItem($0, comment: comment) }), change)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Take items out of a list.",
            discussion: Examples.text(
                "signalbox list remove office 198.51.100.7", "signalbox list remove office 198.51.100.7 --reason left",
                before: "The list itself goes with 'list delete'."))

        @Argument(help: "Name of the list.", completion: Completion.lists) var list: String
        @Argument(help: "Items to take out.") var items: [String]
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await Session(global).changeList(.remove(try Names.list(list), items), change)
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Make a list exactly what a file says.",
            discussion: Examples.text(
                "signalbox list import office.yaml", "signalbox list import blocked.txt --name blocked --kind ip",
                "curl -s https://example.com/networks | signalbox list import - --text --name cdn --kind ip",
                before: """
                    A YAML or JSON file has list, kind, description and items; a file ending in .txt, or any with --text, \
                    has one item a line, '# comment' behind it. What is not in the file leaves the list.
                    """))

        @Argument(
            help: "File, or - for standard input.", completion: .file(extensions: ["yaml", "yml", "json", "txt"]))
        var file: String
        @Option(
            help: ArgumentHelp("Name of the list, when the file does not say it.", valueName: "list"),
            completion: Completion.lists)
        var name: String?
        @Option(
            help: ArgumentHelp("Kind of a new list, when the file does not say it.", valueName: "kind"),
            completion: .list(ListVerb.kinds))
        var kind: String?
        @Flag(help: "The file has one item a line.") var text = false
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let document = try ListFile.read(file, isText: text || file.hasSuffix(".txt"))
            let given = try name.map { try Names.list($0) }
            guard let name = given ?? document.name else {
                throw ErrorReport(
                    .usage, at: file, "it does not say which list it is",
                    remedy: "signalbox list import \(ShellWord.quoted(file)) --name NAME")
            }
            let wanted = try kind.map { try ListVerb.kind($0) }
            if let wanted, let written = document.kind, wanted != written {
                throw ErrorReport(
                    .usage, at: "--kind \(wanted.rawValue)", "the file holds \(written.rawValue)",
                    remedy: "leave --kind out")
            }
            try await session.changeList(
                .replace(name, wanted ?? document.kind, description: document.description, items: document.items),
                change)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete a list that nothing served uses.",
            discussion: Examples.text(
                "signalbox list delete office --dry-run", "signalbox list delete office --reason 'nobody asks for it'"))

        @Argument(help: "Name of the list.", completion: Completion.lists) var list: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws { try await Session(global).changeList(.delete(try Names.list(list)), change) }
    }

    static let kinds = ListKind.allCases.map(\.rawValue)

    static func kind(_ text: String) throws -> ListKind {
        guard let kind = ListKind(rawValue: text) else {
            throw ErrorReport(
                .usage, at: "--kind \(text)", "there is no such kind: write \(ListKind.words)",
                remedy: "signalbox list create --help")
        }
        return kind
    }
}

/// A list in a file, with every fault of it.
enum ListFile {
    static func read(_ path: String, isText: Bool) throws -> ListDocument {
        let (document, findings) = isText ? try plain(path) : ListDocument.read(try TextFile.document(path))
        guard findings.isEmpty else {
            throw ErrorReport(
                .invalid, at: path == "-" ? "standard input" : path, "the list cannot be used",
                remedy: "mend what the findings name; nothing was changed", findings: findings)
        }
        return document
    }

    private static func plain(_ path: String) throws -> (ListDocument, [Finding]) {
        guard let text = String(validating: try TextFile.read(path), as: UTF8.self) else {
            throw ErrorReport(.invalid, at: path, "the text is not UTF-8", remedy: "save the file as UTF-8")
        }
        let (items, findings) = ListText.read(text)
        return (ListDocument(items: items.map(\.item)), findings)
    }
}

extension Session {
    func changeList(_ edit: ListEdit, _ options: ChangeOptions) async throws {
        try await ChangeFlow(session: self, options: options, needsServer: false).run(.list(edit))
    }
}
