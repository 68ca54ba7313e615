internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

struct EmailDomainVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domain", abstract: "Domains whose mail is routed.",
        discussion: Examples.text("signalbox email domain add example.com", "signalbox email domain list"),
        subcommands: [List.self, Show.self, Add.self, Enable.self, Disable.self, Remove.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the domains.",
            discussion: Examples.text("signalbox email domain list", "signalbox email domain list --output json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).mailList(
                ["DOMAIN", "STATUS", "LIVE", .number("RULES"), "DRAFT", "UPDATED", .flexible("AUTHOR")],
                next: "signalbox email domain add example.com"
            ) { mail, listing in
                for summary in try mail.domains() {
                    let domain = summary.domain
                    listing.add(
                        domain.name, summary.document, .text(domain.name),
                        .text(SafeText(domain.status.word), domain.status.style),
                        summary.live.map { .text($0.label) } ?? .none, .text(summary.ruleCount),
                        summary.draft.map { .text($0.label) } ?? .none, .time(domain.updatedAt), .text(domain.author))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a domain: its status and versions of its rules.",
            discussion: Examples.text(
                "signalbox email domain show example.com", "signalbox email domain show example.com -o json"))

        @Argument(help: "The domain.") var domain: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let summary = try session.mail(.reading).domain(named: try MailNames.domain(domain))
            let domain = summary.domain
            session.output.show(domain.name, summary.document) {
                Facts.pieces([
                    ("domain", "\(domain.name)"), ("status", "\(domain.status.word)"),
                    ("problems", "\(domain.check?.problems.joined(separator: "; ") ?? "")"),
                    ("checked", domain.check.map { session.output.time($0.at) } ?? ""),
                    ("in force", "\(summary.live?.label ?? "no rules yet: all mail is refused")"),
                    ("rules", "\(summary.ruleCount)"), ("draft", "\(summary.draft?.label ?? "")"),
                    ("changed", "\(session.output.time(domain.updatedAt)) by \(domain.author)"),
                ])
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Route the mail of a domain; it is refused until rules are in force.",
            discussion: Examples.text(
                "signalbox email domain add example.com", "signalbox email domain add mail.example.com --output json"))

        @Argument(help: "The domain, as A-labels.") var domain: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let domain = try session.mail(.writing).addDomain(try MailNames.domain(domain))
            session.output.done(domain.name, domain.document, "done: email domain \(domain.name) added")
            session.output.hint(
                "Next: \(session.onThisState("signalbox email destination add ops@dest.example"))")
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Switch a domain on, at once.",
            discussion: Examples.text(
                "signalbox email domain enable example.com", "signalbox email domain enable example.com --reason back"))

        @Argument(help: "The domain.") var domain: String
        @Option(help: ArgumentHelp("Why; enters the audit.", valueName: "text")) var reason: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try Session(global).switchMail(domain, true, reason) }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Switch a domain off, at once: its mail is refused.",
            discussion: Examples.text(
                "signalbox email domain disable example.com --yes",
                "signalbox email domain disable example.com --reason moved"))

        @Argument(help: "The domain.") var domain: String
        @Option(help: ArgumentHelp("Why; enters the audit.", valueName: "text")) var reason: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try Confirmation(session: session).ask("Refuse all mail of \(SafeText(domain)) from now on?")
            try session.switchMail(domain, false, reason)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a domain that is switched off, with all versions of its rules.",
            discussion: Examples.text(
                "signalbox email domain remove example.com --yes",
                "signalbox email domain remove example.com --reason 'sold'"))

        @Argument(help: "The domain.") var domain: String
        @Option(help: ArgumentHelp("Why; enters the audit.", valueName: "text")) var reason: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try MailNames.domain(domain)
            let mail = try session.mail(.writing)
            _ = try mail.domain(named: name)
            try Confirmation(session: session).ask("Remove \(SafeText(name)) and all versions of its rules?")
            try mail.removeDomain(name, reason: reason)
            ServerSocket.tellPublished(statePath: session.statePath)
            session.output.done(name, .object(["removed": .string(name)]), "done: email domain \(name) removed")
        }
    }
}

extension Session {
    fileprivate func switchMail(_ domain: String, _ isOn: Bool, _ reason: String?) throws {
        let domain = try mail(.writing).setDomain(try MailNames.domain(domain), enabled: isOn, reason: reason)
        ServerSocket.tellPublished(statePath: statePath)
        output.done(domain.name, domain.document, "done: email domain \(domain.name) is \(isOn ? "on" : "off")")
    }
}

extension MailDomain {
    var document: DocumentValue {
        .object([
            "domain": .string(name), "enabled": .bool(enabled), "status": .string(status.word),
            "problems": .array((check?.problems ?? []).map { .string($0) }),
            "checked_at": check.map { .string($0.at.description) }, "live": live.map { .int($0) },
            "author": .string(author), "created_at": .string(createdAt.description),
            "updated_at": .string(updatedAt.description),
        ])
    }
}

extension MailDomain.Status {
    var style: Style {
        switch self {
        case .off: .dim
        case .unchecked: .plain
        case .ready: .good
        case .misconfigured: .bad
        }
    }
}

extension MailDomainSummary {
    var document: DocumentValue {
        guard case .object(let members) = domain.document else { return domain.document }
        return .object(
            members + [
                DocumentMember("rules", .int(ruleCount)),
                DocumentMember("draft", draft.map { .string($0.label) } ?? .null),
            ])
    }
}
