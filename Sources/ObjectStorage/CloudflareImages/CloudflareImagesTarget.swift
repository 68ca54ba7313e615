package import ImageSourcing
package import WebTransport

/// Cloudflare Images as a target: an image's id is its path.
///
/// Uploads go to the batch host, whose token allows 200 requests a second instead of the account's 4
/// (https://developers.cloudflare.com/images/upload-images/images-batch/). An id that is taken is answered with 409, so
/// that creating is atomic. There is no replacing: where that is wanted the old image is deleted first, so that for a
/// moment, and until the next try when the upload fails, nothing has the id.
package final class CloudflareImagesTarget: ImageTarget {
    /// Where the two interfaces are.
    package struct Hosts: Sendable, Hashable {
        let api: WebURL
        let batch: WebURL

        /// Cloudflare's own; others are for tests. Throws ``WebError/Code/invalidRequest``.
        package init(
            api: String = "https://api.cloudflare.com", batch: String = "https://batch.imagedelivery.net"
        ) throws(WebError) {
            self.api = try WebURL(api)
            self.batch = try WebURL(batch)
        }
    }

    private let account: String
    private let token: String
    private let hosts: Hosts
    private let transport: any WebStreaming
    private let patience: StoragePatience
    private let batch: BatchToken
    private let entropy: @Sendable () -> UInt64

    /// - Parameters:
    ///   - account: 32 hexadecimal digits.
    ///   - token: an API token with the right "Cloudflare Images: Edit".
    ///   - entropy: random numbers for the boundary between parts of an upload.
    ///   - now: milliseconds since 1970.
    package init(
        account: String, token: String, hosts: Hosts, transport: any WebStreaming,
        patience: StoragePatience = .standard, entropy: @escaping @Sendable () -> UInt64,
        now: @escaping @Sendable () -> Int64
    ) throws(ObjectFailure) {
        guard account.utf8.count == 32, account.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw ObjectFailure(
                .refused, "\(account) is not the id of an account.", remedy: "Copy the 32 digits from the dashboard.")
        }
        self.account = account
        self.token = token
        self.hosts = hosts
        self.transport = transport
        self.patience = patience
        self.entropy = entropy
        batch = BatchToken(now: now)
    }

    /// https://developers.cloudflare.com/images/get-started/limits/
    package var capabilities: TargetCapabilities {
        TargetCapabilities(
            formats: [.jpeg, .png, .gif, .webp, .svg, .heic],
            maximumBytes: 10 << 20, maximumPixels: 100_000_000, maximumSide: 12_000,
            maximumAnimationArea: 100_000_000, maximumKeyBytes: 1024, requestsPerSecond: 200)
    }

    package func put(
        _ key: ObjectKey, _ content: ImageContent, _ precondition: PutPrecondition
    ) async throws(ObjectFailure) -> PutOutcome {
        guard let id = key.text, !id.isEmpty else {
            throw ObjectFailure(.badName, "The id of an image must be UTF-8.", remedy: "Rename the object.")
        }
        let form = UploadForm(id: id, content: content, entropy: entropy)
        var call = Call(method: .post, host: hosts.batch, path: "/images/v1")
        call.contentType = form.contentType
        call.body = form.bytes
        call.upload = form.upload
        let answer = try await sendToBatch(call)
        switch answer.status {
        case 200, 201:
            answer.rest?.close()
            return .created
        case 409:
            answer.rest?.close()
            switch precondition {
            case .createOnly: return .kept
            case .always: return try await replace(id, call)
            case .ifMatches:
                throw ObjectFailure(
                    .refused, "Cloudflare Images has an image of that id and knows no states of it.",
                    remedy: "Replace it whatever it is, or leave existing images alone.")
            }
        default: throw await failure(answer)
        }
    }

    private func replace(_ id: String, _ call: Call) async throws(ObjectFailure) -> PutOutcome {
        let removal = Call(method: .delete, host: hosts.batch, path: Self.path(of: id))
        let removed = try await sendToBatch(removal)
        guard [200, 404].contains(removed.status) else { throw await failure(removed) }
        removed.rest?.close()
        guard call.upload == nil else {
            // Its bytes are gone; the next try finds the id free.
            throw ObjectFailure(.unavailable, "The old image was deleted, and the new one is to be sent again.")
        }
        let answer = try await sendToBatch(call)
        guard [200, 201].contains(answer.status) else { throw await failure(answer) }
        answer.rest?.close()
        return .replaced
    }

    private static func path(of id: String) -> String {
        "/images/v1/" + PercentEncoding.encode(id.utf8, keepingSlashes: true)
    }

    package func lookUp(_ key: ObjectKey) async throws(ObjectFailure) -> TargetObject? {
        guard let id = key.text else { return nil }
        let answer = try await sendToBatch(Call(method: .get, host: hosts.batch, path: Self.path(of: id)))
        switch answer.status {
        case 200:
            answer.rest?.close()
            return TargetObject(size: nil)
        case 404: return nil
        default: throw await failure(answer)
        }
    }

    package func quota() async throws(ObjectFailure) -> TargetQuota? {
        let stats: ImagesStats = try await ask("stats")
        return TargetQuota(used: stats.count.current, allowed: stats.count.allowed)
    }

    // MARK: requests

    private struct Call {
        let method: WebMethod
        let host: WebURL
        let path: String
        var contentType: String?
        var body: [UInt8] = []
        var upload: WebUpload?
    }

    /// A token that is refused before its time is fetched once more; a body that came in pieces is gone by then.
    private func sendToBatch(_ call: Call) async throws(ObjectFailure) -> WebStream {
        let bearer = try await bearer()
        let answer = try await send(call, bearer: bearer)
        guard answer.status == 401 else { return answer }
        await batch.forget(bearer)
        guard call.upload == nil else {
            answer.rest?.close()
            throw ObjectFailure(.unavailable, "The batch token had ended.", remedy: "Try again.")
        }
        answer.rest?.close()
        return try await send(call, bearer: try await self.bearer())
    }

    private func bearer() async throws(ObjectFailure) -> String {
        try await batch.current { [self] () throws(ObjectFailure) in try await ask("batch_token") }
    }

    /// A question to the account's own interface.
    private func ask<Answer: Decodable>(_ what: String) async throws(ObjectFailure) -> Answer {
        let path = "/client/v4/accounts/\(account)/images/v1/\(what)"
        let answer = try await send(Call(method: .get, host: hosts.api, path: path), bearer: token)
        guard answer.status == 200 else { throw await failure(answer) }
        let body = (try? await answer.whole(atMost: 1 << 20)) ?? []
        guard let result = ImagesEnvelope<Answer>(body)?.result else {
            throw ObjectFailure(.unreadable, "Cloudflare's answer to \(what) cannot be read.")
        }
        return result
    }

    private func send(_ call: Call, bearer: String) async throws(ObjectFailure) -> WebStream {
        do {
            var headers = WebHeaders([try WebHeader("Authorization", "Bearer \(bearer)")])
            if let type = call.contentType { headers.append(try WebHeader("Content-Type", type)) }
            let request = WebRequest(
                call.method, try call.host.replacing(target: call.path), headers: headers, body: call.body,
                pathAsIs: true, deadlines: patience.deadlines)
            return try await transport.open(
                request, WebStreamOptions(window: patience.window, stall: patience.stall, upload: call.upload))
        } catch let error as WebError {
            throw ObjectFailure(error)
        } catch let error as ObjectFailure {
            throw error
        } catch {
            throw ObjectFailure(.cancelled, "The request was cancelled.")
        }
    }

    private func failure(_ answer: WebStream) async -> ObjectFailure {
        let body = (try? await answer.whole(atMost: 64 << 10)) ?? []
        return ImagesRefusal(status: answer.status, headers: answer.headers, body: body).failure
    }
}
