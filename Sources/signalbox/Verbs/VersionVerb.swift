internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import EdgePlan

struct VersionVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Numbered snapshots of an application's configuration.",
        discussion: Examples.text(
            "signalbox version list shop", "signalbox version edit shop@draft",
            before: """
                A version is named shop@3, shop@latest, shop@draft, shop@staging, shop@production, shop@TAG or shop@-1 (one \
                before the latest). Without a subcommand the version of this program is printed.
                """),
        subcommands: [
            List.self, Show.self, Create.self, Edit.self, Apply.self, Diff.self, Lock.self, Tag.self, Untag.self,
            NoteCommand.self, Check.self, Lint.self, Export.self,
        ])

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let session = try Session(global)
        session.output.show(
            Program.version, .object(["program": .string("signalbox"), "version": .string(Program.version)])
        ) {
            [Output.Piece("signalbox \(Program.version)")]
        }
        session.output.note("Versions of an application: signalbox version list APP", .dim)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the versions of an application, or of all.",
            discussion: Examples.text("signalbox version list shop", "signalbox version list shop --output name"))

        @Argument(help: "Name of the application; all without it.", completion: Completion.applications)
        var application: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).list(
                ["VERSION", "STATE", "ENVIRONMENTS", "BASE", "DIGEST", "UPDATED", "AUTHOR", "TAGS", .flexible("NOTE")],
                of: .versions
            ) { plane, listing in
                let names =
                    try application.map { [try Names.application($0)] } ?? plane.applications().map(\.application.name)
                for summary in try names.flatMap({ try plane.versions(of: $0) }) {
                    let version = summary.version
                    let base = version.base.map { "\(version.application)@\($0)" }
                    listing.add(
                        version.label, version.document(environments: summary.environments), .text(version.label),
                        .text("\(version.state.rawValue)", version.state == .draft ? .warning : .plain),
                        .text("\(summary.environments.map(\.rawValue).joined(separator: " "))", .good),
                        base.map { .text($0) } ?? .none, .text(SafeText(version.digest.short), .dim),
                        .time(version.updatedAt), .text(version.author),
                        .text(version.tags.map(\.rawValue).joined(separator: " ")), .text(version.note))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a version with its configuration.",
            discussion: Examples.text("signalbox version show shop@3", "signalbox version show shop@production -o json")
        )

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let version = try plane.resolve(try Names.version(version))
            let environments =
                try plane.versions(of: version.application)
                .first { $0.version.number == version.number }?.environments ?? []
            let content = try plane.configuration(of: version).document
            var document = version.document(environments: environments)
            if case .object(let members) = document {
                document = .object(members + [DocumentMember("configuration", content)])
            }
            session.output.show(version.label, document) {
                [
                    Output.Piece(
                        "# \(version.label), \(version.state.rawValue), configuration \(version.id), digest \(version.digest.short)",
                        .dim),
                    Output.Piece(
                        "# \(version.author), \(session.output.time(version.updatedAt)): \(version.note)", .dim),
                    Output.Piece(
                        "# served by: \(environments.isEmpty ? "nobody" : environments.map(\.rawValue).joined(separator: ", "))",
                        .dim),
                    Output.Piece(SafeText(lines: DocumentText.yaml(content)).trimmed),
                ]
            }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make a draft, copied from another version.",
            discussion: Examples.text(
                "signalbox version create shop --note 'new checkout'",
                "signalbox version create shop --from shop@production"))

        @Argument(help: "Name of the application.", completion: Completion.applications) var application: String
        @Option(
            help: ArgumentHelp("Version to copy (default: the latest).", valueName: "version"),
            completion: Completion.versions)
        var from: String?
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var note = ""
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let version = try session.plane(.writing).createVersion(
                of: try Names.application(application), from: try from.map { try Names.version($0) }, note: note)
            session.output.done(
                version.label, version.document(),
                "made draft \(version.label), a copy of \(version.base.map { "\(version.application)@\($0)" } ?? "nothing")"
            )
            session.output.note("Next: \(session.commandLine("version edit \(version.label)"))", .dim)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Tell what promoting a version would find wrong with it; exit 1 when there are errors.",
            discussion: Examples.text("signalbox version check shop@draft", "signalbox version check shop@3 -o json"))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let version = try plane.resolve(try Names.version(version))
            let findings = try plane.checks(version)
            session.output.show(version.label, .array(findings.map(\.document))) {
                FindingText.pieces(findings) + [Output.Piece("\(version.label): \(FindingText.summary(findings))")]
            }
            if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print a version's configuration as a file that applies to the same configuration.",
            discussion: Examples.text(
                "signalbox version export shop@3 > shop.yaml", "signalbox version export shop -o json"))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let version = try plane.resolve(try Names.version(version))
            let document = try plane.configuration(of: version).document
            session.output.show(version.label, document) {
                [Output.Piece(SafeText(lines: DocumentText.yaml(document)).trimmed)]
            }
        }
    }
}
