internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import MailRouting

struct EmailUndoVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Reverse a change of mail of the last five minutes that nobody touched since.",
        discussion: Examples.text(
            "signalbox email undo", "signalbox email undo 17 --reason 'wrong domain' --yes",
            before: """
                Reversed are promotions and rollbacks, domains switched on or off, destinations and workers added, changed \
                or removed. A destination comes back with the rules that its removal disabled. Edits of a draft are in \
                force nowhere and stay: 'signalbox email ruleset diff example.com@live example.com@draft' shows them, \
                and 'signalbox email ruleset show example.com@live | signalbox email ruleset apply example.com -' takes \
                them back.
                """))

    @Argument(help: "Number of the mail deployment; the newest without it.") var deployment: Int?
    @Option(help: ArgumentHelp("Why; enters the journal.", valueName: "text")) var reason: String?
    @Flag(name: .customLong("dry-run"), help: "Show what it would do and stop.") var isDryRun = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let session = try Session(global)
        let mail = try session.mail(isDryRun ? .reading : .writing)
        let plan = try mail.planUndo(deployment)
        if isDryRun {
            return session.output.show("\(plan.entry.id)", plan.document) {
                [Output.Piece(SafeText(plan.title), .strong)]
            }
        }
        session.output.note(SafeText(plan.title), .strong)
        try Confirmation(session: session).ask("\(SafeText(plan.title))?")
        let entries = try mail.apply(plan, reason: reason)
        try session.finishMail(
            entries, .array(entries.map(\.committedDocument)), of: mail, at: plan.title,
            entries.map { "done: \(SafeText($0.sentence)) (mail deployment \($0.id))\nhead \($0.head)" }
                .joined(separator: "\n"))
    }
}
