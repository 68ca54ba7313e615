import CurlTransport
import Synchronization
import Testing
import WebTransport

@Suite(.timeLimit(.minutes(2))) struct CurlStreamTests {
    private let transport = CurlTransport()
    private let port: Int

    init() throws { port = try LoopbackServer.plain.get().port }

    private func request(_ path: String, _ method: WebMethod = .get, body: [UInt8] = []) throws -> WebRequest {
        WebRequest(method, try WebURL("http://127.0.0.1:\(port)\(path)"), body: body)
    }

    @Test func aShortAnswerIsThereAtOnce() async throws {
        let stream = try await transport.open(try request("/big?n=1000"), WebStreamOptions())
        #expect(stream.status == 200)
        #expect(stream.length == 1000)
        #expect(stream.first.count == 1000)
        #expect(stream.rest == nil)
    }

    @Test(arguments: [1, 1_000, 65_536, 10_000_000])
    func aLongAnswerComesInPiecesOfAboutTheWindow(window: Int) async throws {
        let stream = try await transport.open(try request("/big?n=5000000"), WebStreamOptions(window: window))
        var sizes = [stream.first.count]
        while let piece = try await stream.rest?.next() { sizes.append(piece.count) }
        #expect(sizes.reduce(0, +) == 5_000_000)
        // One read of libcurl at most beyond the window, which it holds back when the reader is slow and gives at once.
        #expect(sizes.allSatisfy { $0 <= window + 65_536 * 2 })
        #expect(try await stream.rest?.next() == nil)
    }

    /// The server gets no further than the buffers between: the reader's pause reaches it.
    @Test func aSlowReaderHoldsTheServerBack() async throws {
        let stream = try await transport.open(try request("/counted?n=60000000"), WebStreamOptions())
        let rest = try #require(stream.rest)
        var last = -1
        // Until nothing moves any more between two looks.
        while true {
            let sent = try await counted()
            if sent == last { break }
            last = sent
            for _ in 0..<50 { _ = try await counted() }
        }
        #expect(last < 30_000_000)
        var total = stream.first.count
        while let piece = try await rest.next() { total += piece.count }
        #expect(total == 60_000_000)
    }

    private func counted() async throws -> Int {
        Int(String(decoding: try await transport.send(request("/sent")).body, as: UTF8.self)) ?? -1
    }

    @Test func errorsOfTheServerAreAnswers() async throws {
        let stream = try await transport.open(try request("/headers"), WebStreamOptions())
        #expect(stream.status == 404)
        #expect(stream.headers["X-B"] == ["1", "3"])
    }

    @Test func whatCameBeforeTheConnectionBrokeIsRead() async throws {
        let stream = try await transport.open(
            try request("/broken"), WebStreamOptions(window: 1))
        var received = stream.first
        do {
            while let piece = try await stream.rest?.next() { received += piece }
            Issue.record("no error")
        } catch {
            #expect(error.code == .connectionBroken)
        }
        #expect(String(decoding: received, as: UTF8.self) == "short")
    }

    @Test func aClosedBodyEndsItsConnectionAndNoOther() async throws {
        let stream = try await transport.open(try request("/big?n=50000000"), WebStreamOptions())
        stream.rest?.close()
        await #expect(throws: WebError.self) { while try await stream.rest?.next() != nil {} }
        #expect(try await transport.send(request("/big?n=3")).body.count == 3)
    }

    @Test func aServerThatSaysNothingIsGivenUp() async throws {
        let started = try request("/hang")
        let error = await #expect(throws: WebError.self) {
            try await transport.open(started, WebStreamOptions(stall: .seconds(1)))
        }
        #expect(error?.code == .timedOut)
    }

    @Test func cancellingEndsIt() async throws {
        let hanging = try request("/hang")
        let task = Task { try await transport.open(hanging, WebStreamOptions()) }
        while try await transport.send(request("/hanging")).body == Array("0".utf8) {}
        task.cancel()
        let error = await #expect(throws: WebError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test(arguments: [[], [1], [70_000, 1, 200_000], Array(repeating: 1_000, count: 300)])
    func uploadsArriveByteForByte(pieces: [Int]) async throws {
        let made = Pieces(pieces)
        let stream = try await transport.open(
            try request("/x", .put),
            WebStreamOptions(upload: WebUpload(length: Int64(pieces.reduce(0, +)), next: { made.next() })))
        let echo = try Echo(try await stream.whole(atMost: 1 << 20))
        #expect(echo.method == "PUT")
        #expect(echo.bodyLength == pieces.reduce(0, +))
        let twin = try Echo(try await transport.send(request("/x", .put, body: Pieces(pieces).all())).body)
        #expect(echo.bodyDigest == twin.bodyDigest)
        #expect(echo.headers.map { $0[0] } == ["Host", "Content-Length"])
    }

    @Test func anUploadHasTheMethodThatWasAskedFor() async throws {
        let made = Pieces([3])
        let stream = try await transport.open(
            try request("/x", .post), WebStreamOptions(upload: WebUpload(length: 3, next: { made.next() })))
        let echo = try Echo(stream.first)
        #expect(echo.method == "POST" && echo.bodyLength == 3)
    }

    private struct Fault: Error, Equatable {}

    /// A source that finds fault with its last byte: nothing of the object may be complete on the other side.
    @Test(arguments: [0, 1, 3]) func anErrorOfTheSourceEndsTheUpload(after count: Int) async throws {
        let made = Pieces(Array(repeating: 1000, count: count))
        await #expect(throws: Fault.self) {
            try await transport.open(
                try request("/upload", .put),
                WebStreamOptions(
                    upload: WebUpload(
                        length: Int64(max(1, count * 1000)),
                        next: {
                            guard let piece = made.next() else { throw Fault() }
                            return piece
                        })))
        }
        #expect(try await transport.send(request("/uploads")).body == Array("0".utf8))
    }

    @Test func fewerBytesThanAnnouncedAreAnError() async throws {
        let made = Pieces([10])
        await #expect(throws: WebError.self) {
            try await transport.open(
                try request("/upload", .put), WebStreamOptions(upload: WebUpload(length: 11, next: { made.next() })))
        }
    }

    /// More streams than there may be whole answers, each waiting for its reader: nothing stands still.
    @Test func streamsDoNotWaitForEachOther() async throws {
        let narrow = CurlTransport(concurrency: 1)
        let streams = try await withThrowingTaskGroup(of: WebStream.self) { group in
            for _ in 0..<40 {
                group.addTask { try await narrow.open(try request("/big?n=300000"), WebStreamOptions()) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await narrow.send(request("/big?n=3")).body.count == 3)
        for stream in streams { #expect(try await stream.whole(atMost: 1 << 20).count == 300_000) }
    }

    @Test func connectionsAreUsedAgain() async throws {
        var clients: Set<Int> = []
        for _ in 0..<20 {
            let stream = try await transport.open(try request("/x"), WebStreamOptions())
            clients.insert(try Echo(stream.first).client)
        }
        #expect(clients.count == 1)
    }
}

/// Pieces of recognisable bytes, one after the other.
private final class Pieces: Sendable {
    private let left: Mutex<[Int]>
    private let offset = Mutex(0)
    init(_ sizes: [Int]) { left = Mutex(sizes) }

    func next() -> [UInt8]? {
        guard let size = left.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
        return offset.withLock { offset in
            defer { offset += size }
            return (offset..<offset + size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        }
    }

    func all() -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = next() { bytes += piece }
        return bytes
    }
}
