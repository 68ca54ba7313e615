internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import StoreSQLite

struct StateVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "The file that holds everything: where it is, copies, checks, upgrades.",
        discussion: Examples.text("signalbox state path", "signalbox state backup /srv/backup/signalbox.db"),
        subcommands: [Path.self, Backup.self, Check.self, Migrate.self])

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the path of the state that the other verbs use.",
            discussion: Examples.text("signalbox state path", "ls -l $(signalbox state path)"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            session.output.show(session.statePath, .object(["state": .string(session.statePath)])) {
                [Output.Piece("\(session.statePath)")]
            }
        }
    }

    struct Backup: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a whole, checked copy while others go on working.",
            discussion: Examples.text(
                "signalbox state backup before-release.db",
                "signalbox state backup backup.db --state /srv/signalbox/state.db"))

        @Argument(help: "File to write; there must be none of that name.", completion: .file()) var target: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try session.store(.reading).backup(to: target)
            session.output.done(target, .object(["backup": .string(target)]), "copied the state to \(target)")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the whole file and tell what is damaged; exit 1 when something is.",
            discussion: Examples.text("signalbox state check", "signalbox state check --output json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let findings = try session.store(.reading).integrityFindings()
            session.output.show(findings.isEmpty ? "intact" : "damaged", .array(findings.map(\.document))) {
                FindingText.pieces(findings)
                    + [
                        findings.isEmpty
                            ? Output.Piece("the state is intact", .good)
                            : Output.Piece("\(FindingText.summary(findings))", .bad)
                    ]
            }
            if !findings.isEmpty { throw ExitCode(1) }
        }
    }

    struct Migrate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring a state of an older program to this one's form; makes a copy first.",
            discussion: Examples.text(
                "signalbox state migrate", "signalbox state migrate --yes --state /srv/signalbox/state.db"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try Confirmation(session: session).ask(
                "Migrate \(session.statePath) so that older programs cannot read it any more?")
            let migration = try SQLiteStore.migrate(path: session.statePath, now: session.output.now)
            let document: DocumentValue = .object([
                "from": .int(migration.from), "to": .int(migration.to), "backup": migration.backup.map { .string($0) },
            ])
            session.output.done(
                session.statePath, document,
                migration.backup.map { "migrated from \(migration.from) to \(migration.to); the copy is \($0)" }
                    ?? "nothing to do: it has form \(migration.to) already")
        }
    }
}
