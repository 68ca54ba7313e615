internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import Glibc
internal import MailRouting
internal import PostfixEndpoints

/// Postfix's side of mail routing: its settings, and whether they are right.
struct EmailPostfixVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postfix", abstract: "Have a Postfix ask Signalbox about mail.",
        discussion: Examples.text(
            "signalbox email postfix setup --print", "signalbox email postfix setup --apply",
            "signalbox email postfix check"),
        subcommands: [Setup.self, Check.self])

    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("Postfix's configuration folder.", valueName: "folder"), completion: .directory)
        var configuration = "/etc/postfix"
        @Option(
            help: ArgumentHelp(
                "Folder of the sockets that 'signalbox serve --mail-sockets' has.", valueName: "folder"),
            completion: .directory)
        var sockets = "/var/spool/postfix/signalbox"
        @Option(
            name: .customLong("mail-log"),
            help: ArgumentHelp("File for Postfix's log where it goes to no file yet.", valueName: "file"),
            completion: .file())
        var mailLog = "/var/log/postfix.log"

        var setup: PostfixSetup {
            PostfixSetup(configuration: configuration) { words in
                // Where Debian keeps what only root runs.
                try ChildProcess.captured(["/usr/bin/env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + words)
            }
        }

        func settings() throws -> PostfixSettings {
            try EmailPostfixVerb.reported { try setup.settings(sockets: sockets, log: mailLog) }
        }

        /// Sockets on which nobody answers.
        var silentSockets: [EndpointServer.Socket] {
            EndpointServer.Socket.allCases.filter { socket in
                guard let descriptor = ServerSocket.connect(to: "\(sockets)/\(socket.rawValue)") else { return true }
                ServerSocket.disconnect(descriptor)
                return false
            }
        }

        /// Where Postfix writes its log; empty where it goes to no file.
        func logFile() throws -> String {
            try EmailPostfixVerb.reported { try setup.values(["maillog_file"]) }["maillog_file"] ?? ""
        }

        /// Puts the settings right, of the Postfix that was asked about.
        var setupCommand: String { command("setup", "--apply") }

        func command(_ verb: String...) -> String {
            var words = ["signalbox", "email", "postfix"] + verb
            let given = [
                ("--configuration", configuration, "/etc/postfix"),
                ("--sockets", sockets, "/var/spool/postfix/signalbox"), ("--mail-log", mailLog, "/var/log/postfix.log"),
            ]
            for (option, value, standard) in given where value != standard { words += [option, value] }
            return words.map(ShellWord.quoted).joined(separator: " ")
        }

        /// What answers Postfix and counts from its log.
        func serveCommand() throws -> String {
            // Before it is set up, Postfix has none: then it will be the one that `setup` sets.
            let set = try logFile()
            let file = set.isEmpty ? mailLog : set
            return "signalbox serve --mail-sockets \(ShellWord.quoted(sockets))"
                + (file.isEmpty ? "" : " --mail-log \(ShellWord.quoted(file))")
        }
    }

    struct Setup: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "setup", abstract: "Print or apply the settings with which Postfix asks Signalbox.",
            discussion: Examples.text(
                "signalbox email postfix setup --print", "signalbox email postfix setup --apply",
                before: """
                    Keeps what others have set, and copies of main.cf and master.cf from before. Applied twice it changes \
                    nothing. Postfix must be reloaded afterwards, once: rules need no reload.
                    """))

        @Flag(name: .customLong("print"), help: "Print the lines of main.cf that differ; the default.")
        var prints = false
        @Flag(help: "Write them, have Postfix check them, and put the old files back when they are not good.")
        var apply = false
        @OptionGroup var place: Place
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if prints, apply { throw ValidationError("Give either --print or --apply.") }
        }

        func run() throws {
            let session = try Session(global)
            let settings = try place.settings()
            let setup = place.setup
            guard apply else {
                let different = try EmailPostfixVerb.reported { try setup.differences(settings) }
                var listing = Listing(["PARAMETER", .flexible("VALUE"), .flexible("WHY")])
                for parameter in settings.parameters {
                    let isSet = !different.contains(parameter)
                    listing.add(
                        parameter.name,
                        .object([
                            "parameter": .string(parameter.name), "value": .string(parameter.value),
                            "set": .bool(isSet), "reason": .string(parameter.reason),
                        ]),
                        .text(parameter.name), .text(parameter.value), .text(parameter.reason))
                }
                if session.output.format == .table {
                    for parameter in settings.parameters {
                        let isSet = !different.contains(parameter)
                        session.output.line("# \(parameter.reason)\(isSet ? " (set)" : "")")
                        session.output.line("\(parameter.name) = \(parameter.value)")
                    }
                } else {
                    session.output.list(listing)
                }
                return
            }
            let stamp = session.output.now.description.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
            let changed = try EmailPostfixVerb.reported { try setup.apply(settings, stamp: stamp) }
            let document: DocumentValue = .object([
                "configuration": .string(place.configuration), "changed": .array(changed.map { .string($0) }),
            ])
            session.output.done(
                place.configuration, document,
                changed.isEmpty
                    ? "nothing to change in \(place.configuration)"
                    : "changed in \(place.configuration): \(changed.joined(separator: ", "))")
            if !changed.isEmpty {
                let reload = "postfix -c \(place.configuration) reload"
                // Reloaded before anybody answers, it would defer all mail.
                let isAnswered = place.silentSockets.isEmpty
                let next = isAnswered ? reload : "\(try place.serveCommand()), and when it runs: \(reload)"
                session.output.hint("Next: \(next)")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Say what is wrong with Postfix's side; exit 1 when something is.",
            discussion: Examples.text(
                "signalbox email postfix check", "signalbox email postfix check --output json"))

        @OptionGroup var place: Place
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let findings = try findings() + verifierFindings(session)
            let isWell = findings.isEmpty
            let document: DocumentValue = .object([
                "healthy": .bool(isWell), "configuration": .string(place.configuration),
                "findings": .array(findings.map(\.document)),
            ])
            session.output.show(isWell ? "healthy" : "unhealthy", document) {
                FindingText.pieces(findings) + [
                    Output.Piece(
                        isWell ? "Postfix asks Signalbox as it should" : "\(FindingText.summary(findings))",
                        isWell ? .good : .bad)
                ]
            }
            if !isWell { throw ExitCode(1) }
        }

        private func findings() throws -> [Finding] {
            let setup = place.setup
            let settings = try place.settings()
            var findings: [Finding] = []
            for parameter in try EmailPostfixVerb.reported({ try setup.differences(settings) }) {
                findings.append(
                    Finding(
                        .error, "postfix-setting", at: "\(place.configuration)/main.cf \(parameter.name)",
                        "it is not as it must be (\(parameter.reason))", remedy: place.setupCommand))
            }
            if try !EmailPostfixVerb.reported({ try setup.hasLogService() }) {
                findings.append(
                    Finding(
                        .error, "postfix-log-service", at: "\(place.configuration)/master.cf",
                        "there is no service that writes the log file",
                        remedy: place.setupCommand))
            }
            let silent = place.silentSockets
            if !silent.isEmpty {
                findings.append(
                    Finding(
                        .error, "mail-socket", at: place.sockets,
                        "nobody answers on \(silent.map(\.rawValue).joined(separator: ", ")): mail is deferred",
                        remedy: try place.serveCommand()))
            }
            let file = try place.logFile()
            if !file.isEmpty, access(file, R_OK) != 0 {
                findings.append(
                    Finding(
                        .warning, "mail-log", at: file,
                        access(file, F_OK) == 0
                            ? "this user may not read it"
                            : "it is not there: nothing is counted until Postfix writes it",
                        remedy: access(file, F_OK) == 0
                            ? "sudo \(checkCommand)" : "postfix -c \(ShellWord.quoted(place.configuration)) reload"))
            }
            return findings
        }

        /// Rules that believe a verifier, where nobody stands before us who could be it.
        private func verifierFindings(_ session: Session) throws -> [Finding] {
            let milters = try EmailPostfixVerb.reported { try place.setup.values(["smtpd_milters"]) }["smtpd_milters"]
            guard !PostfixSettings.hasMilterBefore(milters ?? "") else { return [] }
            return try Self.trusting(session).map { domain, server in
                Finding(
                    .warning, "no-verifier", at: "\(place.configuration)/main.cf smtpd_milters",
                    "rules of \(domain) believe Authentication-Results of \(server), and no milter stands before "
                        + "Signalbox that adds them and removes those of senders: anybody can write 'dmarc=pass'",
                    remedy:
                        "put a verifier (OpenDKIM and OpenDMARC, rspamd) first in smtpd_milters, or believe nobody: "
                        + "signalbox email ruleset set \(domain) --authentication-server none")
            }
        }

        /// Domains whose rules, in force or drafted, name a verifier; none without a state: Postfix may be set up first.
        private static func trusting(_ session: Session) throws -> [(domain: String, server: String)] {
            do {
                let mail = try session.mail(.reading)
                return try mail.domains().flatMap { summary in
                    let servers = try [summary.live, summary.draft].compactMap(\.self).compactMap { version in
                        let reference = MailVersionReference(
                            domain: summary.domain.name, selector: .number(version.number))
                        return try mail.ruleset(reference).ruleset.authenticationServer
                    }
                    return Set(servers).sorted().map { (summary.domain.name, $0) }
                }
            } catch let error as StoreError where error.code == .missing {
                return []
            }
        }

        /// This check, with the options it was given.
        private var checkCommand: String { place.command("check") }
    }

    static func reported<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as PostfixSetup.Failure {
            throw ErrorReport(.unavailable, at: error.place, error.message, remedy: error.remedy)
        }
    }
}
