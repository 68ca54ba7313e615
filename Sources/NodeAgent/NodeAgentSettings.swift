package import EdgeModel
package import WebTransport

/// What one node runs with. Secrets are named by file, never held here.
package struct NodeAgentSettings: Sendable {
    /// Name, region, sockets, module version and plan formats; its access log and Envoy version are filled in by the
    /// service itself.
    package var node: NodeDescription
    /// The data directory; see ``NodeDirectory``. Made when it is not there.
    package var directory: String
    /// Path of the Envoy program.
    package var envoy: String
    /// The edge module's library to install; nil: an Envoy without it, which serves no rules.
    package var module: String?
    /// Where `signalbox serve` answers, e.g. `https://control.example:18000`; the path is not looked at.
    package var server: WebURL
    /// Unix socket on which `serve` answers instead.
    package var serverSocket: String?
    package var trust: WebTrust
    /// File with the node's token on its first line, readable by its owner only.
    package var tokenFile: String
    /// Worker threads of Envoy; nil: one for each processor.
    package var concurrency: Int?
    /// Whether Envoy writes a line for every request into the data directory.
    package var writesAccessLog: Bool
    /// How long connections may end by themselves when the node is stopped, in whole seconds; 0: not at all.
    package var drain: Duration

    package init(
        node: NodeDescription, directory: String, envoy: String, module: String?, server: WebURL,
        serverSocket: String? = nil, trust: WebTrust = .system, tokenFile: String, concurrency: Int? = nil,
        writesAccessLog: Bool = true, drain: Duration = .seconds(5)
    ) {
        self.node = node
        self.directory = directory
        self.envoy = envoy
        self.module = module
        self.server = server
        self.serverSocket = serverSocket
        self.trust = trust
        self.tokenFile = tokenFile
        self.concurrency = concurrency
        self.writesAccessLog = writesAccessLog
        self.drain = drain
    }
}
