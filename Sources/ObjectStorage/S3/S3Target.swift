package import ImageSourcing
internal import Synchronization
internal import WebTransport

/// A bucket that images go to: R2, S3, MinIO, SeaweedFS, Google Cloud Storage.
///
/// An object appears when its last byte has arrived, or not at all. "Only where nothing is" is decided by the store
/// (`If-None-Match: *`; https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html, R2 the same;
/// Google's `x-goog-if-generation-match: 0`). Some stores pay no heed to it and replace what is there (`rclone serve s3`,
/// older Ceph and MinIO). Which one this is, its own answer tells when the first object that was stored is sent once more;
/// until it has told, and for good where it does not decide, a name is looked up before something gets it. A stream is
/// never sent twice, so a target that gets nothing else goes on looking up. Credentials that may not look names up get
/// something only where the store is known to decide, which is tried on a name of our own.
package struct S3Target: ImageTarget {
    /// What is known of the store's way with "only where nothing is".
    private enum Deciding { case unknown, asked, decides, ignores }

    private final class Memory: Sendable {
        let deciding: Mutex<Deciding>
        /// Under way, or told.
        let trial = Mutex<Task<Bool, Never>?>(nil)
        init(_ deciding: Deciding) { self.deciding = Mutex(deciding) }
    }

    private let client: S3Client
    private let memory: Memory

    package init(_ client: S3Client) {
        self.client = client
        memory = Memory(client.location.dialect == .google ? .decides : .unknown)
    }

    /// 5 GiB is what one PUT takes, 1024 bytes what a key may have.
    package var capabilities: TargetCapabilities {
        TargetCapabilities(maximumBytes: 5 << 30, maximumKeyBytes: 1024)
    }

    package func put(
        _ key: ObjectKey, _ content: ImageContent, _ precondition: PutPrecondition
    ) async throws(ObjectFailure) -> PutOutcome {
        guard precondition == .createOnly, memory.deciding.withLock({ $0 != .decides }) else {
            return try await send(key, content, precondition)
        }
        do throws(ObjectFailure) {
            if try await lookUp(key) != nil { return .kept }
        } catch {
            // S3 refuses the name of what is not there to those who may not list the bucket.
            guard error.code == .denied, await decides() else { throw error }
        }
        let outcome = try await send(key, content, .createOnly)
        if outcome == .created, !content.isStream { await ask(again: key, content) }
        return outcome
    }

    /// Whether the store decides, tried once on a name of our own.
    private func decides() async -> Bool {
        if memory.deciding.withLock({ $0 == .ignores }) { return false }
        let trial = memory.trial.withLock { trial in
            let task = trial ?? Task { await tryOut() }
            trial = task
            return task
        }
        return await trial.value
    }

    private func tryOut() async -> Bool {
        let key = ObjectKey("signalbox-\(UInt64.random(in: 0...UInt64.max)).png")
        let nothing = ImageContent(.bytes([]), format: .png)
        let first = try? await send(key, nothing, .createOnly)
        let second = first == .created ? try? await send(key, nothing, .createOnly) : nil
        if first != nil {
            (try? await client.send(S3Client.Call(method: .delete, path: client.location.path(key.bytes))))?.rest?
                .close()
        }
        guard let second else {
            // It is tried again with the next object.
            memory.trial.withLock { $0 = nil }
            return false
        }
        memory.deciding.withLock { $0 = second == .kept ? .decides : .ignores }
        return second == .kept
    }

    /// Sends what was stored just now once more: the same bytes to the same place. Only what somebody else put there in
    /// that moment could be replaced.
    private func ask(again key: ObjectKey, _ content: ImageContent) async {
        let isToAsk = memory.deciding.withLock { deciding in
            guard deciding == .unknown else { return false }
            deciding = .asked
            return true
        }
        guard isToAsk else { return }
        let outcome = try? await send(key, content, .createOnly)
        memory.deciding.withLock { deciding in
            deciding =
                switch outcome {
                case .kept: .decides
                case nil: .unknown
                default: .ignores
                }
        }
    }

    private func send(
        _ key: ObjectKey, _ content: ImageContent, _ precondition: PutPrecondition
    ) async throws(ObjectFailure) -> PutOutcome {
        var call = S3Client.Call(method: .put, path: client.location.path(key.bytes))
        call.headers.append(("content-type", content.format.mediaType))
        call.headers += metadata(content.metadata)
        switch precondition {
        case .always: break
        case .createOnly:
            call.headers.append(
                client.location.dialect == .google ? ("x-goog-if-generation-match", "0") : ("if-none-match", "*"))
        case .ifMatches(let etag): call.headers.append(("if-match", "\"\(etag.text)\""))
        }
        switch content.body {
        case .bytes(let bytes): call.body = bytes
        case .stream(let stream, let length):
            call.upload = WebUpload(length: length) { try await stream.next() }
        }
        let answer = try await client.send(call)
        switch answer.status {
        case 200, 201, 204:
            answer.rest?.close()
            if case .ifMatches = precondition { return .replaced }
            return .created
        case 412 where precondition != .always:
            answer.rest?.close()
            return .kept
        default:
            throw unlikeGone(await client.failure(answer))
        }
    }

    /// Nothing can be gone where something is to be put: what is not found is the bucket.
    private func unlikeGone(_ failure: ObjectFailure) -> ObjectFailure {
        guard failure.code == .gone else { return failure }
        return ObjectFailure(.missing, "There is no bucket \(client.location.bucket).", remedy: "Check the name.")
    }

    package func lookUp(_ key: ObjectKey) async throws(ObjectFailure) -> TargetObject? {
        let answer = try await client.send(S3Client.Call(method: .head, path: client.location.path(key.bytes)))
        switch answer.status {
        case 200:
            return TargetObject(
                size: answer.length, etag: answer.headers.first("ETag").flatMap(EntityTag.init(quoted:)))
        case 404: return nil
        default: throw await client.failure(answer)
        }
    }

    package func quota() async throws(ObjectFailure) -> TargetQuota? { nil }

    /// What can stand in a header line; a value that cannot is left out rather than changed.
    private func metadata(_ metadata: [String: String]) -> [(name: String, value: String)] {
        metadata.sorted { $0.key < $1.key }.compactMap { name, value in
            let line = client.location.dialect.headerPrefix + "meta-" + name.lowercased()
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), (try? WebHeader(line, value)) != nil else {
                return nil
            }
            return (line, value)
        }
    }
}
