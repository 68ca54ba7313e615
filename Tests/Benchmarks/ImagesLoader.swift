import CurlTransport
import Glibc
import ImageSourcing
import ObjectStorage
import TestKit

/// Makes buckets and fills them with images for a benchmark.
struct Loader: Sendable {
    let store: SeaweedFS
    private let transport = CurlTransport()

    private func client(_ bucket: String) throws -> S3Client {
        S3Client(
            try S3Location(bucket: bucket, endpoint: store.url),
            S3Credentials(keyID: SeaweedFS.keyID, secret: SeaweedFS.secret), transport: transport,
            now: { Int64(Clocks.wall()) })
    }

    func makeBucket(_ name: String) async throws {
        let client = try client(name)
        try await eventually(within: .seconds(60), "a bucket") { try await client.makeBucket() }
    }

    /// So many images of 2 to 60 kB, no two the same, in a thousand folders.
    func fill(_ bucket: String, objects: Int) async throws {
        try await makeBucket(bucket)
        let target = S3Target(try client(bucket))
        let samples = Self.samples
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<16 {
                group.addTask {
                    for number in stride(from: lane, to: objects, by: 16) {
                        let (format, ending, bytes) = samples[number % samples.count]
                        let key = ObjectKey("u/\(number % 40)/\(number / 40 % 25)/image-\(number).\(ending)")
                        // Bytes behind the end of an image belong to nobody.
                        let body = bytes + Array("number \(number)".utf8)
                        _ = try await target.put(key, ImageContent(.bytes(body), format: format), .always)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    func count(_ bucket: String) async throws -> Int {
        let source = S3Source(try client(bucket))
        var request = ListingRequest()
        var count = 0
        while true {
            let page = try await source.list(request)
            count += page.objects.count
            guard let next = page.next else { return count }
            request.after = next
        }
    }

    private static var samples: [(format: ImageFormat, ending: String, bytes: [UInt8])] {
        (0..<60).map { index in
            let size = 2_000 + index * 980
            switch index % 3 {
            case 0: return (.jpeg, "jpg", SampleImage.jpeg(width: 800, height: 600, size: size, seed: UInt8(index)))
            case 1: return (.png, "png", SampleImage.png(width: 200, height: size / 201 + 1, seed: UInt8(index)))
            default: return (.webp, "webp", SampleImage.webp(width: 800, height: 600, size: size))
            }
        }
    }
}
