import EdgeModel
import EdgePlan
import EnvoyConfig
import Logging
import TestKit
import Testing
import XDSServer

/// A server on a free port of loopback for the time of one test; the token of every node is `secret-NAME`.
final class RunningService: Sendable {
    let service: XDSService
    let address: HostPort
    private let task: Task<Void, any Error>

    private init(service: XDSService, address: HostPort, task: Task<Void, any Error>) {
        self.service = service
        self.address = address
        self.task = task
    }

    static func start(
        port: Int? = nil, hold: Int64 = 25_000, settle: Int64 = 200, memory: String? = nil,
        tls: XDSSettings.TLSFiles? = nil, bindings more: [XDSSettings.Binding] = [],
        module encode: (@Sendable (ZonePlan) -> [UInt8])? = nil,
        now: @escaping @Sendable () -> Timestamp = { Timestamp.current() }
    ) async throws -> RunningService {
        let address = try port.map { HostPort("127.0.0.1", $0) } ?? FreePort.one()
        let service = make(
            XDSSettings(
                bindings: [.tcp(host: address.host, port: address.port)] + more, tls: tls, hold: hold, refusalDelay: 0,
                rollout: .init(settle: settle, firstNode: .init(suspicion: settle)), memory: memory), module: encode,
            now: now)
        let ready = AsyncStream<Void>.makeStream()
        let task = Task {
            defer { ready.continuation.finish() }
            try await service.run { _ in ready.continuation.yield(()) }
        }
        for await _ in ready.stream { return RunningService(service: service, address: address, task: task) }
        try await task.value
        throw CancellationError()
    }

    /// - Parameter encode: a zone's bytes for the module; nil: no module, zones go to their default origin.
    static func make(
        _ settings: XDSSettings, module encode: (@Sendable (ZonePlan) -> [UInt8])? = nil,
        now: @escaping @Sendable () -> Timestamp = { Timestamp.current() }
    ) -> XDSService {
        XDSService(
            settings, renderer: EnvoyRenderer(usesModule: encode != nil), logger: Logger(label: "test"),
            now: now, encode: encode ?? { _ in [] },
            authenticate: { node, token in token == "secret-\(node)" })
    }

    func stop() async throws {
        await service.shutdown()
        try await task.value
    }

    func publish(_ plan: EdgePlan, _ number: Int) async throws {
        try await service.publish(plan, digests: Given.digests(number), journal: nil)
    }

    func status(of name: String) async -> NodeStatus? { await service.fleet().status.nodes[name.asName] }

    /// A discovery request as Envoy sends it.
    func ask(
        _ type: String, _ version: String? = nil, node: String = "fra1", token: String? = nil, names: [String] = [],
        within limit: Duration = .seconds(10)
    ) async throws -> RawHTTPResponse {
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        let body = """
            {"version_info":"\(version ?? "")","node":{"id":"\(node)","cluster":"signalbox","extensions":[{"name":"x"}],\
            "metadata":{"signalbox":{"token":"\(token ?? "secret-\(node)")","listen":["127.0.0.10:8080"]}}},\
            "resource_names":[\(list)],"type_url":"t"}
            """
        return try await RawHTTP.request(
            "POST", "/v3/discovery:\(type)", at: address, headers: [("Connection", "close")], body: Array(body.utf8),
            within: limit)
    }
}
