internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import EdgePlan
internal import MailRouting

struct EmailRulesetVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ruleset", abstract: "All rules of a domain as one document, in numbered versions.",
        discussion: Examples.text(
            "signalbox email ruleset list example.com", "signalbox email ruleset show example.com@live > rules.yaml",
            "signalbox email ruleset apply example.com rules.yaml"),
        subcommands: [List.self, Show.self, Diff.self, Check.self, Set.self, Apply.self, Edit.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the versions of a domain's rules.",
            discussion: Examples.text(
                "signalbox email ruleset list example.com", "signalbox email ruleset list example.com --output json"))

        @Argument(help: "The domain.") var domain: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let mail = try session.mail(.reading)
            let name = try MailNames.domain(domain)
            let live = try mail.domain(named: name).domain.live
            var listing = Listing([
                "VERSION", "STATE", "IN FORCE", "DIGEST", .flexible("NOTE"), "UPDATED", .flexible("AUTHOR"),
            ])
            for version in try mail.rulesets(of: name).reversed() {
                let isLive = version.number == live
                listing.add(
                    version.label, version.document(isLive: isLive), .text(version.label),
                    .text(version.state.rawValue), isLive ? .text("yes", .good) : .none,
                    .text(SafeText(version.digest.short), .dim), .text(version.note), .time(version.updatedAt),
                    .text(version.author))
            }
            session.output.list(listing)
            if listing.rows.isEmpty {
                let next = "signalbox email rule add \(name) --to info --forward ops@dest.example"
                session.output.hint("Nothing here yet. Next: \(session.onThisState(next))")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print a version as a document that 'apply' takes.",
            discussion: Examples.text(
                "signalbox email ruleset show example.com", "signalbox email ruleset show example.com@3 --output json",
                before: "Without a version it is the draft, or what is in force when there is none."))

        @Argument(help: "Domain, or version of its rules.") var rules: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let content = try session.mail(.reading).ruleset(try MailNames.version(rules))
            session.output.show(content.version.label, content.ruleset.document) {
                [Output.Piece(SafeText(lines: DocumentText.yaml(content.ruleset.document)).trimmed)]
            }
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff", abstract: "Compare two versions; exit 1 when they differ.",
            discussion: Examples.text(
                "signalbox email ruleset diff example.com@live example.com@draft",
                "signalbox email ruleset diff example.com@1 example.com@2 --output json"))

        @Argument(help: "The older version.") var left: String
        @Argument(help: "The newer version.") var right: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let (a, b, diff) = try session.mail(.reading).rulesetDiff(
                try MailNames.version(left), try MailNames.version(right))
            session.output.show("\(a.label) \(b.label)", diff.document) {
                (diff.isEmpty ? [] : [Output.Piece(SafeText(lines: diff.text).trimmed)])
                    + [Output.Piece("\(a.label) → \(b.label): \(diff.summary)", .dim)]
            }
            if !diff.isEmpty { throw ExitCode(1) }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Say what promoting a version would find wrong; exit 1 on errors.",
            discussion: Examples.text(
                "signalbox email ruleset check example.com", "signalbox email ruleset check example.com@live -o json"))

        @Argument(help: "Domain, or version of its rules.") var rules: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let mail = try session.mail(.reading)
            let reference = try MailNames.version(rules)
            let version = try mail.ruleset(reference).version
            let findings = try mail.findings(reference)
            session.output.show(version.label, .array(findings.map(\.document))) {
                FindingText.pieces(findings)
                    + [Output.Piece("\(version.label): \(FindingText.summary(findings))", .dim)]
            }
            if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set switches of the draft.",
            discussion: Examples.text(
                "signalbox email ruleset set example.com --subaddressing on",
                "signalbox email ruleset set example.com --authentication-server mx.example.com --sender-rewriting off",
                before: """
                    Subaddressing: user+tag goes where user goes. Sender rewriting (SRS): the sender of forwarded mail \
                    becomes one of this domain, so that SPF passes; without it bounces go to the sender directly. \
                    Authentication server: whose Authentication-Results headers count. Name it only where a milter of \
                    that name stands before Signalbox in smtpd_milters and removes such headers that senders write \
                    (RFC 8601 section 5), as OpenDKIM, OpenDMARC and rspamd do: otherwise anybody passes. \
                    'signalbox email postfix check' looks for one.
                    """))

        @Argument(help: "The domain.") var domain: String
        @Option(help: ArgumentHelp("on or off.", valueName: "switch")) var subaddressing: String?
        @Option(help: ArgumentHelp("on or off.", valueName: "switch")) var senderRewriting: String?
        @Option(help: ArgumentHelp("Name of the verifier that stands before Signalbox, or none.", valueName: "name"))
        var authenticationServer: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            for value in [subaddressing, senderRewriting].compactMap(\.self) where !["on", "off"].contains(value) {
                throw ValidationError("A switch takes on or off.")
            }
            if subaddressing == nil, senderRewriting == nil, authenticationServer == nil {
                throw ValidationError(
                    "Say what to set: --subaddressing, --sender-rewriting or --authentication-server.")
            }
        }

        func run() throws {
            let session = try Session(global)
            let name = try MailNames.domain(domain)
            let mail = try session.mail(.writing)
            var edits: [MailRulesetEdit] = []
            // First: rules may ask what it verified, and every edit tells what is wrong then.
            if let server = authenticationServer {
                let checked = server == "none" ? nil : try checked(server, name)
                edits.append(.authenticationServer(checked))
            }
            if let subaddressing { edits.append(.subaddressing(subaddressing == "on")) }
            if let senderRewriting { edits.append(.senderRewriting(senderRewriting == "on")) }
            for edit in edits { session.told(try mail.edit(name, edit)) }
        }

        private func checked(_ server: String, _ domain: String) throws -> String? {
            let document: DocumentValue = .object(["authentication_server": .string(server)])
            let (ruleset, findings) = MailRuleset.read(DocumentNode(document), domain: domain)
            guard let ruleset else {
                throw ErrorReport(
                    .invalid, at: "--authentication-server", "it cannot be used",
                    remedy: "signalbox email ruleset set --help", findings: findings)
            }
            return ruleset.authenticationServer
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "Make the draft exactly what a file says.",
            discussion: Examples.text(
                "signalbox email ruleset apply example.com rules.yaml",
                "signalbox email ruleset show example.com@2 | signalbox email ruleset apply example.com -"))

        @Argument(help: "The domain.") var domain: String
        @Argument(help: "File, or - for standard input.", completion: .file(extensions: ["yaml", "yml", "json"]))
        var file: String
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var note: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try MailNames.domain(domain)
            let mail = try session.mail(.writing)
            let ruleset = try EmailRulesetVerb.read(try TextFile.document(file), name, at: file)
            session.told(try mail.edit(name, .content(ruleset), note: note))
        }
    }

    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit",
            abstract: "Edit the draft in your editor; what is wrong is shown there until it is right.",
            discussion: Examples.text(
                "signalbox email ruleset edit example.com", "EDITOR=nano signalbox email ruleset edit example.com"))

        @Argument(help: "The domain.") var domain: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try MailNames.domain(domain)
            guard session.environment.isInputTerminal, session.environment.isErrorTerminal else {
                throw ErrorReport(
                    .usage, at: "email rules \(name)", "an editor needs a terminal",
                    remedy: "signalbox email ruleset apply \(name) FILE")
            }
            let mail = try session.mail(.writing)
            let old =
                try mail.rulesets(of: name).isEmpty
                ? nil : try mail.ruleset(MailVersionReference(domain: name, selector: .unspecified))
            let state = old.map { "\($0.version.label) (\($0.version.state.rawValue))" } ?? "the first rules of \(name)"
            try EditLoop(
                session: session, name: name, header: EditText.header(state),
                original: DocumentText.yaml((old?.ruleset ?? MailRuleset(domain: name)).document),
                remedy: "signalbox email ruleset edit \(name)"
            ) { text in
                let ruleset = try EmailRulesetVerb.read(try DocumentText.read(text), name, at: "the text")
                let expected = old?.version.state == .draft ? old?.version.digest : nil
                session.told(try mail.edit(name, .content(ruleset), expected: expected))
            }.run()
        }
    }

    static func read(_ node: DocumentNode, _ domain: String, at place: String) throws -> MailRuleset {
        let (ruleset, findings) = MailRuleset.read(node, domain: domain)
        guard let ruleset else {
            throw ErrorReport(
                .invalid, at: place == "-" ? "standard input" : place, "the rules cannot be used",
                remedy: "mend what the findings name; nothing was changed", findings: findings)
        }
        return ruleset
    }
}

extension MailVersion {
    func document(isLive: Bool) -> DocumentValue {
        .object([
            "version": .string(label), "domain": .string(domain), "number": .int(number), "base": base.map { .int($0) },
            "state": .string(state.rawValue), "in_force": .bool(isLive), "digest": .string(digest.rawValue),
            "note": .string(note), "author": .string(author), "created_at": .string(createdAt.description),
            "updated_at": .string(updatedAt.description),
        ])
    }
}
