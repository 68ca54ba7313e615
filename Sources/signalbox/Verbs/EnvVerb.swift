internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

struct EnvVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Environments: ranked places for versions.",
        discussion: Examples.text("signalbox env list", "signalbox env assign staging shop@2"),
        subcommands: [List.self, Show.self, Create.self, Change.self, Remove.self, Assign.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List environments, lowest rank first.",
            discussion: Examples.text("signalbox env list", "signalbox env list --output json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).list(
                [
                    .number("RANK"), "ENVIRONMENT", .flexible("STAGING ADDRESSES"), .flexible("FILTER"), "LOCKS",
                    .flexible("VERSIONS"),
                ],
                of: .environments
            ) { plane, listing in
                for summary in try plane.environments() {
                    let environment = summary.environment
                    listing.add(
                        environment.name.rawValue, summary.document, .text(environment.rank), .text(environment.name),
                        .text(environment.stagingAddresses.joined(separator: " ")), .text(environment.filter ?? ""),
                        .text(environment.lockOnDeploy ? "yes" : "no"), .text(summary.versions))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show an environment and what it serves.",
            discussion: Examples.text("signalbox env show staging", "signalbox env show production --output json"))

        @Argument(help: "Name of the environment.", completion: Completion.environments) var environment: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let summary = try session.plane(.reading).environment(named: try Names.environment(environment))
            let environment = summary.environment
            session.output.show(environment.name.rawValue, summary.document) {
                Facts.pieces([
                    ("environment", "\(environment.name)"), ("rank", "\(environment.rank)"),
                    ("filter", "\(environment.filter ?? "")"),
                    ("staging addresses", "\(environment.stagingAddresses.joined(separator: " "))"),
                    ("lock on deploy", "\(environment.lockOnDeploy ? "yes" : "no")"),
                    ("versions", "\(summary.versions)"),
                ])
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Add an environment below production.",
            discussion: Examples.text(
                "signalbox env create qa --rank 0 --staging-address 127.0.0.30",
                "signalbox env create canary --rank 1 --filter 'http.cookie contains \"canary=1\"'",
                before: "Environments at and above the rank move up; production stays highest."))

        @Argument(help: "Name of the environment.") var environment: String
        @Option(help: "Rank, counted from 0.") var rank = 0
        @Option(help: ArgumentHelp("Condition on requests in the rules language.", valueName: "expression")) var filter:
            String?
        @Option(
            name: .customLong("staging-address"),
            help: ArgumentHelp("Address reserved for it; repeatable.", valueName: "ip"))
        var addresses: [String] = []
        @Flag(name: .customLong("lock-on-deploy"), help: "Deploying a draft here locks it.") var locks = false
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let made = Environment(
                name: try Names.environment(environment), rank: rank, filter: filter, stagingAddresses: addresses,
                lockOnDeploy: locks)
            try await Session(global).changeEnvironment(.create(made), change)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "change",
            abstract: "Change an environment.",
            discussion: Examples.text(
                "signalbox env change staging --staging-address 127.0.0.21",
                "signalbox env change canary --no-filter --rank 1"))

        @Argument(help: "Name of the environment.", completion: Completion.environments) var environment: String
        @Option(help: "Rank, counted from 0.") var rank: Int?
        @Option(help: ArgumentHelp("Condition on requests in the rules language.", valueName: "expression")) var filter:
            String?
        @Flag(name: .customLong("no-filter"), help: "Remove the condition.") var noFilter = false
        @Option(
            name: .customLong("staging-address"),
            help: ArgumentHelp("Address reserved for it, in place of those it has; repeatable.", valueName: "ip"))
        var addresses: [String] = []
        @Flag(name: .customLong("no-staging-addresses"), help: "Take all its addresses away.") var noAddresses = false
        @Flag(name: .customLong("lock-on-deploy"), inversion: .prefixedNo, help: "Deploying a draft here locks it.")
        var locks: Bool?
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if noFilter, filter != nil { throw ValidationError("Give one of --filter and --no-filter.") }
            if noAddresses, !addresses.isEmpty {
                throw ValidationError("Give one of --staging-address and --no-staging-addresses.")
            }
        }

        func run() async throws {
            let session = try Session(global)
            var changed = try session.plane(.reading).environment(named: try Names.environment(environment)).environment
            if let rank { changed.rank = rank }
            if let filter { changed.filter = filter }
            if noFilter { changed.filter = nil }
            if !addresses.isEmpty || noAddresses { changed.stagingAddresses = addresses }
            if let locks { changed.lockOnDeploy = locks }
            try await session.changeEnvironment(.replace(changed), change)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove an environment that serves nothing; production stays.",
            discussion: Examples.text("signalbox env remove qa --dry-run", "signalbox env remove qa --yes"))

        @Argument(help: "Name of the environment.", completion: Completion.environments) var environment: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await Session(global).changeEnvironment(.remove(try Names.environment(environment)), change)
        }
    }

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assign",
            abstract: "Put a version into the lowest environment; from there it is promoted.",
            discussion: Examples.text(
                "signalbox env assign staging shop@2", "signalbox env assign staging shop@draft --dry-run"))

        @Argument(help: "Name of the environment.", completion: Completion.environments) var environment: String
        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup var validation: ValidationOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let request = try ChangeRequest.assignment(environment, version, session)
            try await ChangeFlow(session: session, options: change, checks: validation.checks(session)).run(request)
        }
    }
}

extension EnvironmentSummary {
    /// `shop@2 api@1`
    var versions: String { assignments.map { "\($0.application)@\($0.version)" }.joined(separator: " ") }
}

extension Session {
    func changeEnvironment(_ edit: EnvironmentEdit, _ options: ChangeOptions) async throws {
        try await ChangeFlow(session: self, options: options, needsServer: false).run(.environment(edit))
    }
}
