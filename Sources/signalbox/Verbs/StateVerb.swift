internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import StoreSQLite

struct StateVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "The file that holds everything: where it is, copies, checks, upgrades.",
        discussion: Examples.text("signalbox state path", "signalbox state backup /srv/backup/signalbox.db"),
        subcommands: [Path.self, Backup.self, Restore.self, Check.self, Migrate.self])

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path",
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
            commandName: "backup",
            abstract: "Write a whole, checked copy while others go on working.",
            discussion: Examples.text(
                "signalbox state backup before-release.db",
                "signalbox state backup backup.db --state /srv/signalbox/state.db"))

        @Argument(help: "File to write; there must be none of that name.", completion: .file()) var target: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let store = try session.store(.reading)
            // It is looked at once more when the copy gets its name.
            guard access(target, F_OK) != 0 else {
                throw ErrorReport(
                    .exists, at: target, "there is a file of that name already",
                    remedy: "signalbox state backup \(ShellWord.quoted(target + ".new"))")
            }
            try store.backup(to: target)
            session.output.done(target, .object(["backup": .string(target)]), "copied the state to \(target)")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract:
                "Read the whole file, compare it with its digests and the journal, and tell what is damaged; exit 1 when something is.",
            discussion: Examples.text("signalbox state check", "signalbox state check --output json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            var findings = try session.store(.reading).integrityFindings()
            // What cannot be read whole cannot be added up.
            if findings.isEmpty {
                let plane = try session.plane(.reading)
                findings = try plane.verifyAudit(head: nil) + plane.verifyContents()
            }
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
}
