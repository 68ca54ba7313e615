internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

extension NodeVerb {
    struct AcceptOlder: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "accept-older",
            abstract: "Let this state go to nodes that were given another or a newer one.",
            discussion: Examples.text(
                "signalbox node accept-older", "signalbox node accept-older --reason 'the backup is right' --yes",
                before: """
                    A server whose state does not contain what a node was given, for instance after a backup was restored, \
                    sends that node nothing until you decide. Nodes keep serving what they have meanwhile.
                    """))

        @Option(help: ArgumentHelp("Why; kept in the audit.", valueName: "text")) var reason: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let plane = try session.plane(.writing)
            let ahead = try plane.status().standstill?.ahead ?? []
            let names = ahead.map(\.rawValue).joined(separator: ", ")
            try Confirmation(session: session).ask(
                "Send what this state says to \(ahead.isEmpty ? "all nodes" : SafeText(names)), whatever they were given before?"
            )
            try plane.acceptOlder(reason: reason)
            let isServed = ServerSocket.tellPublished(statePath: session.statePath)
            session.output.done(
                "nodes", .object(["nodes": .array(ahead.map { .string($0.rawValue) }), "served": .bool(isServed)]),
                isServed ? "this state goes" : "this state goes as soon as a server runs")
        }
    }
}
