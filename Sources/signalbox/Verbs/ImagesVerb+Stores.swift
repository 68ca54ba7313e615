internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import ImageSourcing

/// `images source` and `images target`: the same verbs over two kinds of names.
struct ImageStoreVerb<Role: ImageRole>: ParsableCommand {
    private static var word: String { Role.role.rawValue }

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: word,
            abstract: Role.role == .source ? "Where images come from." : "Where images go to.",
            discussion: Examples.text(
                "signalbox images \(word) add \(Role.example) --directory /srv/photos", "signalbox images \(word) list",
                before: "Secrets are named by their place and looked up when they are used; the state never holds one."),
            subcommands: [
                List.self, Show.self, Add.self, Edit.self, Rotate.self, Remove.self, Check.self,
            ])
    }

    struct List: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "list", abstract: "List the \(word)s.",
                discussion: Examples.text("signalbox images \(word) list", "signalbox images \(word) list -o json"))
        }
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            var listing = Listing([
                SafeText(word.uppercased()).column, .flexible("PLACE"), "CREDENTIALS", "UPDATED", "AUTHOR",
            ])
            guard let plane = try session.planeIfAny() else { return session.output.list(listing) }
            for store in try plane.imageStores(Role.role) {
                listing.add(
                    store.name, StoreText.document(store), .text(store.name), .text(store.address),
                    store.credentials.map { .text(StoreText.place(of: $0)) } ?? .none,
                    .time(Timestamp(milliseconds: store.updatedAt)), .text(store.author))
            }
            session.output.list(listing)
            if listing.rows.isEmpty {
                session.output.hint(
                    "Nothing here yet. Next: \(session.commandLine("images \(word) add \(Role.example) --directory PATH"))"
                )
            }
        }
    }

    struct Show: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "show", abstract: "Show a \(word).",
                discussion: Examples.text(
                    "signalbox images \(word) show \(Role.example)",
                    "signalbox images \(word) show \(Role.example) -o json"))
        }
        @Argument(help: "Its name.") var name: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let store = try session.plane(.reading).imageStore(Role.role, named: try StoreText.name(name, Role.role))
            session.output.show(store.name, StoreText.document(store)) { StoreText.pieces(store, session.output) }
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "add", abstract: "Name a \(word), after a look at whether it answers.",
                discussion: Examples.text(
                    "signalbox images \(word) add \(Role.example) --directory /srv/photos",
                    "signalbox images \(word) add \(Role.example) --s3 s3://bucket/path/ --endpoint https://s3.example.com --credentials env:KEYS"
                ))
        }
        @Argument(help: "Its name.") var name: String
        @OptionGroup(title: "Where it is") var place: ImagePlaceOptions
        @Flag(name: .customLong("no-check"), help: "Do not look whether it answers.") var noCheck = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let name = try StoreText.name(name, Role.role)
            guard let location = try place.place() else {
                throw ErrorReport(
                    .usage, at: "\(word) \(name)", "it is not told where it is: give --s3 or --directory",
                    remedy: "signalbox images \(word) add --help")
            }
            let plane = try session.plane(.writing)
            let draft = ImageStore(
                Role.role, name.rawValue, location, credentials: place.credentials, createdAt: 0, updatedAt: 0,
                author: "")
            let findings = noCheck ? [] : try await StoreCheck(session).look(at: draft)
            let store = try plane.putImageStore(Role.role, name, replacing: false, isRunning: session.isRunning) { _ in
                (location, place.credentials)
            }
            StoreText.tell(findings, session.output)
            session.output.done(store.name, StoreText.document(store), "added \(word) \(store.name): \(store.address)")
        }
    }

    struct Edit: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "edit", abstract: "Change where a \(word) is; refused while a migration of it runs.",
                discussion: Examples.text(
                    "signalbox images \(word) edit \(Role.example) --directory /srv/other",
                    "signalbox images \(word) edit \(Role.example) --s3 s3://bucket/other/",
                    "signalbox images \(word) edit \(Role.example) --endpoint https://s3.example.com",
                    before: "What is not given stays: endpoint, region and credentials of a bucket among others."))
        }
        @Argument(help: "Its name.") var name: String
        @OptionGroup(title: "Where it is") var place: ImagePlaceOptions
        @Flag(name: .customLong("no-check"), help: "Do not look whether it answers.") var noCheck = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await StoreText.change(name, Role.role, try Session(global), isChecked: !noCheck) { old in
                guard let location = try place.place(changing: old.place) else {
                    throw ErrorReport(
                        .usage, at: "\(word) \(name)",
                        "it is not told what changes: give --s3, --directory or --endpoint",
                        remedy: place.credentials == nil
                            ? "signalbox images \(word) edit --help" : "signalbox images \(word) rotate --help")
                }
                let kept = location.isSameKind(as: old.place) ? old.credentials : nil
                return (location, place.credentials ?? kept)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "rotate", abstract: "Take another key from now on, after a look at whether it is right.",
                discussion: Examples.text(
                    "signalbox images \(word) rotate \(Role.example) --credentials file:/run/keys/new",
                    "signalbox images \(word) rotate \(Role.example) --credentials env:NEW_KEYS",
                    before: "What was imported and what waits stays as it is. Refused while a migration of it runs."))
        }
        @Argument(help: "Its name.") var name: String
        @Option(
            help: ArgumentHelp("Where KEY:SECRET is: env:NAME, file:PATH or command:WORDS.", valueName: "place"))
        var credentials: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try StoreText.check(credentials: credentials)
            try await StoreText.change(name, Role.role, try Session(global), isChecked: true) { old in
                (old.place, credentials)
            }
        }
    }

    struct Remove: ParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "remove", abstract: "Forget a \(word); refused while a migration of it runs.",
                discussion: Examples.text(
                    "signalbox images \(word) remove \(Role.example)",
                    "signalbox images \(word) remove \(Role.example) --yes"))
        }
        @Argument(help: "Its name.") var name: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try StoreText.name(name, Role.role)
            let plane = try session.plane(.writing)
            let store = try plane.imageStore(Role.role, named: name)
            try Confirmation(session: session).ask("Remove \(word) \(name)? Nothing in it is touched.")
            try plane.removeImageStore(Role.role, name, isRunning: session.isRunning)
            session.output.done(store.name, StoreText.document(store), "removed \(word) \(store.name)")
        }
    }

    struct Check: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "check", abstract: "Look whether a \(word) answers, and at its first objects.",
                discussion: Examples.text(
                    "signalbox images \(word) check \(Role.example)",
                    "signalbox images \(word) check \(Role.example) --quiet"))
        }
        @Argument(help: "Its name.") var name: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let store = try session.plane(.reading).imageStore(Role.role, named: try StoreText.name(name, Role.role))
            let findings = try await StoreCheck(session).look(at: store)
            StoreText.tell(findings, session.output)
            session.output.done(store.name, StoreText.document(store), "\(word) \(store.name) answers")
        }
    }
}

extension SafeText {
    fileprivate var column: Listing.Column { Listing.Column(title: self) }
}
