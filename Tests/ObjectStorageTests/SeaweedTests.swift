import CurlTransport
import ImageSourcing
import ObjectStorage
import Synchronization
import TestKit
import Testing

/// A real S3 server, with its own answers and its own troubles.
@Suite(.timeLimit(.minutes(5)), .enabled(if: ObjectStoreTools.isInstalled)) struct SeaweedTests {
    private func failure<T>(_ call: () async throws(ObjectFailure) -> T) async -> ObjectFailure.Code? {
        await refusal(call)?.code
    }

    @Test func objectsComeBackAsTheyWere() async throws {
        let client = try await StoreRig.weedBucket("round")
        let target = S3Target(client)
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let key = ObjectKey("a b/é+%41.jpg")
        #expect(
            try await target.put(
                key, ImageContent(.bytes(bytes), format: .jpeg, metadata: ["source": "press  room"]), .createOnly)
                == .created)
        let body = try await S3Source(client).open(key)
        #expect(body.head.length == 200_000)
        #expect(body.head.contentType == "image/jpeg")
        #expect(body.head.metadata["source"] != nil)
        let etag = try #require(body.head.etag)
        #expect(try await body.everything() == bytes)
        #expect(try await target.lookUp(key) == TargetObject(size: 200_000, etag: etag))
        #expect(try await target.lookUp(ObjectKey("none")) == nil)
        let part = try await S3Source(client).open(key, range: 10..<20, expecting: etag)
        #expect(try await part.everything() == Array(bytes[10..<20]))
    }

    @Test func aStreamOfUnknownContentIsPutWhole() async throws {
        let client = try await StoreRig.weedBucket("streamed")
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
        let content = ImageContent(.stream(BufferedStream(bytes), length: 3_000_000), format: .png)
        #expect(try await S3Target(client).put(ObjectKey("big.png"), content, .createOnly) == .created)
        #expect(try await S3Source(client).open(ObjectKey("big.png")).everything() == bytes)
    }

    /// Finding out at the last byte that an image is damaged leaves nothing behind.
    @Test func aStreamThatFailsStoresNothing() async throws {
        let client = try await StoreRig.weedBucket("failing")
        let target = S3Target(client)
        let stream = FailingStream(pieces: 5)
        let error = await failure { () throws(ObjectFailure) in
            try await target.put(
                ObjectKey("half.png"), ImageContent(.stream(stream, length: 5 * 100_000), format: .png), .always)
        }
        #expect(error == .cut)
        #expect(try await target.lookUp(ObjectKey("half.png")) == nil)
    }

    /// Of many at once exactly one creates, and what is there is never touched.
    @Test func onlyOneCreates() async throws {
        let client = try await StoreRig.weedBucket("create-only")
        let target = S3Target(client)
        let outcomes = try await withThrowingTaskGroup(of: PutOutcome.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await target.put(
                        ObjectKey("one.png"), ImageContent(.bytes(Array("\(number)".utf8)), format: .png), .createOnly)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .created } == 1)
        #expect(outcomes.count { $0 == .kept } == 7)
        let first = try await StoreRig.text(of: ObjectKey("one.png"), in: client)
        let late = ImageContent(.bytes(Array("late".utf8)), format: .png)
        #expect(try await target.put(ObjectKey("one.png"), late, .ifMatches(EntityTag("0123"))) == .kept)
        #expect(try await StoreRig.text(of: ObjectKey("one.png"), in: client) == first)
        let etag = try #require(try await target.lookUp(ObjectKey("one.png"))?.etag)
        #expect(try await target.put(ObjectKey("one.png"), late, .ifMatches(etag)) == .replaced)
        #expect(try await StoreRig.text(of: ObjectKey("one.png"), in: client) == "late")
    }

    @Test func listingsComeInPages() async throws {
        let client = try await StoreRig.weedBucket("pages")
        let wanted = (0..<25).map { ObjectKey("k/\($0 < 10 ? "0" : "")\($0)") } + [ObjectKey("k-a"), ObjectKey("l")]
        for key in wanted { try await StoreRig.put("x", as: key, in: client) }
        for page in [1, 7, 1000] {
            #expect(Set(try await StoreRig.keys(of: client, page: page)) == Set(wanted), "\(page) a page")
        }
        let page = try await S3Source(client).list(
            ListingRequest(prefix: ObjectKey("k/"), after: ObjectKey("k/03"), limit: 2))
        #expect(page.objects.map(\.key) == [ObjectKey("k/04"), ObjectKey("k/05")])
        #expect(page.objects.allSatisfy { $0.size == 1 && $0.etag != nil && $0.modified != nil })
        #expect(page.next == ObjectKey("k/05"))
    }

    @Test func refusalsAreTyped() async throws {
        let client = try await StoreRig.weedBucket("refusals")
        let source = S3Source(client)
        try await StoreRig.put("x", as: ObjectKey("x"), in: client)
        #expect(await failure { () throws(ObjectFailure) in try await source.open(ObjectKey("none")) } == .gone)
        #expect(
            await failure { () throws(ObjectFailure) in
                try await source.open(ObjectKey("x"), range: nil, expecting: EntityTag("00"))
            } == .changed)
        #expect(
            await failure { () throws(ObjectFailure) in
                try await source.open(ObjectKey("x"), range: 5..<9, expecting: nil)
            } == .unsatisfiable)
        let none = S3Source(try await StoreRig.weedClient("no-such-bucket"))
        #expect(await failure { () throws(ObjectFailure) in try await none.list(ListingRequest()) } == .missing)
        for (id, secret) in [(SeaweedFS.keyID, "nottheone"), ("AKNOBODY", "whatever")] {
            let wrong = S3Source(
                try await StoreRig.weedClient("refusals", credentials: S3Credentials(keyID: id, secret: secret)))
            let error = await refusal { () throws(ObjectFailure) in try await wrong.list(ListingRequest()) }
            #expect(error?.code == .denied)
            #expect(error.map { "\($0)".contains(secret) } == false)
        }
        let reader = S3Target(
            try await StoreRig.weedClient(
                "refusals", credentials: S3Credentials(keyID: SeaweedFS.readerKeyID, secret: SeaweedFS.readerSecret)))
        let content = ImageContent(.bytes([1]), format: .png)
        #expect(
            await failure { () throws(ObjectFailure) in try await reader.put(ObjectKey("y"), content, .always) }
                == .denied)
        #expect(
            await failure { () throws(ObjectFailure) in
                try await S3Source(
                    S3Client(
                        S3Location(endpointOfNobody: ()), nil, transport: StoreRig.transport, now: StoreRig.now)
                ).list(ListingRequest())
            } == .unreachable)
    }

    @Test func troublesOfTheWayAreTyped() async throws {
        let client = try await StoreRig.weedBucket("troubles")
        let weed = try await StoreRig.weed.value
        try await StoreRig.put(String(repeating: "x", count: 300_000), as: ObjectKey("x"), in: client)
        let proxy = try await FaultProxy.start(before: weed.address)
        let patient = StoragePatience(connect: .seconds(5), stall: .seconds(1))
        let source = S3Source(try await StoreRig.weedClient("troubles", through: proxy.url, patience: patient))
        let read: () async -> ObjectFailure? = {
            await refusal { () throws(ObjectFailure) in try await source.open(ObjectKey("x")).everything() }
        }
        #expect(await read() == nil)
        var busy = FaultProxy.Fault(.status)
        busy.retryAfter = 3
        try await proxy.set([busy])
        #expect(await read()?.code == .throttled)
        #expect(await read()?.retryAfter == .seconds(3))
        var trouble = FaultProxy.Fault(.status)
        trouble.status = 500
        trouble.methods = "GET"
        try await proxy.set([trouble])
        #expect(await read()?.isPassing == true)
        var cut = FaultProxy.Fault(.cut)
        cut.after = 100_000
        try await proxy.set([cut])
        #expect(await read()?.code == .cut)
        var stall = FaultProxy.Fault(.stall)
        stall.after = 100_000
        try await proxy.set([stall])
        #expect(await read()?.code == .timedOut)
        try await proxy.set([FaultProxy.Fault(.refuse)])
        #expect(await read()?.code == .cut)
        var slow = FaultProxy.Fault(.slow)
        slow.pause = 0.001
        try await proxy.set([slow])
        #expect(await read() == nil)
    }

    @Test func aSourceThatVanishesIsUnreachable() async throws {
        let weed = try await SeaweedFS.start()
        let client = S3Client(
            try S3Location(bucket: "gone", endpoint: weed.url),
            S3Credentials(keyID: SeaweedFS.keyID, secret: SeaweedFS.secret), transport: StoreRig.transport,
            now: StoreRig.now)
        try await eventually(within: .seconds(60), "a bucket") { try await client.makeBucket() }
        try await StoreRig.put("x", as: ObjectKey("x"), in: client)
        try await weed.kill()
        let error = await refusal { () throws(ObjectFailure) in try await S3Source(client).open(ObjectKey("x")) }
        #expect(error?.isPassing == true)
    }
}

extension S3Location {
    /// A port on which nobody listens.
    fileprivate init(endpointOfNobody: ()) throws(ObjectFailure) {
        guard let free = try? FreePort.one(), let location = try? S3Location(bucket: "b", endpoint: "http://\(free)")
        else { throw ObjectFailure(.local, "no free port") }
        self = location
    }
}

/// Gives some pieces and then says that the connection broke.
private final class FailingStream: ByteStream {
    private let left: Atomic<Int>
    init(pieces: Int) { left = Atomic(pieces) }

    func next() async throws(ObjectFailure) -> [UInt8]? {
        guard left.wrappingSubtract(1, ordering: .relaxed).oldValue > 0 else { throw ObjectFailure(.cut, "broken") }
        return [UInt8](repeating: 7, count: 100_000)
    }

    func close() {}
}
