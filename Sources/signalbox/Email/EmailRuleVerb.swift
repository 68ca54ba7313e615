internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

struct EmailRuleVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Rules of a domain, edited in its draft; the first that decides does.",
        discussion: Examples.text(
            "signalbox email rule add example.com --to info --forward ops@dest.example",
            "signalbox email rule list example.com",
            before: """
                A rule matches one address (--to), one sender or all of a domain (--from), or a condition (--if) over \
                mail.to, mail.from, mail.client.ip, mail.subject, mail.size, mail.headers and mail.auth.spf, dkim and \
                dmarc. A verdict that no trusted verifier gave matches neither side.
                """),
        subcommands: [
            List.self, Show.self, Add.self, Change.self, Remove.self, Move.self, Enable.self, Disable.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List rules in their order, with what they have done.",
            discussion: Examples.text(
                "signalbox email rule list", "signalbox email rule list example.com",
                "signalbox email rule list example.com@live --output json",
                before: """
                    Without a version it is the draft, or what is in force when there is none; without a domain, that \
                    of all.
                    """))

        @Argument(help: "Domain, or version of its rules.") var rules: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        private static let columns: [Listing.Column] = [
            .number("#"), "RULE", .flexible("WHEN"), .flexible("THEN"), "STATE", .number("MATCHED"), "LAST",
        ]

        func run() throws {
            let session = try Session(global)
            guard let rules else { return try listAll(session) }
            let mail = try session.mail(.reading)
            let content = try mail.ruleset(try MailNames.version(rules))
            var listing = Listing(Self.columns)
            try Self.add(content, of: mail, to: &listing)
            session.output.list(listing)
            if listing.rows.isEmpty {
                let next = "signalbox email rule add \(content.version.domain) --to info --forward ops@dest.example"
                session.output.hint("Nothing here yet. Next: \(session.onThisState(next))")
            } else {
                session.output.note("\(content.version.label)\(content.isLive ? ", in force" : ", not in force")", .dim)
            }
        }

        private func listAll(_ session: Session) throws {
            try session.mailList(
                ["VERSION"] + Self.columns,
                next: "signalbox email rule add example.com --to info --forward ops@dest.example"
            ) { mail, listing in
                for summary in try mail.domains() where summary.draft ?? summary.live != nil {
                    let content = try mail.ruleset(try MailNames.version(summary.domain.name))
                    try Self.add(content, of: mail, to: &listing, isNamed: true)
                }
            }
        }

        private static func add(
            _ content: MailRulesetContent, of mail: MailControl, to listing: inout Listing,
            isNamed: Bool = false
        ) throws {
            let version = content.version.label
            let counters = try mail.store.mailLedger.counters(domain: content.version.domain)
            func add(
                _ position: String, _ ref: String, _ when: String, _ action: String, _ isOn: Bool, _ json: DocumentValue
            ) {
                let figures = counters.first { $0.rule == ref }
                var document = json
                if isNamed, case .object(let members) = json {
                    document = .object([DocumentMember("version", .string(version))] + members)
                }
                let cells: [Listing.Cell] =
                    (isNamed ? [.text(version)] : []) + [
                        .text(position), .text(ref), .text(when), .text(action),
                        .text(isOn ? "on" : "off", isOn ? .plain : .warning), .text(figures?.matched ?? 0),
                        .time(figures?.lastAt),
                    ]
                listing.rows.append(Listing.Row(name: ref, document: document, cells: cells))
            }
            for (index, rule) in content.ruleset.rules.enumerated() {
                add("\(index + 1)", rule.ref, rule.condition, rule.action.sentence, rule.enabled, rule.document)
            }
            if let catchAll = content.ruleset.catchAll {
                add("", MailRule.catchAll, "nobody else", catchAll.action.sentence, catchAll.enabled, catchAll.document)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a rule with its counters.",
            discussion: Examples.text(
                "signalbox email rule show example.com info", "signalbox email rule show example.com@live info -o json")
        )

        @Argument(help: "Domain, or version of its rules.") var rules: String
        @Argument(help: "The rule's ref.") var ref: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let mail = try session.mail(.reading)
            let content = try mail.ruleset(try MailNames.version(rules))
            guard let rule = content.ruleset.rule(ref) else { throw EmailRuleVerb.noRule(ref, content.version.domain) }
            let figures = try mail.store.mailLedger.counters(domain: content.version.domain).first { $0.rule == ref }
            session.output.show(rule.ref, rule.document) {
                Facts.pieces([
                    ("rule", "\(rule.ref)"), ("in", "\(content.version.label)"), ("when", "\(rule.condition)"),
                    ("then", "\(rule.action.sentence)"), ("about", "\(rule.description ?? "")"),
                    ("state", rule.enabled ? "on" : "off: its address is refused"),
                    ("expires", "\(rule.expires?.description ?? "")"),
                    ("counted", "\(figures.map(EmailStatsVerb.sentence) ?? "nothing yet")"),
                ])
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a rule to the draft.",
            discussion: Examples.text(
                "signalbox email rule add example.com --to info --forward ops@dest.example --forward b@dest.example",
                "signalbox email rule add example.com --from @bad.example --reject 'not here' --first",
                "signalbox email rule add example.com --if 'mail.auth.dmarc eq \"fail\"' --drop --ref no-dmarc"))

        @Argument(help: "The domain.") var domain: String
        @OptionGroup(title: "Rule options") var rule: EmailRuleOptions
        @OptionGroup(title: "Place options") var place: EmailPlaceOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try MailNames.domain(domain)
            let mail = try session.mail(.writing)
            let known =
                try mail.rulesets(of: name).isEmpty
                ? MailRuleset(domain: name)
                : try mail.ruleset(MailVersionReference(domain: name, selector: .unspecified)).ruleset
            let rule = try rule.made(in: known)
            session.told(try mail.edit(name, .add(rule, try place.chosen ?? .last)))
        }
    }

    struct Change: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "change", abstract: "Change a rule of the draft; what is not named stays.",
            discussion: Examples.text(
                "signalbox email rule change example.com info --forward new@dest.example",
                "signalbox email rule change example.com info --expires 2026-12-31T23:59:59Z"))

        @Argument(help: "The domain.") var domain: String
        @Argument(help: "The rule's ref.") var name: String
        @OptionGroup(title: "Rule options") var rule: EmailRuleOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let domain = try MailNames.domain(domain)
            let mail = try session.mail(.writing)
            let content = try mail.ruleset(MailVersionReference(domain: domain, selector: .unspecified))
            guard let old = content.ruleset.rule(name) else { throw EmailRuleVerb.noRule(name, domain) }
            session.told(try mail.edit(domain, .replace(try rule.changed(old, in: domain))))
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a rule from the draft.",
            discussion: Examples.text(
                "signalbox email rule remove example.com info", "signalbox email rule remove example.com info -o json"))

        @Argument(help: "The domain.") var domain: String
        @Argument(help: "The rule's ref.") var ref: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try Session(global).editMail(domain, .remove(ref)) }
    }

    struct Move: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "move", abstract: "Move a rule of the draft to another place.",
            discussion: Examples.text(
                "signalbox email rule move example.com info --first",
                "signalbox email rule move example.com info --before sales"))

        @Argument(help: "The domain.") var domain: String
        @Argument(help: "The rule's ref.") var ref: String
        @OptionGroup(title: "Place options") var place: EmailPlaceOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            guard let place = try place.chosen else {
                throw ErrorReport(
                    .usage, at: "rule \(ref)", "say where it goes: --first, --last, --before or --after",
                    remedy: "signalbox email rule move --help")
            }
            try Session(global).editMail(domain, .move(ref, place))
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Switch a rule of the draft on.",
            discussion: Examples.text(
                "signalbox email rule enable example.com info", "signalbox email rule enable example.com info -o json"))

        @Argument(help: "The domain.") var domain: String
        @Argument(help: "The rule's ref.") var ref: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try Session(global).editMail(domain, .setEnabled(ref, true)) }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Switch a rule of the draft off: its address is then refused.",
            discussion: Examples.text(
                "signalbox email rule disable example.com info",
                "signalbox email rule disable example.com info -o json",
                before: "A rule that is off keeps its address: the mail is refused and does not go to the catch-all."))

        @Argument(help: "The domain.") var domain: String
        @Argument(help: "The rule's ref.") var ref: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try Session(global).editMail(domain, .setEnabled(ref, false)) }
    }

    static func noRule(_ ref: String, _ domain: String) -> ErrorReport {
        ErrorReport(
            .notFound, at: "email rule \(domain)/\(ref)", "there is no rule '\(ref)'",
            remedy: "signalbox email rule list \(domain)")
    }
}

extension Session {
    func editMail(_ domain: String, _ edit: MailRulesetEdit) throws {
        told(try mail(.writing).edit(try MailNames.domain(domain), edit))
    }
}
