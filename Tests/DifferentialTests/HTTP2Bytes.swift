import TestKit

/// HTTP/2 as a client without manners writes it (RFC 9113, RFC 7541): right enough to reach the filters, wrong enough
/// to try them.
struct HTTP2Bytes {
    private enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let priority: UInt8 = 2
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    /// A connection's bytes: the preface, some requests, and between them what should not be there.
    func connection(_ request: ClientRequest, _ dice: inout Dice) -> [UInt8] {
        var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(Kind.settings, stream: 0, [])
        for turn in 0..<dice.number(1...4) {
            let stream = dice.chance(95) ? UInt32(turn * 2 + 1) : UInt32(dice.number(0...6))
            bytes += dice.chance(70) ? self.request(request, stream: stream, &dice) : odd(stream: stream, &dice)
        }
        return bytes
    }

    private func request(_ request: ClientRequest, stream: UInt32, _ dice: inout Dice) -> [UInt8] {
        var fields = [
            (":method", request.method), (":scheme", dice.pick(["http", "https", "", "x"])), (":path", request.target),
            (":authority", request.host),
        ]
        if dice.chance(20) { fields = dice.shuffled(fields) }
        if dice.chance(10) { fields.removeLast() }
        if dice.chance(10) { fields.append(dice.pick(fields)) }
        for header in request.headers {
            fields.append((dice.chance(95) ? header.name.lowercased() : header.name, header.value))
        }
        for _ in 0..<dice.number(0...2) { fields.append(dice.pick(Self.fields)) }
        if dice.chance(3) { fields += (0..<dice.pick([99, 101, 400])).map { ("x-many-\($0)", "1") } }
        var block = fields.flatMap { literal($0.0, $0.1) }
        if dice.chance(10), !block.isEmpty { block[dice.number(0...(block.count - 1))] = UInt8(dice.number(0...255)) }
        let ends: UInt8 = dice.chance(80) ? 1 : 0
        guard block.count > 16_000 || dice.chance(10) else {
            return frame(Kind.headers, flags: 4 | ends, stream: stream, block)
                + (ends == 0 ? body(stream: stream, &dice) : [])
        }
        // In parts; the last one may never come.
        var bytes = frame(Kind.headers, flags: ends, stream: stream, [UInt8](block.prefix(100)))
        var rest = block.dropFirst(100)
        while !rest.isEmpty {
            let part = [UInt8](rest.prefix(16_000))
            rest = rest.dropFirst(16_000)
            let isLast = rest.isEmpty && dice.chance(90)
            bytes += frame(Kind.continuation, flags: isLast ? 4 : 0, stream: stream, part)
        }
        return bytes
    }

    private static let fields = [
        ("connection", "keep-alive"), ("transfer-encoding", "chunked"), ("te", "gzip"), ("host", "beta.test"),
        ("content-length", "99"), (":status", "200"), (":protocol", "websocket"), ("x-edge-origin", "two"),
        ("x-edge-host", "e"),
        ("X-UPPER", "1"), ("", "empty"), ("x a", "1"), ("x-a", "a\r\nb: c"), ("x-a", "a\u{0}"), ("x-a", "\u{FF}\u{FE}"),
        ("cookie", "a=1"), ("cookie", "b=2"), ("x-b", String(repeating: "v", count: 30_000)),
        ("x-envoy-retry-on", "5xx"),
    ]

    private func body(stream: UInt32, _ dice: inout Dice) -> [UInt8] {
        let data = [UInt8](repeating: 120, count: dice.number(0...2_000))
        let trailers = frame(
            Kind.headers, flags: 5, stream: stream, literal("x-trailer", "\u{1}") + literal(":path", "/x"))
        let end: UInt8 = dice.chance(70) ? 1 : 0
        return frame(Kind.data, flags: end, stream: stream, data) + (dice.chance(20) ? trailers : [])
    }

    /// Frames that break rules of the connection.
    private func odd(stream: UInt32, _ dice: inout Dice) -> [UInt8] {
        switch dice.number(0...8) {
        case 0: return frame(Kind.settings, stream: 0, [0, 4, 0x80, 0, 0, 0])
        case 1: return frame(Kind.settings, stream: 0, (0..<6 * 50).map { _ in UInt8(dice.number(0...255)) })
        case 2: return frame(Kind.windowUpdate, stream: stream, [0x7F, 0xFF, 0xFF, 0xFF])
        case 3: return frame(Kind.reset, stream: stream, [0, 0, 0, 8])
        case 4: return (0..<100).flatMap { _ in frame(Kind.ping, stream: 0, [UInt8](repeating: 0, count: 8)) }
        case 5: return frame(Kind.priority, stream: stream, [0, 0, 0, UInt8(stream & 0xFF), 0])
        case 6: return frame(Kind.continuation, flags: 4, stream: stream, literal("x", "y"))
        case 7: return frame(Kind.headers, flags: 5, stream: stream, (0..<40).map { _ in UInt8(dice.number(0...255)) })
        default:
            // Longer than it says, or of a kind that nobody knows.
            return [0xFF, 0xFF, 0xFF, UInt8(dice.number(0...255)), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
                + [UInt8](repeating: 0, count: 50)
        }
    }

    private func frame(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count
        let head: [UInt8] = [UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), kind, flags]
        return head + (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * $0)) } + payload
    }

    /// Literal header field without indexing, new name, no Huffman code (RFC 7541 §6.2.2).
    private func literal(_ name: String, _ value: String) -> [UInt8] {
        [0] + string(Latin1.bytes(name) ?? []) + string(Latin1.bytes(value) ?? [])
    }

    private func string(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var number: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            number.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return number + [UInt8(rest)] + bytes
    }
}
