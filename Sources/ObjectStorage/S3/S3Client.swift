internal import ImageSourcing
package import WebTransport

/// Sends signed requests to one bucket. Values in, requests out; the transport does the rest.
///
/// The same code serves Amazon S3, R2, MinIO, SeaweedFS and, in its own dialect, Google Cloud Storage with HMAC keys.
package struct S3Client: Sendable {
    package let location: S3Location
    let transport: any WebStreaming
    let patience: StoragePatience
    private let signature: SignatureV4?
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - credentials: nil: the bucket is open to everybody, nothing is signed.
    ///   - now: the time of day, in milliseconds since 1970.
    package init(
        _ location: S3Location, _ credentials: S3Credentials?, transport: any WebStreaming,
        patience: StoragePatience = .standard, now: @escaping @Sendable () -> Int64
    ) {
        self.location = location
        self.transport = transport
        self.patience = patience
        self.now = now
        signature = credentials.map { credentials in
            SignatureV4(
                credentials, region: location.region, service: location.dialect == .amazon ? "s3" : "storage",
                dialect: location.dialect)
        }
        sessionToken = credentials?.sessionToken
    }

    private let sessionToken: String?

    /// A request before it is signed.
    struct Call {
        var method = WebMethod.get
        var path: String
        /// Name and value, not encoded; in the order of the names.
        var query: [(name: String, value: [UInt8])] = []
        /// Names in lower case.
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        /// The body comes in pieces, so that its hash is not known before it is sent.
        var upload: WebUpload?
    }

    /// Sends a call; any answer of the store is one, errors of the way there are thrown.
    func send(_ call: Call) async throws(ObjectFailure) -> WebStream {
        let request = try request(call)
        let options = WebStreamOptions(window: patience.window, stall: patience.stall, upload: call.upload)
        do {
            return try await transport.open(request, options)
        } catch let error as WebError {
            throw ObjectFailure(error)
        } catch let error as ObjectFailure {
            throw error
        } catch is CancellationError {
            throw ObjectFailure(.cancelled, "The request was cancelled.")
        } catch {
            throw ObjectFailure(.local, "The body could not be made: \(error)")
        }
    }

    /// What the store says against a request.
    func failure(_ stream: WebStream) async -> ObjectFailure {
        let body = (try? await stream.whole(atMost: S3ErrorReply.maximumBytes)) ?? []
        return S3ErrorReply(status: stream.status, headers: stream.headers, body: body).failure(
            bucket: location.bucket, region: location.region, now: now())
    }

    private func request(_ call: Call) throws(ObjectFailure) -> WebRequest {
        let query = call.query.map { field in
            PercentEncoding.encode(field.name.utf8, keepingSlashes: false) + "="
                + PercentEncoding.encode(field.value, keepingSlashes: false)
        }.joined(separator: "&")
        do throws(WebError) {
            let url = try location.root.replacing(target: query.isEmpty ? call.path : call.path + "?" + query)
            return WebRequest(
                call.method, url, headers: try headers(call, query: query), body: call.body, pathAsIs: true,
                deadlines: patience.deadlines)
        } catch {
            throw ObjectFailure(error)
        }
    }

    private func headers(_ call: Call, query: String) throws(WebError) -> WebHeaders {
        guard let signature else { return WebHeaders(try lines(call.headers)) }
        let time = CivilTime(milliseconds: now())
        let prefix = signature.dialect.headerPrefix
        // Over TLS the bytes are safe already; in the clear a body that is at hand is covered by the signature.
        let payload =
            call.upload != nil || (!call.body.isEmpty && location.root.scheme == .https)
            ? SignatureV4.unsignedPayload : SignatureV4.hash(call.body)
        var named = call.headers
        named.append(("host", location.root.authority))
        named.append((prefix + "content-sha256", payload))
        named.append((prefix + "date", time.basic))
        if let sessionToken { named.append((prefix + "security-token", sessionToken)) }
        named.sort { $0.name < $1.name }
        let authorization = signature.authorization(
            SignatureV4.Subject(
                method: call.method.name, path: call.path, query: query, headers: named, payload: payload), at: time)
        // libcurl writes `Host` itself, the same.
        named.removeAll { $0.name == "host" }
        named.append(("authorization", authorization))
        return WebHeaders(try lines(named))
    }

    private func lines(_ named: [(name: String, value: String)]) throws(WebError) -> [WebHeader] {
        var lines: [WebHeader] = []
        lines.reserveCapacity(named.count)
        for (name, value) in named { lines.append(try WebHeader(name, value)) }
        return lines
    }
}

/// How long a store may take.
package struct StoragePatience: Sendable, Hashable {
    package var deadlines: WebDeadlines
    /// A transfer in which nothing moves for so long is given up.
    package var stall: Duration
    /// Bytes of an object that are gathered before the reader sees them.
    package var window: Int

    /// Ten seconds to connect, half a minute of silence, a day in all.
    package static let standard = StoragePatience(connect: .seconds(10), stall: .seconds(30))

    package init(connect: Duration, stall: Duration, window: Int = 64 << 10) {
        deadlines = (try? WebDeadlines(connect: connect, total: .seconds(86_400))) ?? .standard
        self.stall = stall
        self.window = window
    }
}

extension ObjectFailure {
    /// What the way to a store has to say.
    init(_ error: WebError) {
        let code: Code =
            switch error.code {
            case .nameNotFound, .cannotConnect, .certificateRefused, .tlsFailed: .unreachable
            case .timedOut: .timedOut
            case .connectionBroken: .cut
            case .answerUnreadable, .headersTooLarge, .bodyTooLarge, .tooManyRedirects: .unreadable
            case .cancelled, .closed: .cancelled
            case .invalidRequest: .refused
            case .transportFailed: .local
            }
        self.init(code, error.message, remedy: error.remedy)
    }
}

extension S3Client {
    /// Makes the bucket; true also when it is there already and ours.
    package func makeBucket() async throws -> Bool {
        let answer = try await send(Call(method: .put, path: location.bucketPath))
        answer.rest?.close()
        return answer.status == 200 || answer.status == 409
    }
}
