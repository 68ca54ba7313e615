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
            "signalbox email worker new --starter blocklist", "signalbox email worker test screen message.eml",
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
            let findings = try control.findings(of: made)
            session.tell(findings)
            session.output.done(name, EmailWorkerVerb.document(made), "worker \(name) changed")
            if let next = NextCommand.mending(findings) { session.output.hint("Next: \(session.onThisState(next))") }
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
