internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

struct PromoteVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Move the version of the next lower environment up.",
        discussion: Examples.text(
            "signalbox promote shop --to production", "signalbox promote shop@3 --to production --plan 4f3c9a17 --yes",
            before: """
                Shows the difference and what stands against it, asks, commits, and waits until every live node serves it. \
                With a version, that one is promoted or nothing. Errors in what would be served stop it; so do warnings \
                without --accept-warnings and safety thresholds without --force --reason.
                """))

    @Argument(help: "Application, or the version that is meant.", completion: Completion.versions) var application:
        String
    @Option(
        help: ArgumentHelp("Environment to promote to.", valueName: "environment"), completion: Completion.environments)
    var to: String?
    @OptionGroup(title: "Change options") var change: ChangeOptions
    @OptionGroup var validation: ValidationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        let session = try Session(global)
        let request = try ChangeRequest.promotion(application, to, session)
        let checks = try PlanChecks.of(request, validation, session)
        try await ChangeFlow(session: session, options: change, checks: checks).run(request)
    }
}
