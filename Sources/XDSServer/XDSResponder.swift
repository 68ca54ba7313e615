internal import EdgeModel
internal import EnvoyConfig
internal import FleetProtocol
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Requests to answers: what nodes and scrapers ask over HTTP.
struct XDSResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let service: XDSService
    /// Whether the socket is out of reach for other machines.
    let isLocal: Bool

    private static let bodyLimit = 1 << 20
    private static let discovery = "/v3/discovery:"

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let path = request.uri.path
        switch request.method {
        case .post where path.hasPrefix(Self.discovery):
            let journal = HTTPField.Name.journal.flatMap { request.headers[$0] }
            let isWarm = HTTPField.Name.warm.map { request.headers[$0] == RelayWord.yes } ?? false
            return await withBody(request) {
                await discover(String(path.dropFirst(Self.discovery.count)), $0, journal: journal, isWarm: isWarm)
            }
        case .post where path.hasPrefix("/v1/nodes/") && path.hasSuffix("/report"):
            let name = String(path.dropFirst("/v1/nodes/".count).dropLast("/report".count))
            return await withBody(request) { await report(name, token: bearer(request), $0) }
        case .post where path.hasPrefix("/v1/nodes/") && path.hasSuffix("/leave"):
            let name = String(path.dropFirst("/v1/nodes/".count).dropLast("/leave".count))
            return await leave(name, token: bearer(request))
        case .get where path == "/healthz":
            return text(.ok, "ok\n")
        case .get where path == "/metrics":
            guard mayRead(request) else { return closed() }
            let snapshot = await service.fleet()
            return text(
                .ok, FleetMetrics.text(snapshot, regions: await service.regions()),
                type: "text/plain; version=0.0.4; charset=utf-8")
        case .get where path == "/v1/fleet":
            guard mayRead(request) else { return closed() }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let bytes = try encoder.encode(await service.fleet())
            return response(.ok, ByteBuffer(bytes: bytes), type: "application/json")
        default:
            return problem(.notFound, "nothing is served at this path")
        }
    }

    // MARK: nodes

    private func discover(_ type: String, _ body: [UInt8], journal: String?, isWarm: Bool) async -> Response {
        if type == "secrets" { return await secret(body) }
        var asked: DiscoveryRequest
        do {
            asked = try DiscoveryRequest(type: type, body: body)
        } catch {
            return problem(.badRequest, error.reason)
        }
        guard await service.authenticate(asked.node.name, asked.token) else {
            return await unauthorized(asked.node.name)
        }
        asked.hasWarmClusters = isWarm
        if let position = journal.flatMap({ JournalPosition($0) }) {
            asked.journal = position
            asked.isOfOurJournal = await service.contains(position)
        }
        switch await service.registry.poll(asked) {
        case .notModified: return Response(status: .notModified)
        case .again:
            return Response(status: .notModified, headers: HTTPField.Name.again.map { [$0: RelayWord.yes] } ?? [:])
        case .closed:
            try? await Task.sleep(for: .milliseconds(service.settings.refusalDelay))
            return problem(.serviceUnavailable, "this server's state is older than what the node was given")
        case .new(let answer):
            // The request may have waited for long: a token that ended meanwhile opens nothing any more.
            guard await service.authenticate(asked.node.name, asked.token) else {
                return await unauthorized(asked.node.name)
            }
            var response = response(.ok, ByteBuffer(bytes: answer.body), type: "application/json")
            if let name = HTTPField.Name.journal, let position = await service.registry.publishedJournal {
                response.headers[name] = position.description
            }
            return response
        }
    }

    /// Paths, which never change under a name: asked a second time, there is nothing new.
    private func secret(_ body: [UInt8]) async -> Response {
        let asked: SecretRequest
        do {
            asked = try SecretRequest(body: body)
        } catch {
            return problem(.badRequest, error.reason)
        }
        guard await service.authenticate(asked.node, asked.token) else { return await unauthorized(asked.node) }
        guard let answer = (try? EnvoyRenderer.secret(asked.files)).map({ DiscoveryAnswer([$0]) }) else {
            return problem(.internalServerError, "the certificate's paths cannot be sent")
        }
        if asked.version != answer.version {
            return response(.ok, ByteBuffer(bytes: answer.body), type: "application/json")
        }
        await service.registry.idle()
        return Response(status: .notModified)
    }

    private func report(_ name: String, token: String?, _ body: [UInt8]) async -> Response {
        guard let node = ResourceName(rawValue: name) else { return problem(.badRequest, "the path names no node") }
        guard let token, await service.authenticate(node, token) else { return await unauthorized(node) }
        guard let report = NodeReport(body: body) else {
            return problem(.badRequest, "the body is no node report")
        }
        guard report.node == node else { return problem(.badRequest, "the report is of another node") }
        await service.registry.report(report)
        return Response(status: .noContent)
    }

    /// `node run` says that it stops Envoy because it was told to.
    private func leave(_ name: String, token: String?) async -> Response {
        guard let node = ResourceName(rawValue: name) else { return problem(.badRequest, "the path names no node") }
        guard let token, await service.authenticate(node, token) else { return await unauthorized(node) }
        await service.registry.leave(node)
        return Response(status: .noContent)
    }

    private func unauthorized(_ node: ResourceName) async -> Response {
        if await service.registry.unauthorized(node) {
            service.logger.warning(
                "a request in the name of a node came without its token",
                metadata: ["node": "\(LogText.visible(node.rawValue))"])
        }
        try? await Task.sleep(for: .milliseconds(service.settings.refusalDelay))
        return problem(.unauthorized, "the token is not this node's; make a new start file with 'node bootstrap'")
    }

    // MARK: readers

    private func mayRead(_ request: Request) -> Bool {
        guard !isLocal else { return true }
        guard let token = service.settings.readToken, let given = bearer(request) else { return false }
        return ConstantTime.equal(token, given)
    }

    private func closed() -> Response {
        problem(.forbidden, "reading from other machines needs the read token as bearer token")
    }

    private func bearer(_ request: Request) -> String? {
        guard let value = request.headers[.authorization], value.hasPrefix("Bearer ") else { return nil }
        return String(value.dropFirst("Bearer ".count))
    }

    // MARK: messages

    private func withBody(_ request: Request, _ handle: ([UInt8]) async -> Response) async -> Response {
        var request = request
        do {
            let buffer = try await request.collectBody(upTo: Self.bodyLimit)
            return await handle(Array(buffer.readableBytesView))
        } catch {
            return problem(.contentTooLarge, "the body is larger than 1 MiB or ended early")
        }
    }

    private func problem(_ status: HTTPResponse.Status, _ message: String) -> Response {
        // Texts of ours only: nothing here needs escaping.
        response(status, ByteBuffer(string: "{\"error\":\"\(message)\"}\n"), type: "application/json")
    }

    private func text(
        _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        response(status, ByteBuffer(string: text), type: type)
    }

    private func response(_ status: HTTPResponse.Status, _ body: ByteBuffer, type: String) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: body))
    }
}

extension HTTPField.Name {
    fileprivate static let journal = HTTPField.Name(JournalPosition.header)
    fileprivate static let again = HTTPField.Name(RelayWord.again)
    fileprivate static let warm = HTTPField.Name(RelayWord.warm)
}

enum ConstantTime {
    /// Compares without telling by its time how much is equal; the length is told.
    static func equal(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
