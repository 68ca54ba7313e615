import EdgeEngine
import EdgePlan
import RulesLanguage

/// An encoded plan without its envelope.
enum PlanFuzz {
    static func run(_ bytes: [UInt8]) {
        lend(bytes) { _ = try? PlanEnvelope($0) }
        lend(PlanEnvelope.wrap(bytes, digest: Digest(bytes: [UInt8](repeating: 7, count: 32)))) { envelope in
            hold((try? PlanEnvelope(envelope))?.payload.count == bytes.count, "an envelope holds its payload")
        }
        check(bytes)
        // Whatever changes the length would be refused for that alone.
        guard bytes.count >= 4 else { return }
        var mended = bytes
        for index in 0..<4 { mended[index] = UInt8(truncatingIfNeeded: bytes.count >> (8 * index)) }
        if mended != bytes { check(mended) }
    }

    private static func check(_ bytes: [UInt8]) {
        lend(bytes) { payload in
            let decoded = try? ZonePlanDecoder.decode(payload)
            guard let accepted = try? AcceptedPlan(payload) else { return }
            hold(decoded != nil, "an accepted plan can be decoded")
            decide(accepted)
            guard let decoded else { return }
            lend(ZonePlanEncoder.encode(decoded)) { again in
                hold((try? ZonePlanDecoder.decode(again)) == decoded, "a plan encodes to what decodes to it")
            }
        }
    }

    private static func decide(_ plan: borrowing AcceptedPlan) {
        var workspace = Workspace()
        for request in requests {
            request.withPicture { picture in
                EdgeEngine.decide(plan, picture, &workspace)
                let matched = Array(workspace.decision.matched.elements)
                let answer = workspace.decision.ownAnswer ?? EdgeResponse()
                answer.withPicture { EdgeEngine.respond(plan, picture, $0, &workspace) }
                EdgeEngine.decide(plan, picture, &workspace, recorder: Recorder())
                hold(Array(workspace.decision.matched.elements) == matched, "a recorder changes nothing")
            }
        }
    }

    private static let requests: [ShapedRequest] = {
        var plain = EdgeRequest(host: "a.example", target: "/a/b.html?q=1&q=2")
        plain.clientAddress = IPAddress("10.1.2.3")
        plain.destinationAddress = IPAddress("127.0.0.22")
        var other = EdgeRequest(host: "[::1]:80", target: "/")
        other.clientAddress = IPAddress("2001:db8::1")
        other.headers = ["x-a", "cookie", "x-country", "accept-language"].map {
            .init(name: $0, value: Array("b=1; s=\"2".utf8))
        }
        return [plain, other].compactMap { try? $0.shaped() }
    }()

    /// Bytes in memory of just their size, so that a read beyond the end would show.
    private static func lend(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        body(UnsafeRawBufferPointer(memory))
    }
}
