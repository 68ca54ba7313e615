internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

struct HistoryVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The journal of deployments: who, when, from, to, why, served by whom.",
        discussion: Examples.text("signalbox history production", "signalbox history show 17"),
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List deployments, newest first.",
            discussion: Examples.text(
                "signalbox history list production --last 10", "signalbox history list --output jsonl"))

        @Argument(
            help: "Environment, or routing, zones, environments, settings or reservations; all without it.",
            completion: Completion.streams)
        var stream: String?
        @Option(help: ArgumentHelp("So many at most.", valueName: "number")) var last = 50
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if last < 1 { throw ValidationError("--last takes a number from 1.") }
        }

        func run() throws {
            try Session(global).list(
                [
                    .number("ID"), "STREAM", .number("#"), "KIND", .flexible("CHANGE"), "AT", .flexible("BY"),
                    .flexible("REASON"), "SERVED BY", "HEAD",
                ],
                of: .history
            ) { plane, listing in
                let stream = try stream.map { try Names.resource($0, "journal", list: "signalbox history") }
                for row in try plane.history(stream: stream, last: last).reversed() {
                    let entry = row.deployment
                    listing.add(
                        String(entry.id), row.document, .text(entry.id), .text(entry.stream), .text(entry.sequence),
                        .text(
                            "\(entry.kind.rawValue)", entry.kind == .rollback || entry.kind == .undo ? .warning : .plain
                        ),
                        .text(entry.change.sentence), .time(entry.at), .text(entry.actor.told),
                        .text(entry.reason ?? ""),
                        .text(row.acknowledgements.map(\.node.rawValue).joined(separator: " ")),
                        .text(SafeText(entry.head.short), .dim))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a deployment.",
            discussion: Examples.text("signalbox history show 17", "signalbox history show 17 -o json"))

        @Argument(help: "Number of the deployment.", completion: Completion.deployments) var deployment: Int
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let row = try session.plane(.reading).deployment(deployment)
            let entry = row.deployment
            session.output.show(String(entry.id), row.document) {
                let served = row.acknowledgements.map { "\($0.node) \(session.output.time($0.at))" }
                return Facts.pieces([
                    ("deployment", "\(entry.id)"), ("journal", "\(entry.stream) #\(entry.sequence)"),
                    ("kind", "\(entry.kind.rawValue)"), ("change", "\(entry.change.sentence)"),
                    ("at", "\(session.output.time(entry.at))"), ("by", "\(entry.actor.told)"),
                    ("reason", "\(entry.reason ?? "")"),
                    ("undoes", "\(entry.undoes.map { String($0) } ?? "")"),
                    (
                        "evidence",
                        "\(entry.evidence.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; "))"
                    ),
                    ("served by", "\(served.joined(separator: ", "))"),
                    ("plan", "\(entry.planChecksum?.rawValue ?? "")"),
                    ("head", "\(entry.head)"),
                ])
            }
        }
    }
}
