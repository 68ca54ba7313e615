internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

extension StagingVerb {
    struct Reserve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reserve",
            abstract: "Give a version a staging address of its own, beside what the environment serves.",
            discussion: Examples.text(
                "signalbox staging reserve shop@5 --for 2h",
                "signalbox staging reserve shop@draft --address 127.0.0.22",
                before: """
                    Other applications answer there as in the environment. After its time anybody may take the address; until \
                    somebody does, it serves what it served. Reserving again prolongs it.
                    """))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @Option(name: .customLong("for"), help: ArgumentHelp("How long, at most 30d.", valueName: "duration"))
        var time = "2h"
        @Option(help: ArgumentHelp("Which address (default: one that is free).", valueName: "ip")) var address: String?
        @Option(
            name: .customLong("env"),
            help: ArgumentHelp("Environment (default: the lowest).", valueName: "environment"),
            completion: Completion.environments)
        var environment: String?
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup var validation: ValidationOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        private var milliseconds: Int? {
            DurationText.milliseconds(time).flatMap { (60_000...30 * 86_400_000).contains($0) ? $0 : nil }
        }

        func validate() throws {
            if milliseconds == nil { throw ValidationError("--for takes a duration from 1m to 30d, such as 2h.") }
        }

        func run() async throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let version = try plane.resolve(try Names.version(version))
            guard
                let place = try environment.map({ try Names.environment($0) })
                    ?? plane.environments().first?.environment.name
            else { return }
            let edit = ReservationEdit.reserve(
                application: version.application, version: version.number, environment: place, address: address,
                holder: plane.actor.label,
                until: session.output.now.advanced(byMilliseconds: Int64(milliseconds ?? 0)))
            try await ChangeFlow(
                session: session, options: change, needsServer: false, checks: validation.checks(session)
            ).run(.reservation(edit))
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Give a staging address back to its environment.",
            discussion: Examples.text(
                "signalbox staging release 127.0.0.22", "signalbox staging release 127.0.0.22 --force --yes",
                before: "What somebody else holds needs --force until its time is over."))

        @Argument(help: "The address.") var address: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let edit = ReservationEdit.release(
                address: address, holder: try session.plane(.reading).actor.label, anyway: change.force)
            try await ChangeFlow(session: session, options: change, needsServer: false).run(.reservation(edit))
        }
    }
}
