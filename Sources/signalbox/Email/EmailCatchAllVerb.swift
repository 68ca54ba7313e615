internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

struct EmailCatchAllVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catch-all", abstract: "What becomes of mail that no rule takes; edited in the draft.",
        discussion: Examples.text(
            "signalbox email catch-all set example.com --forward ops@dest.example",
            "signalbox email catch-all show example.com"),
        subcommands: [Show.self, Set.self, Remove.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show the catch-all of a domain.",
            discussion: Examples.text(
                "signalbox email catch-all show example.com", "signalbox email catch-all show example.com@live -o json")
        )

        @Argument(help: "Domain, or version of its rules.") var rules: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let content = try session.mail(.reading).ruleset(try MailNames.version(rules))
            let catchAll = content.ruleset.catchAll
            session.output.show(MailRule.catchAll, catchAll?.document ?? .null) {
                Facts.pieces([
                    ("in", "\(content.version.label)"),
                    ("then", "\(catchAll?.action.sentence ?? "refused: 550 5.1.1 User unknown")"),
                    ("state", catchAll.map { $0.enabled ? "on" : "off: refused" } ?? ""),
                ])
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set the catch-all of the draft.",
            discussion: Examples.text(
                "signalbox email catch-all set example.com --forward ops@dest.example",
                "signalbox email catch-all set example.com --drop"))

        @Argument(help: "The domain.") var domain: String
        @OptionGroup(title: "Action options") var action: EmailActionOptions
        @Flag(help: "Switched off.") var disabled = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let name = try MailNames.domain(domain)
            guard action.members.count == 1, let members = action.members.first else {
                throw ErrorReport(
                    .usage, at: "catch-all", "give it exactly one action",
                    remedy: "signalbox email catch-all set --help")
            }
            // Read as the document it would be part of.
            let rest = disabled ? [DocumentMember("enabled", .bool(false))] : []
            let document: DocumentValue = .object(["catch_all": .object(members + rest)])
            let (ruleset, findings) = MailRuleset.read(DocumentNode(document), domain: name)
            guard let ruleset else {
                throw ErrorReport(
                    .invalid, at: "catch-all", "it cannot be used",
                    remedy: "mend what the findings name; nothing was changed", findings: findings)
            }
            try Session(global).editMail(name, .catchAll(ruleset.catchAll))
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove the catch-all from the draft: other mail is then refused.",
            discussion: Examples.text(
                "signalbox email catch-all remove example.com", "signalbox email catch-all remove example.com -o json"))

        @Argument(help: "The domain.") var domain: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws { try Session(global).editMail(domain, .catchAll(nil)) }
    }
}
