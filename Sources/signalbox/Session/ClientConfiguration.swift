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

    static let keys = ["editor", "output", "state", "wait"]

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
        reader.finish(known: keys)
        guard reader.findings.isEmpty else { throw wrong(reader.findings) }
        return configuration
    }

    var document: DocumentValue {
        .object([
            "editor": editor.map { .string($0) }, "output": output.map { .string($0.rawValue) },
            "state": state.map { .string($0) }, "wait": wait.map { .string(DurationText.text($0)) },
        ])
    }
}
