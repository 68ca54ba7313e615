internal import ArgumentParser
internal import ControlPlane

struct UndoVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Reverse a deployment of the last five minutes that nobody touched since.",
        discussion: Examples.text("signalbox undo", "signalbox undo 17 --reason 'wrong environment' --yes"))

    @Argument(help: "Number of the deployment; the newest without it.", completion: Completion.deployments)
    var deployment: Int?
    @OptionGroup(title: "Change options") var change: ChangeOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        try await ChangeFlow(session: try Session(global), options: change).run(.undo(deployment))
    }
}
