import CurlTransport
import EdgeModel
import EdgePlan
import EnvoyConfig
import Foundation
import Glibc
import Logging
import Synchronization
import TestKit
import Testing
import WebTransport

@testable import NodeAgent

/// A node with a real Envoy, without the edge module, served by a stub of `serve`.
final class NodeAgentLab: Sendable {
    let stub: StubControlPlane
    let folder: TemporaryDirectory
    let listen: HostPort
    let transport = CurlTransport()
    private let runs = Mutex<[Task<Void, any Error>]>([])

    init() throws {
        stub = try StubControlPlane()
        folder = try TemporaryDirectory("node")
        listen = try FreePort.one()
        let file = try folder.write(stub.token + "\n", to: "token")
        chmod(file, 0o600)
        stub.publish("clusters", digest("c1"), [])
        stub.publish("listeners", digest("l1"), [try listener()])
        publish("r1")
    }

    deinit { for run in runs.withLock(\.self) { run.cancel() } }

    var data: String { folder.path("data") }

    /// A version is a digest, as `serve` has it, so that reports can carry it.
    func digest(_ text: String) -> String {
        let hexadecimal = text.utf8.map { String($0, radix: 16) }.joined()
        return hexadecimal + String(repeating: "0", count: 64 - hexadecimal.count)
    }

    /// Routes that answer every request with this version.
    func publish(_ version: String, cluster: String? = nil) {
        let action =
            cluster.map { #""route":{"cluster":"\#($0)"}"# }
            ?? #""direct_response":{"status":200,"body":{"inline_string":"\#(version)"}}"#
        stub.publish(
            "routes signalbox.production", digest(version),
            [
                #"""
                {"@type":"type.googleapis.com/envoy.config.route.v3.RouteConfiguration","name":"signalbox.production",
                "validate_clusters":true,"virtual_hosts":[{"name":"all","domains":["*"],
                "routes":[{"match":{"prefix":"/"},\#(action)}]}]}
                """#
            ])
    }

    func settings(drain: Duration = .zero) throws -> NodeAgentSettings {
        let name = try #require(ResourceName(rawValue: "fra1"))
        let socket = try #require(ListenAddress(address: listen.host, port: listen.port))
        return NodeAgentSettings(
            node: NodeDescription(name: name, region: "fra", listen: [socket]), directory: data,
            envoy: try EnvoyBinary.require(), module: nil, server: try WebURL("http://\(stub.address)"),
            tokenFile: folder.path("token"), concurrency: 1, drain: drain)
    }

    /// A run that ends when it is cancelled.
    @discardableResult
    func start(stoppingOn signals: [Int32] = [], drain: Duration = .zero) throws -> Task<Void, any Error> {
        var logger = Logger(label: "node")
        logger.logLevel = ProcessInfo.processInfo.environment["SIGNALBOX_TEST_LOG"] == nil ? .critical : .debug
        let node = NodeAgent(
            settings: try settings(drain: drain), transport: transport, certificates: NoCertificates(), logger: logger,
            now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
            chance: { Double.random(in: 0..<1) })
        let task = Task { try await node.run(stoppingOn: signals) }
        runs.withLock { $0.append(task) }
        return task
    }

    /// What a client gets now; nil when nobody answers.
    func served() async -> String? {
        try? await RawHTTP.request("GET", "/", at: listen, headers: [("Connection", "close")], within: .seconds(2)).text
    }

    func serves(_ version: String, within limit: Duration = .seconds(20)) async throws {
        try await eventually(within: limit, "the node serving \(version)") { await self.served() == version }
    }

    /// Envoy says that it accepted a version some 10 ms after it began to serve it; then it is kept.
    func keeps(_ version: String) async throws {
        try await eventually("\(version) on disk") {
            try self.folder.read("data/last-good").contains(self.digest(version))
        }
    }

    /// The Envoy that runs now, as noted in the data directory.
    func envoy() async throws -> ProcessIdentity {
        try await eventually("a running Envoy") {
            let text = (try? self.folder.read("data/envoy.pid")) ?? ""
            return ProcessIdentity(text).flatMap { $0.isRunning ? $0 : nil }
        }
    }

    private func listener() throws -> String {
        let source =
            #"{"resource_api_version":"V3","initial_fetch_timeout":"15s","api_config_source":{"api_type":"REST","transport_api_version":"V3","cluster_names":["xds"],"refresh_delay":"0.010s","request_timeout":"35s"}}"#
        return #"""
            {"@type":"type.googleapis.com/envoy.config.listener.v3.Listener","name":"production",
            "address":{"socket_address":{"address":"\#(listen.host)","port_value":\#(listen.port)}},
            "filter_chains":[{"filters":[{"name":"hcm","typed_config":{
            "@type":"type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix":"production",
            "http_filters":[{"name":"router","typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}],
            "rds":{"route_config_name":"signalbox.production","config_source":\#(source)}}}]}]}
            """#
    }
}

/// No test here serves with TLS.
struct NoCertificates: CertificateInspecting {
    func inspect(_ files: CertificateFiles) -> CertificateInspection {
        CertificateInspection(files: files, facts: nil, problem: .init(.missing, file: files.certificate, "none here"))
    }

    func problem(withAuthorities text: String) -> String? { nil }
}
