internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import StoreSQLite

extension StateVerb {
    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Put a backup in the place of the state, which is kept beside it.",
            discussion: Examples.text(
                "signalbox state restore before-release.db",
                "signalbox state restore backup.db --yes --state /srv/signalbox/state.db",
                before: """
                    The backup is checked first, its journal too. Refused while any process has the state open: stop the \
                    server before. Nodes may then hold newer configuration than the state.
                    """))

        @Argument(help: "File that `state backup` wrote.", completion: .file()) var source: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let now = session.output.now
            // Before anybody is asked about it.
            guard access(source, F_OK) == 0 else {
                throw ErrorReport(
                    .notFound, at: source, "there is no file here", remedy: "name a backup that is there")
            }
            try Confirmation(session: session).ask("Put \(source) in the place of \(session.statePath)?")
            let restoration = try SQLiteStore.restore(path: session.statePath, from: source, now: now) { backup in
                let plane = session.plane(over: backup)
                return try plane.verifyAudit(head: nil) + plane.verifyContents()
            }
            try session.plane(.writing).noteRestoration(from: source, keeping: restoration.replaced)
            let document: DocumentValue = .object([
                "state": .string(session.statePath), "backup": .string(source),
                "replaced": restoration.replaced.map { .string($0) },
            ])
            session.output.done(
                session.statePath, document,
                restoration.replaced.map { "restored \(session.statePath) from \(source); what was there is \($0)" }
                    ?? "restored \(session.statePath) from \(source)")
            session.output.note(
                """
                Nodes may hold newer configuration than this state. Compare what they serve before a server sends them \
                older: \(session.commandLine("node list"))
                """, .warning)
        }
    }

    struct Migrate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "migrate",
            abstract: "Bring a state of an older program to this one's form; makes a copy first.",
            discussion: Examples.text(
                "signalbox state migrate", "signalbox state migrate --yes --state /srv/signalbox/state.db",
                before: "Refused while any process has the state open: stop the older server before."))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            if try SQLiteStore.needsMigration(path: session.statePath) {
                try Confirmation(session: session).ask(
                    "Migrate \(session.statePath) so that older programs cannot read it any more?")
            }
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
