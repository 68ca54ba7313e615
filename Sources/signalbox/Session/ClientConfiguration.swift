internal import DocumentText
internal import EdgeModel
internal import FoundationEssentials

/// What this user prefers, from `signalbox/config.yaml` in the XDG configuration directory; every key may be absent.
struct ClientConfiguration: Sendable, Equatable {
    var state: String?
    var output: Output.Format?
    /// How long promote and its like wait for nodes, in milliseconds.
    var wait: Int?
    var editor: String?
    /// Other machines, by the name that `--context` takes.
    var contexts: [String: RemoteContext] = [:]

    static let keys = ["editor", "output", "state", "wait"]
    /// What settings of contexts begin with: `context.fra.host`.
    static let contextPrefix = "context."

    static func path(_ environment: ProcessEnvironment) -> String {
        environment.directory("XDG_CONFIG_HOME", home: ".config") + "/signalbox/config.yaml"
    }

    static func load(_ environment: ProcessEnvironment) throws -> ClientConfiguration {
        let path = path(environment)
        guard let text = try TextFile.readIfPresent(path) else { return ClientConfiguration() }
        return try read(text, path: path)
    }

    static func read(_ text: [UInt8], path: String) throws -> ClientConfiguration {
        func wrong(_ findings: [Finding]) -> ErrorReport {
            ErrorReport(
                .invalid, at: path, "the client configuration cannot be used", remedy: "mend or remove the file",
                findings: findings)
        }
        let root: DocumentNode
        do {
            root = try DocumentText.read(bytes: text)
        } catch {
            throw wrong(error.findings)
        }
        var configuration = ClientConfiguration()
        if case .null = root.content { return configuration }
        var reader = DocumentReader(root, at: "")
        configuration.state = reader.string("state")
        configuration.editor = reader.string("editor")
        configuration.wait = reader.duration("wait", in: 0...86_400_000)
        if let format = reader.string("output") {
            configuration.output = Output.Format(rawValue: format)
            if configuration.output == nil {
                reader.report(
                    "bad-format", "output", "'\(format)' is no form of output", remedy: "table, json, jsonl or name")
            }
        }
        for (name, line, node) in reader.members("contexts") ?? [] {
            let place = "contexts.\(name)"
            if let problem = ResourceName.problem(with: name) {
                reader.adopt([Finding(.error, "bad-name", at: place, line: line, problem)])
            }
            configuration.contexts[name] = context(node, at: place, &reader)
        }
        reader.finish(known: keys + ["contexts"])
        guard reader.findings.isEmpty else { throw wrong(reader.findings) }
        return configuration
    }

    private static func context(_ node: DocumentNode, at place: String, _ outer: inout DocumentReader) -> RemoteContext
    {
        var reader = DocumentReader(node, at: place)
        var context = RemoteContext(host: "")
        if let host = reader.string("host") {
            context.host = host
            if let problem = RemoteContext.problem(withHost: host) {
                reader.report("bad-host", "host", problem, remedy: "write it as ssh takes it: USER@HOST")
            }
        } else if reader.findings.isEmpty {
            reader.report("missing-key", "host", "a context needs the host that ssh goes to", remedy: "host: USER@HOST")
        }
        if let program = reader.string("program") { context.program = program }
        if context.program.isEmpty || context.program.hasPrefix("-") || context.program.contains("=") {
            reader.report("bad-program", "program", "'\(context.program)' is no program's path or name")
        }
        context.state = reader.string("state")
        reader.finish(known: RemoteContext.keys)
        outer.adopt(reader.findings)
        return context
    }

    /// Every setting that has a value, by its name.
    var settings: [(key: String, value: String)] {
        let own = Self.keys.compactMap { key in document[key].map { (key, $0.leafText) } }
        return own
            + contexts.sorted { $0.key < $1.key }.flatMap { name, context in
                context.members.map { ("\(Self.contextPrefix)\(name).\($0.key)", $0.value.leafText) }
            }
    }

    var document: DocumentValue {
        .object([
            "contexts": contexts.isEmpty
                ? nil
                : .object(
                    contexts.sorted { $0.key < $1.key }.map { DocumentMember($0.key, .object($0.value.members)) }),
            "editor": editor.map { .string($0) }, "output": output.map { .string($0.rawValue) },
            "state": state.map { .string($0) }, "wait": wait.map { .string(DurationText.text($0)) },
        ])
    }
}

extension RemoteContext {
    /// As the file keeps it; what is as usual is left out.
    var members: [DocumentMember] {
        var members = [DocumentMember("host", .string(host))]
        if program != "signalbox" { members.append(DocumentMember("program", .string(program))) }
        if let state { members.append(DocumentMember("state", .string(state))) }
        return members
    }
}
