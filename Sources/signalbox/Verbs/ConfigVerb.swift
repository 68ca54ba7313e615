internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage

struct ConfigVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Settings of the account's edge, and your own preferences.",
        discussion: Examples.text(
            "signalbox config show", "signalbox config set output json",
            before: """
                Of the edge, for everybody: edge.country_header (header in which a trusted peer tells the client's country), \
                edge.trusted_peers (networks, separated by commas). Your own: editor, output, state, wait, and the \
                machines that --context names: context.NAME.host (as ssh takes it), context.NAME.program and \
                context.NAME.state (paths there).
                """),
        subcommands: [Show.self, Path.self, Set.self, Unset.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show all settings.",
            discussion: Examples.text("signalbox config show", "signalbox config show -o json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let edge = try session.planeIfAny()?.edgeSettings()
            var listing = Listing(["SETTING", "SCOPE", .flexible("VALUE")])
            func add(_ key: String, _ scope: String, _ value: String?) {
                listing.add(
                    key,
                    .object(["setting": .string(key), "scope": .string(scope), "value": value.map { .string($0) }]),
                    .text(key), .text(scope), value.map { .text($0) } ?? .none)
            }
            add(EdgeSettings.countryHeaderKey, "account", edge?.countryHeader)
            add(
                EdgeSettings.trustedPeersKey, "account",
                edge.flatMap { $0.trustedPeers.isEmpty ? nil : $0.trustedPeers.joined(separator: ",") })
            for key in ClientConfiguration.keys { add(key, "user", session.client.document[key]?.leafText) }
            for (key, value) in session.client.settings where key.hasPrefix(ClientConfiguration.contextPrefix) {
                add(key, "user", value)
            }
            session.output.list(listing)
        }
    }

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path",
            abstract: "Print the path of your preferences.",
            discussion: Examples.text("signalbox config path", "cat $(signalbox config path)"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let path = ClientConfiguration.path(session.environment)
            session.output.show(path, .object(["path": .string(path)])) { [Output.Piece("\(path)")] }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Change a setting.",
            discussion: Examples.text(
                "signalbox config set edge.country_header x-country --yes", "signalbox config set wait 1m",
                "signalbox config set context.fra.host ops@fra.example"))

        @Argument(help: "Name of the setting.", completion: .list(ConfigVerb.keys)) var setting: String
        @Argument(help: "The value.") var value: String
        @OptionGroup(title: "Options for settings of the edge") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws { try await Session(global).changeSetting(setting, to: value, change) }
    }

    struct Unset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unset",
            abstract: "Take a setting back to its default.",
            discussion: Examples.text("signalbox config unset wait", "signalbox config unset edge.trusted_peers --yes"))

        @Argument(help: "Name of the setting.", completion: .list(ConfigVerb.keys)) var setting: String
        @OptionGroup(title: "Options for settings of the edge") var change: ChangeOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() async throws { try await Session(global).changeSetting(setting, to: nil, change) }
    }

    static let keys = [EdgeSettings.countryHeaderKey, EdgeSettings.trustedPeersKey] + ClientConfiguration.keys
}

extension Session {
    fileprivate func changeSetting(_ key: String, to value: String?, _ options: ChangeOptions) async throws {
        switch key {
        case EdgeSettings.countryHeaderKey, EdgeSettings.trustedPeersKey:
            return try await changeEdge(key, to: value, options)
        case _ where ClientConfiguration.keys.contains(key): try changePreference(key, to: value)
        case _ where key.hasPrefix(ClientConfiguration.contextPrefix): try changeContext(key, to: value)
        default:
            throw ErrorReport(
                .usage, at: "setting '\(key)'", "there is no such setting", remedy: "signalbox config show",
                details: [
                    "known: "
                        + (ConfigVerb.keys + RemoteContext.keys.map { "\(ClientConfiguration.contextPrefix)NAME.\($0)" })
                        .joined(separator: ", ")
                ])
        }
        let document: DocumentValue = .object(["setting": .string(key), "value": value.map { .string($0) }])
        output.done(key, document, value.map { "\(key) is \($0)" } ?? "\(key) is at its default")
    }

    /// What everybody's requests depend on: planned, shown, asked for and journalled like every change of traffic.
    private func changeEdge(_ key: String, to value: String?, _ options: ChangeOptions) async throws {
        var settings = try plane(.reading).edgeSettings()
        if key == EdgeSettings.countryHeaderKey {
            settings.countryHeader = value?.lowercased()
        } else {
            settings.trustedPeers = value?.split(separator: ",").map { String($0.drop { $0 == " " }) } ?? []
        }
        try await ChangeFlow(session: self, options: options, needsServer: false).run(.settings(settings))
    }

    /// `context.fra.host`, or `context.fra` to take all of it away.
    private func changeContext(_ key: String, to value: String?) throws {
        let words = key.split(separator: ".", omittingEmptySubsequences: false).dropFirst().map { String($0) }
        let isWhole = words.count == 1 && value == nil
        guard isWhole || (words.count == 2 && RemoteContext.keys.contains(words[1])) else {
            throw ErrorReport(
                .usage, at: "setting '\(key)'", "a context has host, program and state",
                remedy: "signalbox config set context.fra.host USER@HOST")
        }
        var contexts = client.contexts.mapValues(\.members)
        if isWhole {
            contexts[words[0]] = nil
        } else {
            var members = (contexts[words[0]] ?? []).filter { $0.key != words[1] }
            if let value { members.append(DocumentMember(words[1], .string(value))) }
            contexts[words[0]] = members
        }
        let sorted = contexts.sorted { $0.key < $1.key }.map { DocumentMember($0.key, .object($0.value)) }
        try writePreferences("contexts", sorted.isEmpty ? nil : .object(sorted), told: "\(key) = \(value ?? "")")
    }

    private func changePreference(_ key: String, to value: String?) throws {
        try writePreferences(key, value.map { .string($0) }, told: "\(key) = \(value ?? "")")
    }

    private func writePreferences(_ key: String, _ value: DocumentValue?, told change: String) throws {
        let path = ClientConfiguration.path(environment)
        guard case .object(var members) = client.document else { return }
        members.removeAll { $0.key == key }
        if let value { members.append(DocumentMember(key, value)) }
        let text = DocumentText.yaml(.object(members.sorted { $0.key < $1.key }))
        // Read back before it is written, so that a bad value is refused here and not at the next start.
        _ = try ClientConfiguration.read(Array(text.utf8), path: change)
        try TextFile.makeDirectory(TextFile.parent(of: path))
        try TextFile.write(text, to: path)
    }
}
