internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import MailRouting
internal import PostfixEndpoints

/// Programs and webhooks that decide about mail.
struct EmailWorkerVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Programs and webhooks that decide about mail while the sender waits.",
        discussion: Examples.text(
            "signalbox email worker new screen --starter blocklist --forward ops@example.net",
            "signalbox email worker test screen message.eml --to info@example.com",
            before: """
                A program gets the message on its standard input and prints its verdict as JSON: \
                {"action":"forward","to":["ops@example.net"]}, {"action":"drop"}, {"action":"reject","reason":"no"} or \
                {"action":"tag","to":["ops@example.net"],"tags":{"X-Checked":"yes"}}. A webhook gets JSON with the whole \
                message, signed, and answers the same. A rule sends its mail there: --worker NAME.
                """),
        subcommands: [New.self, Edit.self, List.self, Show.self, Remove.self, Test.self])

    static let names = CompletionKind.custom { _, _, _ in [] }

    static func name(_ text: String) throws -> ResourceName {
        guard let name = ResourceName(rawValue: text) else {
            throw ErrorReport(
                .usage, at: text, ResourceName.problem(with: text) ?? "this is no name",
                remedy: "use letters and digits")
        }
        return name
    }

    static func document(_ worker: MailWorker) -> DocumentValue {
        let target: DocumentValue =
            switch worker.target {
            case .webhook(let url, let secret):
                .object(["webhook": .string(url), "secret": secret.map { .string($0) }])
            case .program(let path, let arguments):
                .object(["program": .string(path), "arguments": .array(arguments.map { .string($0) })])
            }
        return .object([
            "name": .string(worker.name.rawValue), "target": target, "time_limit_ms": .int(worker.timeLimit),
            "on_failure": .string(policy(worker.onFailure)), "description": .string(worker.description),
            "updated_at": .string(worker.updatedAt.description), "author": .string(worker.author),
        ])
    }

    static func policy(_ policy: MailWorker.FailurePolicy) -> String {
        switch policy {
        case .defer: "defer"
        case .forward(let to): "forward to " + to.map(\.description).joined(separator: ", ")
        case .reject(let text): "reject: \(text)"
        }
    }

    static func target(_ worker: MailWorker) -> String {
        switch worker.target {
        case .webhook(let url, _): url
        case .program(let path, let arguments): ([path] + arguments).joined(separator: " ")
        }
    }

    /// What a worker is made of, for `new` and `edit`.
    struct Traits: ParsableArguments {
        @Option(help: ArgumentHelp("Post the mail there as signed JSON.", valueName: "url")) var webhook: String?
        @Option(help: ArgumentHelp("Key of the signature: env:NAME, file:PATH or command:WORDS.", valueName: "place"))
        var secret: String?
        @Option(help: ArgumentHelp("Run this program for each mail.", valueName: "path"), completion: .file())
        var program: String?
        @Option(help: ArgumentHelp("An argument of the program; repeatable.", valueName: "word"))
        var argument: [String] = []
        @Option(
            name: .customLong("time-limit"), help: ArgumentHelp("How long a verdict may take.", valueName: "duration"))
        var timeLimit: String?
        @Option(
            name: .customLong("on-failure"),
            help: ArgumentHelp("When there is no verdict: defer (the default), reject or forward.", valueName: "policy")
        )
        var onFailure: String?
        @Option(
            name: .customLong("failure-to"),
            help: ArgumentHelp("Where mail goes with --on-failure forward; repeatable.", valueName: "address"))
        var failureTo: [String] = []
        @Option(help: ArgumentHelp("For people.", valueName: "text")) var description: String?

        func apply(to worker: inout MailWorker) throws {
            if webhook != nil, program != nil { throw ValidationError("Give either --webhook or --program.") }
            if let webhook {
                guard
                    webhook.hasPrefix("https://") || webhook.hasPrefix("http://127.")
                        || webhook.hasPrefix("http://[::1]")
                else {
                    throw ErrorReport(
                        .usage, at: "--webhook \(webhook)", "mail is sent in clear text over the network there",
                        remedy: "use https://")
                }
                worker.target = .webhook(url: webhook, secret: secret)
            } else if let secret, case .webhook(let url, _) = worker.target {
                worker.target = .webhook(url: url, secret: secret)
            }
            if let secret, !["env:", "file:", "command:"].contains(where: { secret.hasPrefix($0) }) {
                throw ErrorReport(
                    .usage, at: "--secret", "--secret takes the place of a secret, not the secret",
                    remedy: "write env:NAME, file:PATH or command:WORDS; what was given here is in your history now")
            }
            if let program {
                guard program.hasPrefix("/") else {
                    throw ErrorReport(
                        .usage, at: "--program \(program)", "the path of a program begins with /",
                        remedy: "write its whole path")
                }
                worker.target = .program(path: program, arguments: argument)
            }
            if let timeLimit {
                guard let milliseconds = DurationText.milliseconds(timeLimit), (100...120_000).contains(milliseconds)
                else {
                    throw ErrorReport(
                        .usage, at: "--time-limit \(timeLimit)", "it lies between 100ms and 2m", remedy: "write 10s")
                }
                worker.timeLimit = Int(milliseconds)
            }
            switch onFailure {
            case nil where failureTo.isEmpty: break
            case "defer": worker.onFailure = .defer
            case "reject": worker.onFailure = .reject("The mail could not be checked")
            case nil, "forward":
                guard !failureTo.isEmpty else {
                    throw ValidationError("--on-failure forward needs --failure-to ADDRESS.")
                }
                worker.onFailure = .forward(try failureTo.map { try MailNames.address($0) })
            default: throw ValidationError("--on-failure takes defer, reject or forward.")
            }
            if let description { worker.description = description }
        }
    }

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Make a worker, from a starter or from scratch.",
            discussion: Examples.text(
                "signalbox email worker new screen --starter blocklist --forward ops@example.net",
                "signalbox email worker new hook --webhook https://hooks.example/mail --secret env:HOOK_KEY",
                before: "Starters: "
                    + WorkerStarter.allCases.map { "\($0.rawValue) \($0.summary)" }.joined(separator: "; ") + "."))

        @Argument(help: "Name of the worker.") var name: String
        @Option(help: ArgumentHelp("Begin with this program.", valueName: "starter")) var starter: String?
        @Option(help: ArgumentHelp("Where mail goes that the starter does not refuse.", valueName: "address"))
        var forward: String?
        @Option(
            help: ArgumentHelp(
                "Where the starter's program is written (default: beside the state).", valueName: "file"),
            completion: .file())
        var script: String?
        @OptionGroup var traits: Traits
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try EmailWorkerVerb.name(name)
            let control = try session.mail(.writing)
            guard try !control.workers().contains(where: { $0.name == name }) else {
                throw ErrorReport(
                    .exists, at: "email worker \(name)", "the worker is here already",
                    remedy: "signalbox email worker edit \(name)")
            }
            var worker = MailWorker(
                name: name, target: .program(path: "", arguments: []), timeLimit: 10_000, onFailure: .defer,
                description: "", createdAt: session.output.now, updatedAt: session.output.now, author: "")
            if let starter { worker.target = try write(starter, name, session) }
            try traits.apply(to: &worker)
            if case .program(let path, _) = worker.target, path.isEmpty {
                throw ValidationError("Give --starter, --program or --webhook.")
            }
            let made = try control.putWorker(worker)
            ServerSocket.tellPublished(statePath: session.statePath)
            session.output.done(
                name.rawValue, EmailWorkerVerb.document(made),
                "worker \(name.rawValue) made: \(EmailWorkerVerb.target(made))")
        }

        private func write(_ text: String, _ name: ResourceName, _ session: Session) throws -> MailWorker.Target {
            guard let starter = WorkerStarter(rawValue: text) else {
                throw ErrorReport(
                    .usage, at: "--starter \(text)", "there is no such starter",
                    remedy: "one of " + WorkerStarter.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard let forward else { throw ValidationError("A starter needs --forward ADDRESS.") }
            let address = try MailNames.address(forward)
            guard address.description.utf8.allSatisfy({ $0 != 0x27 && $0 != 0x22 && $0 != 0x5C && $0 != 0x25 }) else {
                throw ErrorReport(
                    .usage, at: "--forward \(forward)", "a starter takes no address with quotes or percent signs",
                    remedy: "write a program of your own")
            }
            let folder = session.statePath + ".workers"
            let path =
                try script
                ?? { () throws -> String in
                    if mkdir(folder, 0o700) != 0, errno != EEXIST {
                        throw ErrorReport(
                            .unavailable, at: folder, "the folder cannot be made", remedy: "use --script FILE")
                    }
                    return "\(folder)/\(name)"
                }()
            guard access(path, F_OK) != 0 else {
                throw ErrorReport(
                    .exists, at: path, "there is a file already", remedy: "move it away, or use --script FILE")
            }
            try TextFile.write(starter.script(forwardingTo: address.description), to: path, mode: 0o700)
            return .program(path: realPath(path), arguments: [])
        }

        private func realPath(_ path: String) -> String {
            guard let found = realpath(path, nil) else { return path }
            defer { free(found) }
            return String(cString: found)
        }
    }

    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit", abstract: "Change a worker; without options, edit its program.",
            discussion: Examples.text(
                "signalbox email worker edit screen", "signalbox email worker edit screen --time-limit 5s",
                "signalbox email worker edit hook --on-failure forward --failure-to ops@example.net"))

        @Argument(help: "Name of the worker.") var name: String
        @OptionGroup var traits: Traits
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let control = try session.mail(.writing)
            let old = try control.worker(named: try EmailWorkerVerb.name(name))
            var worker = old
            try traits.apply(to: &worker)
            if worker == old, case .program(let path, _) = old.target, session.environment.isOutputTerminal {
                let editor = session.environment["VISUAL"] ?? session.environment["EDITOR"] ?? "vi"
                let status = try ChildProcess.onTerminal(["/bin/sh", "-c", "\(editor) \"$1\"", "sh", path])
                guard status == 0 else {
                    throw ErrorReport(.unavailable, at: editor, "the editor ended with status \(status)", remedy: path)
                }
                return session.output.done(
                    name, EmailWorkerVerb.document(old),
                    "edited \(path); try it: signalbox email worker test \(name) FILE")
            }
            guard worker != old else { throw ValidationError("Give what is to change, such as --time-limit 5s.") }
            let made = try control.putWorker(worker)
            ServerSocket.tellPublished(statePath: session.statePath)
            session.output.done(name, EmailWorkerVerb.document(made), "worker \(name) changed")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the workers.",
            discussion: Examples.text("signalbox email worker list", "signalbox email worker list --output json"))
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try session.mailList(
                ["NAME", .flexible("TARGET"), .number("LIMIT"), .flexible("ON FAILURE")],
                next: "signalbox email worker new screen --starter blocklist --forward ops@dest.example"
            ) { mail, listing in
                for worker in try mail.workers() {
                    listing.add(
                        worker.name.rawValue, EmailWorkerVerb.document(worker), .text(worker.name.rawValue),
                        .text(EmailWorkerVerb.target(worker)), .text("\(worker.timeLimit) ms"),
                        .text(EmailWorkerVerb.policy(worker.onFailure)))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a worker.",
            discussion: Examples.text(
                "signalbox email worker show screen", "signalbox email worker show screen --output json"))
        @Argument(help: "Name of the worker.") var name: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let worker = try session.mail(.reading)
                .worker(named: try EmailWorkerVerb.name(name))
            session.output.show(name, EmailWorkerVerb.document(worker)) {
                [
                    Output.Piece("\(worker.name.rawValue): \(EmailWorkerVerb.target(worker))", .strong),
                    Output.Piece("time limit: \(worker.timeLimit) ms"),
                    Output.Piece("on failure: \(EmailWorkerVerb.policy(worker.onFailure))"),
                ] + (worker.description.isEmpty ? [] : [Output.Piece("\(worker.description)")])
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a worker that no rule in force names; its program stays.",
            discussion: Examples.text(
                "signalbox email worker remove screen", "signalbox email worker remove screen --as deploy"))
        @Argument(help: "Name of the worker.") var name: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try session.mail(.writing).removeWorker(try EmailWorkerVerb.name(name))
            ServerSocket.tellPublished(statePath: session.statePath)
            session.output.done(name, .object(["name": .string(name)]), "worker \(name) removed")
        }
    }
}
