import EdgeModel
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OrderlyServer
import Synchronization
import TestKit

/// As much of `serve` as a node needs: answers long polls with what the test publishes, remembers what was sent, and
/// takes reports. It can be stopped and started again on the same port.
final class StubControlPlane: Sendable {
    struct Poll: Sendable, Equatable {
        var key: String
        var version: String?
        var token: String?
        var size: Int
    }

    private struct State {
        var published: [String: (version: String, body: String)] = [:]
        var sent: [String: String] = [:]
        var polls: [Poll] = []
        var reports: [NodeReport] = []
        var answers = 0
    }

    let address: HostPort
    let token = "stub-token-1"
    private let state = Mutex(State())
    private let server = Mutex<Task<Void, any Error>?>(nil)

    init() throws { address = try FreePort.one() }

    deinit { server.withLock { $0?.cancel() } }

    var polls: [Poll] { state.withLock(\.polls) }
    var reports: [NodeReport] { state.withLock(\.reports) }
    /// Answers with content since the last start.
    var answers: Int { state.withLock(\.answers) }

    /// `key` is the kind with the names behind a blank: `clusters`, `routes signalbox.production`.
    func publish(_ key: String, _ version: String, _ resources: [String]) {
        let body = #"{"version_info":"\#(version)","resources":[\#(resources.joined(separator: ","))]}"#
        state.withLock { $0.published[key] = (version, body) }
    }

    func start() async throws {
        let (running, isRunning) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            state.sent = [:]
            state.answers = 0
        }
        let responder = CallbackResponder { [weak self] (request: Request, _: BasicRequestContext) in
            // A node may still ask when the test is over.
            guard let self else { return Response(status: .serviceUnavailable) }
            return try await self.respond(request)
        }
        var quiet = Logger(label: "stub")
        quiet.logLevel = .critical
        let logger = quiet
        let application = Application(
            responder: responder, configuration: .init(address: .hostname(address.host, port: address.port)),
            onServerRunning: { _ in
                isRunning.yield()
                isRunning.finish()
            }, logger: logger)
        server.withLock { server in
            server = Task {
                defer { isRunning.finish() }
                try await OrderlyServer.run(application, logger: logger)
            }
        }
        for await _ in running {}
    }

    func stop() async throws {
        let task = server.withLock { server in
            defer { server = nil }
            return server
        }
        task?.cancel()
        // It ends when its socket is closed; the port may be another's at once.
        _ = await task?.result
    }

    private func respond(_ request: Request) async throws -> Response {
        let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
        guard request.headers[.authorization] == "Bearer \(token)" else { return Response(status: .unauthorized) }
        let path = request.uri.path
        if path.hasPrefix("/v1/nodes/"), path.hasSuffix("/report") {
            let report = try JSONDecoder().decode(NodeReport.self, from: Data(bytes))
            state.withLock { $0.reports.append(report) }
            return Response(status: .noContent)
        }
        let question = try Self.decoder.decode(Question.self, from: Data(bytes))
        let kind = path.dropFirst("/v3/discovery:".count)
        let key = ([String(kind)] + (question.resourceNames ?? [])).joined(separator: " ")
        state.withLock {
            $0.polls.append(
                Poll(
                    key: key, version: question.versionInfo, token: question.node.metadata?.signalbox?.token,
                    size: bytes.count))
        }
        // A long poll: there is news, or the time is over.
        let body = try? await eventually(within: .seconds(5), "news") {
            self.state.withLock { state -> String? in
                guard let new = state.published[key], new.version != question.versionInfo else { return nil }
                // A new process gets what there is; one that refused a version does not get it again.
                guard question.versionInfo == nil || state.sent[key] != new.version else { return nil }
                state.sent[key] = new.version
                state.answers += 1
                return new.body
            }
        }
        if let body { return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: body))) }
        return Response(status: .notModified)
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private struct Question: Decodable {
        struct Node: Decodable { var metadata: Metadata? }
        struct Metadata: Decodable { var signalbox: Ours? }
        struct Ours: Decodable { var token: String }
        var versionInfo: String?
        var resourceNames: [String]?
        var node: Node
    }
}
