internal import EdgeModel
internal import Synchronization
internal import WebTransport

/// Requests of this node to `signalbox serve`, with its token.
final class ControlPlaneClient: Sendable {
    enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The token is not (or no longer) the node's.
        case unauthorized(Int)
        case status(Int)
        case unreadable
        case transport(WebError)
        case token(NodeAgentError)

        var description: String {
            switch self {
            case .unauthorized(let status): "it does not accept this node's token (status \(status))"
            case .status(let status): "it answered with status \(status)"
            case .unreadable: "its answer has no version"
            case .transport(let error): "\(error)"
            case .token(let error): "\(error)"
            }
        }
    }

    /// What `serve` says to a question.
    enum Reply: Hashable, Sendable {
        case new(DiscoveryResponse)
        case nothingNew
        /// Nothing new; it waits for a sign of life, ``RelayWord/again``.
        case again
    }

    private let transport: any WebTransport
    private let server: WebURL
    private let socket: String?
    private let trust: WebTrust
    private let tokenFile: TokenFile
    private let token: Mutex<String?>

    init(transport: any WebTransport, settings: NodeAgentSettings, token: String) {
        self.transport = transport
        server = settings.server
        socket = settings.serverSocket
        trust = settings.trust
        tokenFile = TokenFile(path: settings.tokenFile, node: settings.node.name)
        self.token = Mutex(token)
    }

    /// The token in use, for taking it out of texts; nil after a refusal until it is read again.
    var secret: String? { token.withLock(\.self) }

    /// Sends a question on.
    /// - Parameters:
    ///   - journal: the place in its journal that this node has reached.
    ///   - isWarm: the clusters that the question accepts can be used, ``RelayWord/warm``.
    func discover(
        _ request: DiscoveryRequest, journal: JournalPosition?, isWarm: Bool, atMost total: Duration
    ) async throws(Failure) -> Reply {
        let token = try currentToken()
        var words = journal.map { [JournalPosition.header: $0.description] } ?? [:]
        if isWarm { words[RelayWord.warm] = RelayWord.yes }
        let response = try await post(
            request.path, request.body(token: token), token: token, words: words, atMost: total)
        if response.status == 304 {
            return response.headers.first(RelayWord.again) == RelayWord.yes ? .again : .nothingNew
        }
        let told = response.headers.first(JournalPosition.header).flatMap { JournalPosition($0) }
        guard let answer = DiscoveryResponse(body: response.body, journal: told) else { throw .unreadable }
        return .new(answer)
    }

    func report(_ body: [UInt8], node: String) async throws(Failure) {
        let token = try currentToken()
        _ = try await post("/v1/nodes/\(node)/report", body, token: token, atMost: .seconds(5))
    }

    /// Tells `serve` that Envoy stops because it was told to, so that its return speaks against no plan.
    func leave(node: String) async throws(Failure) {
        let token = try currentToken()
        _ = try await post("/v1/nodes/\(node)/leave", [], token: token, atMost: .seconds(1))
    }

    private func currentToken() throws(Failure) -> String {
        if let known = token.withLock(\.self) { return known }
        do {
            let read = try tokenFile.read()
            token.withLock { $0 = read }
            return read
        } catch {
            throw .token(error)
        }
    }

    private func post(
        _ path: String, _ body: [UInt8], token: String, words: [String: String] = [:], atMost total: Duration
    ) async throws(Failure) -> WebResponse {
        let response: WebResponse
        do {
            var headers = try WebHeaders(["content-type": "application/json", "authorization": "Bearer \(token)"])
            for (name, word) in words.sorted(by: { $0.key < $1.key }) { headers.append(try WebHeader(name, word)) }
            let request = WebRequest(
                .post, try WebURL("\(server.scheme.rawValue)://\(server.authority)\(path)"), headers: headers,
                body: body, unixSocket: socket, trust: trust,
                deadlines: try WebDeadlines(connect: .seconds(1), total: total), maximumBodyBytes: 512 << 20)
            response = try await transport.send(request)
        } catch {
            throw .transport(error)
        }
        switch response.status {
        case 200...299, 304: return response
        case 401, 403:
            // A token may have been replaced in the file meanwhile: read it again for the next request.
            self.token.withLock { $0 = nil }
            throw .unauthorized(response.status)
        default: throw .status(response.status)
        }
    }
}
