internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

/// Options of every verb that changes what the edge serves.
struct ChangeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Why; enters the journal.", valueName: "text"))
    var reason: String?

    @Flag(help: "Go on in spite of findings of severity warning.")
    var acceptWarnings = false

    @Flag(help: "Go past a safety threshold; needs --reason.")
    var force = false

    @Flag(help: "Go on with a version that was not made from what is served now.")
    var allowStaleBase = false

    @Option(
        name: .customLong("plan"), help: ArgumentHelp("Apply only the plan with this checksum.", valueName: "checksum"))
    var checksum: String?

    @Flag(name: .customLong("dry-run"), help: "Show the plan and stop.")
    var isDryRun = false

    @Option(help: ArgumentHelp("How long to wait for every live node, e.g. 30s.", valueName: "duration"))
    var wait: String?

    @Flag(name: .customLong("no-wait"), help: "Return after the commit.")
    var noWait = false

    func validate() throws {
        if let wait, DurationText.milliseconds(wait) == nil {
            throw ValidationError("--wait takes a duration such as 500ms, 30s or 2m.")
        }
        if let checksum, !(8...64).contains(checksum.utf8.count) {
            throw ValidationError("--plan takes at least 8 digits of the checksum that a plan prints.")
        }
    }

    var applyOptions: ApplyOptions {
        var options = ApplyOptions()
        options.reason = reason
        options.acceptWarnings = acceptWarnings
        options.force = force
        options.allowStaleBase = allowStaleBase
        return options
    }

    /// Milliseconds; nil: do not wait.
    func waitTime(_ client: ClientConfiguration) -> Int? {
        noWait ? nil : wait.flatMap { DurationText.milliseconds($0) } ?? client.wait ?? 30_000
    }
}
