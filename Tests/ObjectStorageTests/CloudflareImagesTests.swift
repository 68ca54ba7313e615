import CurlTransport
import FoundationEssentials
import ImageSourcing
import ObjectStorage
import TestKit
import Testing
import WebTransport

/// Cloudflare Images, played by a server that is shaped like its public OpenAPI description (`images_api.py`).
@Suite(.timeLimit(.minutes(2))) struct CloudflareImagesTests {
    private static let account = "023e105f4ecef8ad9ca31a8372d0c353"

    /// The server and a target for it.
    private struct Rig {
        let child: ChildProcess
        let url: String

        init(_ arguments: [String] = []) async throws {
            let child = try ChildProcess(
                "python3", [Checkout.root + "/Tests/ObjectStorageTests/images_api.py"] + arguments)
            let port: Int = try await eventually(within: .seconds(20), "the server's port") {
                Int(child.output.split(separator: "\n").first ?? "")
            }
            self.child = child
            url = "http://127.0.0.1:\(port)"
        }

        func target(token: String = "api-token-for-tests", account: String = account) throws -> CloudflareImagesTarget {
            try CloudflareImagesTarget(
                account: account, token: token, hosts: CloudflareImagesTarget.Hosts(api: url, batch: url),
                transport: StoreRig.transport, entropy: { .random(in: 0 ... .max) }, now: StoreRig.now)
        }

        struct State: Decodable {
            struct Image: Decodable {
                let size: Int
                let type: String
                let meta: [String: String]?
            }
            struct Result: Decodable {
                let images: [String: Image]
                let counts: [String: Int]
            }
            let result: Result
        }

        func state() async throws -> State.Result {
            let stream = try await StoreRig.transport.open(
                WebRequest(.get, try WebURL(url + "/__state")), WebStreamOptions())
            let body = try await stream.whole(atMost: 1 << 20)
            return try JSONDecoder().decode(State.self, from: Data(body)).result
        }
    }

    private func content(_ bytes: Int, _ format: ImageFormat = .png, metadata: [String: String] = [:]) -> ImageContent {
        ImageContent(.bytes([UInt8](repeating: 7, count: bytes)), format: format, metadata: metadata)
    }

    @Test func anImageKeepsItsPathAsItsId() async throws {
        let rig = try await Rig()
        let target = try rig.target()
        let key = ObjectKey("press/a b/é+%41 \"x\".png")
        #expect(try await target.lookUp(key) == nil)
        #expect(try await target.put(key, content(1000, metadata: ["source": "press"]), .createOnly) == .created)
        #expect(try await target.lookUp(key) != nil)
        let image = try #require(try await rig.state().images["press/a b/é+%41 \"x\".png"])
        #expect(image.size == 1000 && image.type == "image/png" && image.meta == ["source": "press"])
    }

    @Test func aStreamIsTheSameAsBytes() async throws {
        let rig = try await Rig()
        let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let streamed = ImageContent(.stream(BufferedStream(bytes), length: 2_000_000), format: .svg)
        #expect(try await rig.target().put(ObjectKey("a"), streamed, .createOnly) == .created)
        let image = try #require(try await rig.state().images["a"])
        #expect(image.size == 2_000_000 && image.type == "image/svg+xml")
    }

    @Test func whatIsThereIsKept() async throws {
        let rig = try await Rig()
        let target = try rig.target()
        #expect(try await target.put(ObjectKey("a"), content(10), .createOnly) == .created)
        #expect(try await target.put(ObjectKey("a"), content(20), .createOnly) == .kept)
        #expect(try await rig.state().images["a"]?.size == 10)
    }

    /// By deleting and sending anew: there is no other way. What was streamed is asked for once more.
    @Test func whatIsThereIsReplacedWhenThatIsWanted() async throws {
        let rig = try await Rig()
        let target = try rig.target()
        #expect(try await target.put(ObjectKey("a b"), content(10), .createOnly) == .created)
        #expect(try await target.put(ObjectKey("a b"), content(20), .always) == .replaced)
        #expect(try await rig.state().images["a b"]?.size == 20)
        let streamed = {
            ImageContent(.stream(BufferedStream([UInt8](repeating: 7, count: 30)), length: 30), format: .png)
        }
        let again = await refusal { () throws(ObjectFailure) in
            try await target.put(ObjectKey("a b"), streamed(), .always)
        }
        #expect(again?.code == .unavailable && again?.isPassing == true)
        #expect(try await target.put(ObjectKey("a b"), streamed(), .always) == .created)
        #expect(try await rig.state().images["a b"]?.size == 30)
        #expect(try await rig.state().counts["deletions"] == 2)
        let conditional = await refusal { () throws(ObjectFailure) in
            try await target.put(ObjectKey("a b"), content(1), .ifMatches(EntityTag("x")))
        }
        #expect(conditional?.code == .refused)
    }

    @Test func aFullAccountIsAQuotaAndNoWrongToken() async throws {
        let rig = try await Rig(["--allowed", "1"])
        let target = try rig.target()
        _ = try await target.put(ObjectKey("a"), content(1), .createOnly)
        let full = await refusal { () throws(ObjectFailure) in
            try await target.put(ObjectKey("b"), content(1), .createOnly)
        }
        #expect(full?.code == .quota)
        #expect(try await rig.state().images.count == 1)
    }

    /// However many upload at once, one token is fetched; one that has ended is replaced.
    @Test func tokensAreSharedAndRenewed() async throws {
        let rig = try await Rig()
        let target = try rig.target()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    _ = try await target.put(
                        ObjectKey("\(number)"), ImageContent(.bytes([1]), format: .gif), .createOnly)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await rig.state().counts["tokens"] == 1)
        let short = try await Rig(["--token-life", "1"])
        let impatient = try short.target()
        for number in 0..<3 { _ = try await impatient.put(ObjectKey("\(number)"), content(1), .createOnly) }
        // A token within a minute of its end is not begun with.
        #expect(try await short.state().counts["tokens"] == 3)
    }

    @Test func limitsAreTold() async throws {
        let rig = try await Rig(["--allowed", "2", "--rate", "4"])
        let target = try rig.target()
        #expect(try await target.quota() == TargetQuota(used: 0, allowed: 2))
        for number in 0..<2 { _ = try await target.put(ObjectKey("\(number)"), content(1), .createOnly) }
        #expect(try await target.quota()?.left == 0)
        var codes: [ObjectFailure] = []
        for _ in 0..<8 {
            let failure = await refusal { () throws(ObjectFailure) in try await target.lookUp(ObjectKey("0")) }
            if let failure { codes.append(failure) }
        }
        #expect(codes.contains { $0.code == .throttled && $0.retryAfter == .seconds(1) })
    }

    @Test func refusalsSayWhyAndHoldNoToken() async throws {
        let rig = try await Rig()
        for (target, code) in [
            (try rig.target(token: "secret-but-wrong"), ObjectFailure.Code.denied),
            (try rig.target(account: String(repeating: "0", count: 32)), .missing),
        ] {
            let failure = await refusal { () throws(ObjectFailure) in
                try await target.put(ObjectKey("a"), content(1), .createOnly)
            }
            #expect(failure?.code == code)
            #expect(failure.map { "\($0)".contains("secret") } == false)
        }
        let target = try rig.target()
        let avif = await refusal { () throws(ObjectFailure) in
            try await target.put(ObjectKey("a"), content(1, .avif), .createOnly)
        }
        #expect(avif?.code == .refused && avif?.message.contains("5455") == true)
        #expect(throws: ObjectFailure.self) { try rig.target(account: "../x") }
    }
}
