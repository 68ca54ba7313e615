internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import StoreSQLite

/// Names in the store, for the shell. Silent and quick: without a state, or with one that is busy, there are none.
enum Completion {
    static var zones: CompletionKind { kind { try $0.zones().map(\.name) } }
    static var applications: CompletionKind { kind { try $0.applications().map(\.application.name.rawValue) } }
    static var rules: CompletionKind { kind { try $0.routingRules().map(\.name.rawValue) } }
    static var nodes: CompletionKind { kind { try $0.nodes().map(\.node.name.rawValue) } }
    static var lists: CompletionKind { kind { try $0.lists().map(\.list.name.rawValue) } }
    static var environments: CompletionKind { kind { try environmentNames($0) } }
    static var streams: CompletionKind {
        kind {
            try environmentNames($0)
                + Set(try $0.history(stream: nil, last: nil).map(\.deployment.stream.rawValue)).sorted()
        }
    }
    static var deployments: CompletionKind {
        kind { try $0.history(stream: nil, last: 50).map { String($0.deployment.id) } }
    }
    /// `shop@3` of every application, with the words that stand for a version.
    static var versions: CompletionKind { kind { try versionNames($0) } }
    static var tags: CompletionKind {
        kind { plane in
            try plane.applications().flatMap { try plane.versions(of: $0.application.name) }.flatMap(\.version.tags)
                .map(\.rawValue)
        }
    }

    static var contexts: CompletionKind {
        .custom { _, _, prefix in
            let known = (try? ClientConfiguration.load(.current))?.contexts.keys.sorted() ?? []
            return known.filter { $0.hasPrefix(prefix) }
        }
    }

    static func environmentNames(_ plane: ControlPlane) throws -> [String] {
        try plane.environments().map(\.environment.name.rawValue)
    }

    static func versionNames(_ plane: ControlPlane) throws -> [String] {
        let words = try ["latest", "draft"] + environmentNames(plane)
        return try plane.applications().flatMap { summary in
            let name = summary.application.name
            return try plane.versions(of: name).map(\.version.label) + words.map { "\(name)@\($0)" }
        }
    }

    private static func kind(_ names: @escaping @Sendable (ControlPlane) throws -> [String]) -> CompletionKind {
        .custom { words, _, prefix in candidates(words, prefix, names) }
    }

    static func candidates(
        _ words: [String], _ prefix: String, _ names: (ControlPlane) throws -> [String]
    ) -> [String] {
        let environment = ProcessEnvironment.current
        let given = state(in: words) ?? environment["SIGNALBOX_STATE"]
        let path = StatePath.resolve(given ?? (try? ClientConfiguration.load(environment))?.state, environment)
        var options = SQLiteStore.Options()
        options.busyTimeout = .milliseconds(100)
        guard let store = try? SQLiteStore.open(path: path, mode: .readOnly, options: options) else { return [] }
        let plane = ControlPlane(
            store: store, actor: Actor(name: "", uid: 0), now: TimeText.now,
            random: { [UInt8](repeating: 0, count: $0) })
        let all = (try? names(plane)) ?? []
        return all.filter { $0.hasPrefix(prefix) && SafeText($0).text == $0 }
    }

    /// What `--state` says on the line that is being completed.
    static func state(in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == "--state", index + 1 < words.count { return words[index + 1] }
            if word.hasPrefix("--state=") { return String(word.dropFirst("--state=".count)) }
        }
        return nil
    }
}
