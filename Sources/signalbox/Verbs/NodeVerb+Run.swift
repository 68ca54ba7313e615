internal import ArgumentParser
internal import Certificates
internal import ControlPlane
internal import CurlTransport
internal import EdgeModel
internal import EdgePlan
internal import Glibc
internal import Logging
internal import NodeAgent
internal import WebTransport
internal import XDSServer

extension NodeVerb {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Run a node: an Envoy with the edge module, kept running and kept up to date.",
            discussion: Examples.text(
                "signalbox node run fra1 --token-file fra1.token --listen 127.0.0.11:8080 --staging 127.0.0.20:8080",
                "signalbox node run fra1 --token-file /etc/signalbox/token --server https://control.example:9090 --listen 192.0.2.7:80",
                before: """
                    Needs no state: it asks the server. Keeps the last good configuration in its data directory, so that it \
                    serves after a restart while the server is away. Envoy ends with it, however it ends; one that was left \
                    behind all the same is ended at the next start.
                    """))

        @Argument(help: "Name of the node.") var node: String
        @OptionGroup var options: NodeOptions
        @Option(help: ArgumentHelp("URL of the server.", valueName: "url")) var server = "http://127.0.0.1:9090"
        @Option(
            name: .customLong("server-socket"),
            help: ArgumentHelp("Unix socket of a server on this machine.", valueName: "path"))
        var serverSocket: String?
        @Option(
            name: .customLong("server-authority"),
            help: ArgumentHelp("PEM file with the authorities that vouch for the server.", valueName: "file"),
            completion: .file())
        var serverAuthority: String?
        @Option(
            name: .customLong("token-file"), help: ArgumentHelp("File with the node's token.", valueName: "file"),
            completion: .file())
        var tokenFile: String
        @Option(
            name: .customLong("directory"), help: ArgumentHelp("Data directory of the node.", valueName: "path"),
            completion: .directory)
        var directory: String?
        @Option(
            help: ArgumentHelp("Envoy (default: $SIGNALBOX_ENVOY, else envoy).", valueName: "path"), completion: .file()
        )
        var envoy: String?
        @Option(
            help: ArgumentHelp("Edge module (default: $SIGNALBOX_MODULE, else the installed one).", valueName: "path"),
            completion: .file())
        var module: String?
        @Option(help: ArgumentHelp("Worker threads of Envoy (default: one for each processor).", valueName: "number"))
        var concurrency: Int?
        @Flag(name: .customLong("no-access-log"), help: "Write no access log.") var noAccessLog = false
        @Option(help: ArgumentHelp("How long connections may end by themselves at the stop.", valueName: "duration"))
        var drain = "5s"
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            if DurationText.milliseconds(drain) == nil { throw ValidationError("--drain takes a duration such as 5s.") }
        }

        func run() async throws {
            signal(SIGPIPE, SIG_IGN)
            let session = try Session(global)
            let name = try Names.node(node)
            let module = module ?? session.environment.module
            guard let module else {
                throw ErrorReport(
                    .usage, at: "node \(name)", "the edge module is not named: without it no rule is carried out",
                    remedy:
                        "signalbox node run \(name) --token-file \(ShellWord.quoted(tokenFile)) --module libsignalbox_edge.so"
                )
            }
            let server = try trusted(try WebURL(self.server))
            // The module is of this program: the two are built and installed together.
            let description = try options.description(
                name, planFormats: [Int(PlanFormat.number)], moduleVersion: Program.version)
            let home =
                session.environment.directory("XDG_STATE_HOME", home: ".local/state") + "/signalbox/nodes/\(name)"
            let settings = NodeAgentSettings(
                node: description, directory: directory ?? home,
                envoy: session.environment.envoy(given: envoy) ?? "envoy", module: module,
                server: server, serverSocket: serverSocket,
                trust: serverAuthority.map { .authority(file: $0) } ?? .system, tokenFile: tokenFile,
                concurrency: concurrency,
                writesAccessLog: !noAccessLog, drain: .milliseconds(DurationText.milliseconds(drain) ?? 5000))
            let log = Logger(label: "node") { _ in ServeLog(level: .info) }
            let agent = NodeAgent(
                settings: settings, transport: CurlTransport(concurrency: NodeAgent.requestsAtOnce),
                certificates: CertificateInspector(), logger: log,
                now: TimeText.now,
                chance: { Double.random(in: 0..<1) })
            do {
                try await agent.run()
            } catch let error as NodeAgentError {
                throw ErrorReport(error.code.failure, at: error.place, error.message, remedy: error.remedy)
            }
        }

        /// Every request carries the node's token: beyond this machine only over TLS, as `serve` has it too.
        private func trusted(_ url: WebURL) throws -> WebURL {
            let place = XDSSettings.Binding.tcp(host: url.host, port: url.port)
            guard url.scheme == .https || serverSocket != nil || place.isLocal else {
                throw ErrorReport(
                    .refused, at: "--server \(server)", "the token would travel in clear text",
                    remedy:
                        "signalbox node run \(node) --token-file \(ShellWord.quoted(tokenFile)) --server https://\(url.authority)",
                    details: ["a server on this machine: --server-socket PATH, or http:// with a loopback address"])
            }
            return url
        }
    }
}

extension NodeAgentError.Code {
    fileprivate var failure: Failure {
        switch self {
        case .missing: .notFound
        case .permissions: .refused
        case .inUse, .envoyVersion: .unavailable
        case .invalid: .invalid
        case .system: .io
        }
    }
}
