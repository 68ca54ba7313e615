internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import EnvoyConfig

extension NodeVerb {
    struct Bootstrap: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bootstrap",
            abstract: "Print the file that a node's Envoy starts with; registers the node when it is new.",
            discussion: Examples.text(
                "(umask 077; signalbox node bootstrap fra1 --region fra --listen 127.0.0.11:8080 --staging 127.0.0.20:8080 > fra1.json)",
                "signalbox node bootstrap fra1 --token-file fra1.token --server control.example:9090 --server-name control.example",
                before: """
                    The file holds the node's token: keep it from others, and Envoy's log too, where it prints a file that it \
                    cannot start with. For a node that is registered already give its \
                    token with --token-file or $SIGNALBOX_NODE_TOKEN. 'node run' writes the file by itself.
                    """))

        @Argument(help: "Name of the node.", completion: Completion.nodes) var node: String
        @OptionGroup var options: NodeOptions
        @Option(help: ArgumentHelp("HOST:PORT of the server, or the path of its unix socket.", valueName: "address"))
        var server = "127.0.0.1:9090"
        @Option(
            name: .customLong("server-name"),
            help: ArgumentHelp("Name in the server's certificate; turns TLS on.", valueName: "name"))
        var serverName: String?
        @Option(
            name: .customLong("server-authority"),
            help: ArgumentHelp(
                "PEM file on the node with the authorities that vouch for the server.", valueName: "file"))
        var serverAuthority: String?
        @Option(
            name: .customLong("token-file"), help: ArgumentHelp("File with the node's token.", valueName: "file"),
            completion: .file())
        var tokenFile: String?
        @Option(
            name: .customLong("admin"),
            help: ArgumentHelp(
                "Port on loopback or path of a unix socket for Envoy's own administration.", valueName: "place"))
        var admin = "/run/signalbox/admin.sock"
        @Option(
            name: .customLong("figures"),
            help: ArgumentHelp("Unix socket on which the edge module tells its figures.", valueName: "path"))
        var figures = "/run/signalbox/figures.sock"
        @Option(
            name: .customLong("access-log"),
            help: ArgumentHelp("File on the node for the JSON access log.", valueName: "file"))
        var accessLog: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.node(node)
            let place = try place()
            let formats = [Int(PlanFormat.number)]
            let description = try options.description(name, planFormats: formats, moduleVersion: nil)
            let token = try token(name, session)
            let metadata = NodeMetadata(
                token: token, region: options.region.isEmpty ? nil : options.region,
                listen: description.listen.map(\.description), staging: description.staging.map(\.description),
                loadBalancers: description.loadBalancers, accessLog: accessLog, planFormats: formats)
            let bootstrap = EnvoyConfig.Bootstrap(
                node: name.rawValue, metadata: metadata,
                controlPlane: .init(
                    place, tls: serverName.map { .init(serverName: $0, authorityFile: serverAuthority) }),
                admin: Int(admin).map { .loopback(port: $0) } ?? .unix(path: admin), figuresSocket: figures)
            session.output.script(String(decoding: try bootstrap.json(), as: UTF8.self))
            session.output.hint(
                """
                Start it in a folder of its sockets that exists, with the module's folder named: \
                \(EdgeContract.searchPathVariable)=/usr/local/lib/signalbox envoy -c FILE. 'node run' does all of this.
                """)
        }

        private func place() throws -> EnvoyConfig.Bootstrap.ControlPlane.Place {
            if server.contains("/") { return .unix(path: server) }
            guard let colon = server.lastIndex(of: ":"), let port = Int(server[server.index(after: colon)...]),
                (1...65535).contains(port)
            else {
                throw ErrorReport(
                    .usage, at: "--server \(server)", "write HOST:PORT, or the path of a unix socket",
                    remedy: "signalbox node bootstrap \(node) --server 127.0.0.1:9090")
            }
            let host = server[..<colon].filter { $0 != "[" && $0 != "]" }
            guard serverName != nil || ["127.0.0.1", "::1", "localhost"].contains(host) else {
                throw ErrorReport(
                    .refused, at: "--server \(server)", "the token would travel in clear text",
                    remedy: "signalbox node bootstrap \(node) --server \(server) --server-name \(host)")
            }
            return .tcp(host: host, port: port)
        }

        private func token(_ name: ResourceName, _ session: Session) throws -> String {
            if let tokenFile { return try Secret.firstLine(of: tokenFile) }
            if let token = session.environment["SIGNALBOX_NODE_TOKEN"] { return token }
            let plane = try session.plane(.writing)
            guard try !plane.nodes().contains(where: { $0.node.name == name }) else {
                throw ErrorReport(
                    .usage, at: "node \(name)", "it is registered already; its token is needed and is not stored here",
                    remedy: "signalbox node bootstrap \(name) --token-file FILE",
                    details: ["a new token: signalbox node token \(name)"])
            }
            return try plane.createNode(name, region: options.region).token
        }
    }
}
