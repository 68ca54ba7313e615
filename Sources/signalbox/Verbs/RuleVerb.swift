internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

struct RuleVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Routing rules: which requests an application answers, in order.",
        discussion: Examples.text(
            "signalbox rule add shop --if 'cf.zone.name eq \"example.com\"' --use shop",
            "signalbox rule effective production"),
        subcommands: [
            List.self, Show.self, Add.self, Change.self, Move.self, Remove.self, Enable.self, Disable.self, Pin.self,
            Unpin.self, Effective.self, Lint.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List routing rules in evaluation order.",
            discussion: Examples.text("signalbox rule list", "signalbox rule list --output json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).list(
                [.number("#"), "RULE", .flexible("IF"), "USE", "STATE", .flexible("DESCRIPTION")],
                of: .rules
            ) { plane, listing in
                for (index, rule) in try plane.routingRules().enumerated() {
                    listing.add(
                        rule.name.rawValue, rule.document, .text(index + 1), .text(rule.name), .text(rule.expression),
                        .text(rule.target), rule.enabled ? .text("on", .good) : .text("off", .dim),
                        .text(rule.description))
                }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a routing rule.",
            discussion: Examples.text("signalbox rule show shop", "signalbox rule show shop --output json"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let rule = try session.plane(.reading).routingRule(named: try Names.rule(rule))
            session.output.show(rule.name.rawValue, rule.document) {
                Facts.pieces([
                    ("rule", "\(rule.name)"), ("if", "\(rule.expression)"), ("use", "\(rule.target)"),
                    ("enabled", "\(rule.enabled ? "yes" : "no")"), ("description", "\(rule.description)"),
                ])
            }
        }
    }

    struct Effective: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "effective",
            abstract:
                "Show what the edge evaluates, in order: environment and routing rule and the version that answers.",
            discussion: Examples.text("signalbox rule effective", "signalbox rule effective staging --output json"))

        @Argument(help: "Name of the environment; all without it.", completion: Completion.environments)
        var environment: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            try Session(global).list(
                ["ENVIRONMENT", "RULE", .flexible("EFFECTIVE RULE"), "SERVES"],
                of: .rules
            ) { plane, listing in
                for rule in try plane.effectiveRules(in: try environment.map { try Names.environment($0) }) {
                    listing.add(
                        "\(rule.environment)/\(rule.routingRule)", rule.document, .text(rule.environment),
                        .text(rule.routingRule), .text(rule.sentence), rule.servedLabel.map { .text($0) } ?? .none)
                }
            }
        }
    }
}

extension RoutingRule {
    /// `shop`, or `shop@3 (pinned)`.
    var target: String { pinned.map { "\(application)@\($0) (pinned)" } ?? application.rawValue }
}
