internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

struct NodeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Envoys that fetch their configuration from here.",
        discussion: Examples.text("signalbox node create fra1 --region fra", "signalbox node list"),
        subcommands: [
            List.self, Show.self, Create.self, Remove.self, Token.self, AcceptOlder.self, Bootstrap.self, Run.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List nodes: what each serves, how far behind it is, when it was seen.",
            discussion: Examples.text("signalbox node list", "signalbox node list --output json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try session.list(
                [
                    "NODE", "REGION", .flexible("STATE"), "PRODUCTION", "LOWER", "LAST SEEN", .number("RESTARTS"),
                    .number("MEMORY"), "ENVOY", "MODULE",
                ], of: .nodes
            ) { plane, listing in
                let status = try plane.status()
                let live = ServerSocket.live(statePath: session.statePath)
                for row in status.nodes {
                    let name = row.node.name
                    let state = StatusText.state(row, status, lag: live?.lag(of: name), session.output)
                    func digest(_ network: Network) -> Listing.Cell {
                        row.status?.plan(of: network).map { .text(SafeText($0.short), .dim) } ?? .none
                    }
                    let memory = row.status?.residentBytes.map { "\($0 >> 20) MiB" }
                    listing.add(
                        name.rawValue, StatusText.node(row, status, live, session.output), .text(name),
                        .text(row.node.region), .text(state.text, state.style),
                        digest(.production), digest(.lower), .time(row.status?.lastSeen),
                        row.status.map { .text($0.restarts) } ?? .none, memory.map { .text($0) } ?? .none,
                        row.status?.description?.envoyVersion.map { .text($0) } ?? .none,
                        row.status?.description?.moduleVersion.map { .text($0) } ?? .none)
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a node.",
            discussion: Examples.text("signalbox node show fra1", "signalbox node show fra1 -o json"))

        @Argument(help: "Name of the node.", completion: Completion.nodes) var node: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let row = try plane.node(named: try Names.node(node))
            let account = try plane.status()
            let live = ServerSocket.live(statePath: session.statePath)
            session.output.show(row.node.name.rawValue, StatusText.node(row, account, live, session.output)) {
                Self.pieces(row, account, live, session.output)
            }
        }

        private static func pieces(
            _ row: NodeRow, _ account: AccountStatus, _ live: LivePicture?, _ output: Output
        ) -> [Output.Piece] {
            let status = row.status
            let state = StatusText.state(row, account, lag: live?.lag(of: row.node.name), output)
            func sockets(_ network: Network) -> String {
                status?.description?.addresses(of: network).map(\.description).joined(separator: " ") ?? ""
            }
            let refusal = status?.lastRefusal.map { refusal in
                "\(refusal.kind.rawValue) \(refusal.plan?.short ?? refusal.version), \(output.time(refusal.at)): \(refusal.reason ?? "reason not known")"
            }
            return Facts.pieces([
                ("node", "\(row.node.name)"), ("region", "\(row.node.region)"), ("state", state.text),
                ("last seen", status?.lastSeen.map { output.time($0) } ?? "never"),
                ("production", "\(status?.plan(of: .production)?.rawValue ?? "") \(sockets(.production))"),
                ("lower", "\(status?.plan(of: .lower)?.rawValue ?? "") \(sockets(.lower))"),
                ("last refusal", "\(refusal ?? "")"), ("restarts", "\(status.map { String($0.restarts) } ?? "")"),
                ("envoy", "\(status?.description?.envoyVersion ?? "")"),
                ("module", "\(status?.description?.moduleVersion ?? "")"),
                ("created", "\(output.time(row.node.createdAt)) by \(row.node.author)"),
            ])
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Register a node; prints its token once.",
            discussion: Examples.text(
                "signalbox node create fra1 --region fra",
                "signalbox node create fra1 --region fra --token-file fra1.token"))

        @Argument(help: "Name of the node.") var node: String
        @Option(help: ArgumentHelp("Place of the node.", valueName: "region")) var region = ""
        @Option(
            name: .customLong("token-file"),
            help: ArgumentHelp(
                "Write the token into this new file, for its owner only, in place of printing it.", valueName: "file"),
            completion: .file())
        var tokenFile: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.node(node)
            if let tokenFile, try TextFile.readIfPresent(tokenFile) != nil {
                throw ErrorReport(
                    .exists, at: tokenFile, "there is a file of that name, and it may be a token in use",
                    remedy: "signalbox node create \(name) --token-file \(ShellWord.quoted(tokenFile + ".new"))")
            }
            let (node, token) = try session.plane(.writing).createNode(name, region: region)
            guard let tokenFile else { return session.showToken(token, of: node.name) }
            try session.keepToken(token, of: node.name, in: tokenFile)
            session.output.done(
                name.rawValue, .object(["node": .string(name.rawValue), "token_file": .string(tokenFile)]),
                "registered node \(name); its token is in \(tokenFile)")
            try session.tellNextStep(
                try session.plane(.reading),
                isServerRunning: ServerSocket.isAnswering(statePath: session.statePath), made: (name, tokenFile))
        }
    }

    struct Token: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "token",
            abstract: "Give a node a new token; the old one ends at once.",
            discussion: Examples.text(
                "signalbox node token fra1", "signalbox node token fra1 --token-file fra1.token --yes"))

        @Argument(help: "Name of the node.", completion: Completion.nodes) var node: String
        @Option(
            name: .customLong("token-file"),
            help: ArgumentHelp(
                "Write the token into this file, for its owner only, in place of printing it.", valueName: "file"),
            completion: .file())
        var tokenFile: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.node(node)
            let plane = try session.plane(.writing)
            _ = try plane.node(named: name)
            try Confirmation(session: session).ask(
                "Replace the token of \(name)? Until it has the new one it gets no changes.")
            let token = try plane.rotateToken(of: name)
            guard let tokenFile else { return session.showToken(token, of: name) }
            try session.keepToken(token, of: name, in: tokenFile)
            session.output.done(
                name.rawValue, .object(["node": .string(name.rawValue), "token_file": .string(tokenFile)]),
                "the new token of \(name) is in \(tokenFile)")
            session.output.hint(
                "Next: \(session.commandLine("node run \(name) --token-file \(ShellWord.quoted(tokenFile))"))")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a node; it gets no configuration any more.",
            discussion: Examples.text("signalbox node remove fra1", "signalbox node remove fra1 --yes"))

        @Argument(help: "Name of the node.", completion: Completion.nodes) var node: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.node(node)
            let plane = try session.plane(.writing)
            let row = try plane.node(named: name)
            try Confirmation(session: session).ask(
                "Remove node \(name)? It keeps serving what it has and gets no changes any more.")
            try plane.removeNode(name)
            session.output.done(name.rawValue, row.document(at: session.output.now), "removed node \(name)")
        }
    }
}

extension Session {
    /// A token is shown here and nowhere else. As `--output name` it is the token alone, for a file.
    fileprivate func keepToken(_ token: String, of node: ResourceName, in file: String) throws {
        do {
            try TextFile.write(token + "\n", to: file)
        } catch {
            // It counts already, and is only here.
            showToken(token, of: node)
            throw error
        }
    }

    fileprivate func showToken(_ token: String, of node: ResourceName) {
        let document: DocumentValue = .object(["node": .string(node.rawValue), "token": .string(token)])
        output.show(token, document) { [Output.Piece("\(token)")] }
        output.note("The token of \(node) is shown this once. Keep it in a file that only its owner can read.", .dim)
        output.note("Next: \(commandLine("node run \(node) --token-file FILE"))", .dim)
    }
}
