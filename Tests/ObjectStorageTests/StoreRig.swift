import CurlTransport
import Glibc
import ImageSourcing
import ObjectStorage
import TestKit
import WebTransport

/// One SeaweedFS and one moto for all tests of this target, each in buckets of its own.
enum StoreRig {
    static let weed = Task { try await SeaweedFS.start() }
    static let moto = Task { try await MotoServer.start() }
    static let transport = CurlTransport()

    /// Milliseconds since 1970.
    static let now: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    static func weedBucket(_ name: String) async throws -> S3Client {
        let client = try await weedClient(name)
        try await makeBucket(client)
        return client
    }

    /// Without making the bucket.
    static func weedClient(
        _ bucket: String, through endpoint: String? = nil, credentials: S3Credentials? = nil,
        patience: StoragePatience = .standard
    ) async throws -> S3Client {
        let weed = try await weed.value
        return S3Client(
            try S3Location(bucket: bucket, endpoint: endpoint ?? weed.url),
            credentials ?? S3Credentials(keyID: SeaweedFS.keyID, secret: SeaweedFS.secret), transport: transport,
            patience: patience, now: now)
    }

    static func motoBucket(_ name: String) async throws -> S3Client {
        let moto = try await moto.value
        let client = S3Client(
            try S3Location(bucket: name, endpoint: moto.url), S3Credentials(keyID: moto.keyID, secret: moto.secret),
            transport: transport, now: now)
        try await makeBucket(client)
        return client
    }

    /// A store takes its first objects a moment after it listens.
    private static func makeBucket(_ client: S3Client) async throws {
        try await eventually(within: .seconds(60), "a bucket") { try await client.makeBucket() }
    }

    static func put(_ text: String, as key: ObjectKey, in client: S3Client) async throws {
        _ = try await S3Target(client).put(key, ImageContent(.bytes(Array(text.utf8)), format: .png), .always)
    }

    static func text(of key: ObjectKey, in client: S3Client) async throws -> String {
        String(decoding: try await S3Source(client).open(key).everything(), as: UTF8.self)
    }

    static func keys(of client: S3Client, page: Int = 1000) async throws -> [ObjectKey] {
        var keys: [ObjectKey] = []
        var request = ListingRequest(limit: page)
        while true {
            let found = try await S3Source(client).list(request)
            keys += found.objects.map(\.key)
            guard let next = found.next else { return keys }
            request.after = next
        }
    }
}

extension ObjectBody {
    func everything() async throws(ObjectFailure) -> [UInt8] {
        var all: [UInt8] = []
        while let chunk = try await bytes.next() { all += chunk }
        return all
    }
}

/// What a call is refused with; nil when it is not.
func refusal<T>(_ call: () async throws(ObjectFailure) -> T) async -> ObjectFailure? {
    do throws(ObjectFailure) {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}
