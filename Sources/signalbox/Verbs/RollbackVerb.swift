internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

struct RollbackVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to the version an environment served before.",
        discussion: Examples.text(
            "signalbox rollback shop --env production --reason 'checkout fails'",
            "signalbox rollback shop --env production --to 2 --yes",
            before:
                """
                Nothing holds it up, no finding, no threshold, no check. A named list that was deleted since comes \
                back with the rules that ask for it. Before the first version lies the zone's own configuration.
                """
        ))

    @Argument(help: "Name of the application.", completion: Completion.applications) var application: String
    @Option(
        name: .customLong("env"), help: ArgumentHelp("Name of the environment.", valueName: "environment"),
        completion: Completion.environments)
    var environment = "production"
    @Option(help: ArgumentHelp("Number of the version; the previous one without it.", valueName: "number")) var to:
        String?
    @OptionGroup(title: "Change options") var change: ChangeOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        try await ChangeFlow(session: try Session(global), options: change).run(
            try ChangeRequest.rollback(application, environment, to: to))
    }
}
