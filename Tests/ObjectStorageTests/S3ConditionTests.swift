import ImageSourcing
import ObjectStorage
import Synchronization
import Testing
import WebTransport

/// "Only where nothing is" at stores that decide it, and at those that pay no heed to it and replace what is there.
@Suite("S3: only where nothing is") struct S3ConditionTests {
    /// A store of one bucket.
    private final class Shelf: WebStreaming {
        let heeds: Bool
        /// Whether a name may be looked up.
        let shows: Bool
        let state: Mutex<(objects: [String: [UInt8]], asked: [String])>

        init(heeds: Bool, shows: Bool = true, _ objects: [String: [UInt8]] = [:]) {
            (self.heeds, self.shows) = (heeds, shows)
            state = Mutex((objects, []))
        }

        func open(_ request: WebRequest, _ options: WebStreamOptions) async throws -> WebStream {
            var body = request.body
            while let piece = try await options.upload?.next() { body += piece }
            let name = "\(request.url)".split(separator: "/").last.map(String.init) ?? ""
            let isConditional = request.headers.first("if-none-match") == "*"
            let (status, length) = state.withLock { state -> (Int, Int) in
                state.asked.append("\(request.method) \(name)")
                let there = state.objects[name]
                if request.method == .delete {
                    state.objects[name] = nil
                    return (204, 0)
                }
                guard request.method == .put else {
                    guard shows else { return (403, 0) }
                    return (there == nil ? 404 : 200, there?.count ?? 0)
                }
                if isConditional, heeds, there != nil { return (412, 0) }
                state.objects[name] = body
                return (200, 0)
            }
            return WebStream(status: status, headers: WebHeaders(), length: Int64(length), first: [], rest: nil)
        }

        subscript(name: String) -> [UInt8]? { state.withLock { $0.objects[name] } }

        func asked() -> [String] {
            state.withLock { state in
                defer { state.asked = [] }
                return state.asked
            }
        }
    }

    private func target(_ shelf: Shelf) throws -> S3Target {
        S3Target(
            S3Client(
                try S3Location(bucket: "gallery", endpoint: "http://127.0.0.1:1"), nil, transport: shelf, now: { 0 }))
    }

    private func image(_ text: String) -> ImageContent { ImageContent(.bytes(Array(text.utf8)), format: .png) }

    @Test func nothingIsReplacedWhereTheStorePaysNoHeed() async throws {
        let shelf = Shelf(heeds: false, ["old.png": Array("precious".utf8)])
        let target = try target(shelf)
        #expect(try await target.put(ObjectKey("old.png"), image("x"), .createOnly) == .kept)
        #expect(try await target.put(ObjectKey("new.png"), image("new"), .createOnly) == .created)
        // It is known now that it does not decide, and what was stored then is no less precious.
        #expect(try await target.put(ObjectKey("old.png"), image("x"), .createOnly) == .kept)
        #expect(try await target.put(ObjectKey("new.png"), image("other"), .createOnly) == .kept)
        let stream = ImageContent(.stream(BufferedStream([1, 2, 3]), length: 3), format: .png)
        #expect(try await target.put(ObjectKey("old.png"), stream, .createOnly) == .kept)
        #expect(shelf["old.png"] == Array("precious".utf8) && shelf["new.png"] == Array("new".utf8))
        #expect(try await target.put(ObjectKey("new.png"), image("other"), .always) == .created)
        #expect(shelf["new.png"] == Array("other".utf8))
    }

    @Test func aStoreThatDecidesIsAskedOnceWhetherItDoes() async throws {
        let shelf = Shelf(heeds: true)
        let target = try target(shelf)
        for name in ["a.png", "b.png"] {
            #expect(try await target.put(ObjectKey(name), image(name), .createOnly) == .created)
        }
        #expect(shelf.asked() == ["HEAD a.png", "PUT a.png", "PUT a.png", "PUT b.png"])
        #expect(try await target.put(ObjectKey("a.png"), image("x"), .createOnly) == .kept)
        #expect(shelf.asked() == ["PUT a.png"] && shelf["a.png"] == Array("a.png".utf8))
    }

    /// As S3 answers those who may write and not list: what is not there is forbidden too.
    @Test func whoMayNotLookUpWritesWhereTheStoreDecides() async throws {
        let shelf = Shelf(heeds: true, shows: false, ["old.png": Array("precious".utf8)])
        let target = try target(shelf)
        #expect(try await target.put(ObjectKey("old.png"), image("x"), .createOnly) == .kept)
        #expect(try await target.put(ObjectKey("new.png"), image("new"), .createOnly) == .created)
        #expect(shelf["old.png"] == Array("precious".utf8) && shelf["new.png"] == Array("new".utf8))
        let asked = shelf.asked().map { $0.hasPrefix("DELETE signalbox-") ? "DELETE" : $0 }
        #expect(asked.count == 6 && asked.contains("DELETE"), "tried once, and taken away: \(asked)")

        let heedless = Shelf(heeds: false, shows: false, ["old.png": Array("precious".utf8)])
        let other = try self.target(heedless)
        for _ in 1...2 {
            await #expect(throws: ObjectFailure.self) {
                try await other.put(ObjectKey("old.png"), image("x"), .createOnly)
            }
        }
        #expect(heedless.state.withLock { $0.objects } == ["old.png": Array("precious".utf8)])
    }
}
