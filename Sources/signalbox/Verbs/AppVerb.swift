internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

struct AppVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "HTTP applications: a zone's configuration by use case, in versions.",
        discussion: Examples.text("signalbox app create shop --zone example.com", "signalbox app list"),
        subcommands: [List.self, Show.self, Create.self, Remove.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List applications and what runs where.",
            discussion: Examples.text("signalbox app list", "signalbox app list --output jsonl"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).list(
                ["APPLICATION", "ZONE", "LATEST", .flexible("ENVIRONMENTS"), .flexible("PURPOSE"), "CREATED"],
                of: .applications
            ) { plane, listing in
                for summary in try plane.applications() {
                    let application = summary.application
                    listing.add(
                        application.name.rawValue, summary.document, .text(application.name), .text(application.zone),
                        summary.latest.map { .text($0.label) } ?? .none,
                        .text(summary.assignments.map { "\($0.environment)=\($0.version)" }.joined(separator: " ")),
                        .text(application.purpose), .time(application.createdAt))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show an application.",
            discussion: Examples.text("signalbox app show shop", "signalbox app show shop --output json"))

        @Argument(help: "Name of the application.", completion: Completion.applications) var application: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let summary = try session.plane(.reading).application(named: try Names.application(application))
            let application = summary.application
            session.output.show(application.name.rawValue, summary.document) {
                Facts.pieces([
                    ("application", "\(application.name)"), ("zone", "\(application.zone)"),
                    ("purpose", "\(application.purpose)"), ("latest", "\(summary.latest?.label ?? "none")"),
                    (
                        "environments",
                        SafeText(
                            summary.assignments.map { "\($0.environment): \(application.name)@\($0.version)" }.joined(
                                separator: ", "))
                    ),
                    ("created", "\(session.output.time(application.createdAt)) by \(application.author)"),
                ])
            }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make an application of a zone; the zone's configuration becomes version 1.",
            discussion: Examples.text(
                "signalbox app create shop --zone example.com",
                "signalbox app create checkout --zone example.com --purpose 'cart and payment'"))

        @Argument(help: "Name of the application.") var application: String
        @Option(
            help: ArgumentHelp("Zone to copy the configuration from.", valueName: "zone"), completion: Completion.zones)
        var zone: String
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var purpose = ""
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let (made, version) = try session.plane(.writing).createApplication(
                try Names.application(application), from: try Names.zone(zone), purpose: purpose)
            session.output.done(
                made.name.rawValue, version.document(),
                "made application \(made.name) with \(version.label) from zone \(made.zone)")
            session.output.note(
                "Next: \(session.commandLine("rule add \(made.name) --if 'cf.zone.name eq \"\(made.zone)\"' --use \(made.name)"))",
                .dim)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove an application that was never deployed and that no routing rule uses.",
            discussion: Examples.text("signalbox app remove shop", "signalbox app remove shop --yes"))

        @Argument(help: "Name of the application.", completion: Completion.applications) var application: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.application(application)
            let plane = try session.plane(.writing)
            let summary = try plane.application(named: name)
            try Confirmation(session: session).ask("Remove application \(name) with all its versions?")
            try plane.removeApplication(name)
            session.output.done(name.rawValue, summary.document, "removed application \(name)")
        }
    }
}
