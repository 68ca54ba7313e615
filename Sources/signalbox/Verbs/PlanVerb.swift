internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

struct PlanVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a change would do, with the checksum that applies exactly that.",
        discussion: Examples.text(
            "signalbox plan promote shop --to production",
            "signalbox promote shop --plan $(signalbox plan promote shop -o name)"),
        subcommands: [Assign.self, Promote.self, Rollback.self, Undo.self, Import.self])

    struct Assign: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assign",
            abstract: "Plan an assignment.",
            discussion: Examples.text(
                "signalbox plan assign staging shop@2", "signalbox plan assign staging shop@2 -o json"))

        @Argument(help: "Name of the environment.", completion: Completion.environments) var environment: String
        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try session.showPlan(try .assignment(environment, version, session))
        }
    }

    struct Promote: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "promote",
            abstract: "Plan a promotion.",
            discussion: Examples.text(
                "signalbox plan promote shop --to production", "signalbox plan promote shop@3 -o json"))

        @Argument(help: "Application, or the version that is meant.", completion: Completion.versions) var application:
            String
        @Option(
            help: ArgumentHelp("Environment to promote to.", valueName: "environment"),
            completion: Completion.environments)
        var to: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try session.showPlan(try .promotion(application, to, session))
        }
    }

    struct Rollback: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback",
            abstract: "Plan a rollback.",
            discussion: Examples.text(
                "signalbox plan rollback shop --env production", "signalbox plan rollback shop --to 2"))

        @Argument(help: "Name of the application.", completion: Completion.applications) var application: String
        @Option(
            name: .customLong("env"), help: ArgumentHelp("Name of the environment.", valueName: "environment"),
            completion: Completion.environments)
        var environment = "production"
        @Option(help: ArgumentHelp("Number of the version.", valueName: "number")) var to: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try Session(global).showPlan(try .rollback(application, environment, to: to)) }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo",
            abstract: "Plan the reversal of a deployment.",
            discussion: Examples.text("signalbox plan undo", "signalbox plan undo 17"))

        @Argument(help: "Number of the deployment; the newest without it.", completion: Completion.deployments)
        var deployment: Int?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try Session(global).showPlan(.undo(deployment)) }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Plan the import of a zone.",
            discussion: Examples.text("signalbox plan import shop.yaml", "signalbox plan import - --name example.com"))

        @Argument(help: "File, or - for standard input.", completion: .file(extensions: ["yaml", "yml", "json"]))
        var file: String
        @Option(help: ArgumentHelp("Name of the zone, when the file does not say it.", valueName: "zone")) var name:
            String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let document = try TextFile.document(file)
            let session = try Session(global)
            let edit = try session.plane(.reading).checkedZoneEdit(
                from: document, named: try name.map { try Names.zone($0) }, at: TextFile.name(file))
            try session.showPlan(.zone(edit))
        }
    }
}

extension Session {
    func showPlan(_ request: ChangeRequest) throws {
        let plan = try plane(.reading).plan(request)
        output.show(plan.checksum.rawValue, plan.document) { PlanText.pieces(plan) }
    }
}
