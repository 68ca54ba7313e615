internal import ArgumentParser
internal import EdgeModel
internal import EdgePlan

/// Options that every verb takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "State file (default: $SIGNALBOX_STATE, else signalbox/state.db in the XDG state directory).",
            valueName: "path"),
        completion: .file())
    var state: String?

    @Option(name: .shortAndLong, help: "Form of the answer: table, json, jsonl or name.")
    var output: Output.Format?

    @Flag(name: .customLong("no-color"), help: "No colours, also when NO_COLOR is set.")
    var noColor = false

    @Flag(name: .shortAndLong, help: "Only answers and errors, no notes.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Answer every question with yes.")
    var yes = false

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("A name to enter in the journal beside your own.", valueName: "name"))
    var actor: String?

    // Taken off the arguments before they are parsed (`RemoteContext.take`); it stands here for help and completion.
    @Option(
        help: ArgumentHelp(
            "Run this on the machine of that name, over ssh; files are those there (see: config --help).",
            valueName: "name"),
        completion: Completion.contexts)
    var context: String?

    func validate() throws {
        if let actor, actor.isEmpty || actor.utf8.count > 100 || SafeText(actor).text != actor {
            throw ValidationError("--as takes 1 to 100 visible characters.")
        }
    }
}
