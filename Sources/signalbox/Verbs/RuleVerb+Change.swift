internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel

/// Where a rule goes; at most one of these.
struct PlaceOptions: ParsableArguments {
    @Flag(help: "Before all others.") var first = false
    @Flag(help: "After all others.") var last = false
    @Option(help: ArgumentHelp("Before this rule.", valueName: "rule"), completion: Completion.rules) var before:
        String?
    @Option(help: ArgumentHelp("After this rule.", valueName: "rule"), completion: Completion.rules) var after: String?

    func validate() throws {
        if [first, last, before != nil, after != nil].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --first, --last, --before and --after.")
        }
    }

    /// nil: none was given.
    func place() throws -> RoutingEdit.Place? {
        if first { return .first }
        if last { return .last }
        if let before { return .before(try Names.rule(before)) }
        return try after.map { .after(try Names.rule($0)) }
    }
}

extension RuleVerb {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add a routing rule.",
            discussion: Examples.text(
                "signalbox rule add shop --if 'cf.zone.name eq \"example.com\"' --use shop",
                "signalbox rule add api --if 'starts_with(http.request.uri.path, \"/api/\")' --use api@2 --before shop",
                before:
                    "The rule goes last unless another place is named. With APP@VERSION it is pinned to that version."))

        @Argument(help: "Name of the rule.") var rule: String
        @Option(
            name: .customLong("if"), help: ArgumentHelp("Condition in the rules language.", valueName: "expression"))
        var expression: String
        @Option(
            help: ArgumentHelp("Application, or version to pin to.", valueName: "app"), completion: Completion.versions)
        var use: String
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var description = ""
        @Flag(help: "Add it switched off.") var disabled = false
        @OptionGroup var place: PlaceOptions
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let (application, pinned) = try RuleTarget.resolve(use, session)
            let rule = RoutingRule(
                name: try Names.rule(rule), expression: expression, application: application, pinned: pinned,
                enabled: !disabled, description: description)
            try await session.changeRouting(.add(rule, try place.place() ?? .last), change)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "change",
            abstract: "Change a routing rule in its place.",
            discussion: Examples.text(
                "signalbox rule change shop --if 'cf.zone.name in {\"example.com\" \"example.org\"}'",
                "signalbox rule change shop --use shop@2 --reason 'frozen for the sale'"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @Option(
            name: .customLong("if"), help: ArgumentHelp("Condition in the rules language.", valueName: "expression"))
        var expression: String?
        @Option(
            help: ArgumentHelp("Application, or version to pin to.", valueName: "app"), completion: Completion.versions)
        var use: String?
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var description: String?
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            var rule = try session.plane(.reading).routingRule(named: try Names.rule(rule))
            if expression == nil, use == nil, description == nil {
                throw ErrorReport(
                    .usage, at: "rule \(rule.name)", "say what to change: --if, --use or --description",
                    remedy: "signalbox rule show \(rule.name)")
            }
            if let expression { rule.expression = expression }
            if let description { rule.description = description }
            if let use { (rule.application, rule.pinned) = try RuleTarget.resolve(use, session) }
            try await session.changeRouting(.replace(rule), change)
        }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "move",
            abstract: "Move a routing rule; the first rule that holds decides.",
            discussion: Examples.text("signalbox rule move api --before shop", "signalbox rule move shop --last"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @OptionGroup var place: PlaceOptions
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            guard let place = try place.place() else {
                throw ErrorReport(
                    .usage, at: "rule \(rule)", "say where: --first, --last, --before RULE or --after RULE",
                    remedy: "signalbox rule list")
            }
            try await Session(global).changeRouting(.move(try Names.rule(rule), place), change)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a routing rule.",
            discussion: Examples.text("signalbox rule remove api --dry-run", "signalbox rule remove api --yes"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws { try await Session(global).changeRouting(.remove(try Names.rule(rule)), change) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable",
            abstract: "Switch a routing rule on.",
            discussion: Examples.text("signalbox rule enable api", "signalbox rule enable api --yes --no-wait"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await Session(global).changeRouting(.setEnabled(try Names.rule(rule), true), change)
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable",
            abstract: "Switch a routing rule off, keeping its place.",
            discussion: Examples.text(
                "signalbox rule disable api", "signalbox rule disable api --reason incident --yes"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await Session(global).changeRouting(.setEnabled(try Names.rule(rule), false), change)
        }
    }

    struct Pin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pin",
            abstract: "Pin a routing rule to a version, whatever the environment serves.",
            discussion: Examples.text("signalbox rule pin api api@2", "signalbox rule pin api api@production --yes"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let name = try Names.rule(rule)
            let version = try plane.resolve(try Names.version(version))
            let rule = try plane.routingRule(named: name)
            guard rule.application == version.application else {
                throw ErrorReport(
                    .usage, at: "rule \(name)", "it uses application \(rule.application), not \(version.application)",
                    remedy: "signalbox rule change \(name) --use \(version.label)")
            }
            try await session.changeRouting(.pin(name, version: version.number), change)
        }
    }

    struct Unpin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unpin",
            abstract: "Let a routing rule's version follow the environment again.",
            discussion: Examples.text("signalbox rule unpin api", "signalbox rule unpin api --dry-run"))

        @Argument(help: "Name of the rule.", completion: Completion.rules) var rule: String
        @OptionGroup(title: "Change options") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws {
            try await Session(global).changeRouting(.pin(try Names.rule(rule), version: nil), change)
        }
    }
}

enum RuleTarget {
    /// `shop` follows the environment; `shop@3` and its like are pinned.
    static func resolve(_ text: String, _ session: Session) throws -> (ResourceName, pinned: Int?) {
        let reference = try Names.version(text)
        guard reference.selector != .unspecified else { return (reference.application, nil) }
        return (reference.application, try session.plane(.reading).resolve(reference).number)
    }
}

extension Session {
    func changeRouting(_ edit: RoutingEdit, _ options: ChangeOptions) async throws {
        try await ChangeFlow(session: self, options: options, needsServer: false).run(.routing(edit))
    }
}
