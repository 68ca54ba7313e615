import TestKit

/// What goes over a connection to a server that somebody wants to fall: broken requests, smuggled ones, HTTP/2 frames
/// and noise. Texts are one code point a byte.
struct HostileBytes {
    var requests: RandomRequest

    /// Where to, and what.
    func message(_ dice: inout Dice) -> (server: HostPort, bytes: [UInt8]) {
        let request = requests.request(&dice)
        switch dice.number(0...9) {
        case 0...3: return (request.server, broken(request.bytes, &dice))
        case 4...6: return (request.server, written(request, &dice))
        case 7, 8: return (request.server, HTTP2Bytes().connection(request, &dice))
        default: return (request.server, (0..<dice.number(0...600)).map { _ in UInt8(dice.number(0...255)) })
        }
    }

    private static let pieces = [
        "\r\n", "\n", "\r", "\r\n\r\n", "\u{0}", "\u{FF}", "\u{1B}[2J", "\t", " ", ":", ";", "%", "%00", "%0d%0a", "//",
        "/../", "\\", "?", "#", "\u{C3}\u{28}", "\u{C0}\u{AF}", "GET / HTTP/1.1\r\nHost: alpha.test\r\n\r\n",
        "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Host: beta.test\r\n", "0\r\n\r\n",
        "\u{E2}\u{80}\u{AE}",
        "ffffffffffffffff\r\n", "X-Edge-Origin: two\r\n", "x-edge-shard: 1\r\n", String(repeating: "a", count: 5_000),
    ]

    /// A request that was right, with bytes changed, put in, taken out and doubled.
    private func broken(_ request: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = request
        for _ in 0..<dice.number(1...5) {
            let place = dice.number(0...bytes.count)
            switch dice.number(0...4) {
            case 0 where place < bytes.count: bytes[place] = UInt8(dice.number(0...255))
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + dice.number(1...9)))
            case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 80)], at: place)
            default: bytes.insert(contentsOf: Latin1.bytes(dice.pick(Self.pieces)) ?? [], at: place)
            }
        }
        return bytes
    }

    private static let methods = [
        "GET", "get", "GE T", "CONNECT", "TRACE", "PRI", "", "\u{FF}", String(repeating: "M", count: 9_000), "M-SEARCH",
        "GET\t", "PUT", "POST",
    ]
    private static let versions = [
        "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3.7", "http/1.1", "", "HTTP/1.1 x",
    ]
    private static let targets = [
        "*", "http://beta.test/x", "http://alpha.test:99999/", "//beta.test/x", "alpha.test:80", "", "http://", "/ /",
        "/\u{0}",
        "/" + String(repeating: "%2e%2e/", count: 3_000), "/?" + String(repeating: "&", count: 20_000), "\\\\x\\y",
        "/\u{E9}",
        "/%c0%af..%c0%af", "/a/..;/b", "/.%2e/", "/%2e%2e%2f", "http://alpha.test@beta.test/", "/\u{7F}",
    ]
    /// Which of two servers in a row believes which of these.
    private static let framings = [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding : chunked\r\n", "Transfer-Encoding:\u{B}chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: +5\r\n", "Content-Length: -1\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: 0x5\r\n",
        " Transfer-Encoding: chunked\r\n", "X: y\r\n Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Connection: Content-Length, x-edge-origin, host\r\nContent-Length: 5\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade\r\n",
        "Expect: 100-continue\r\nContent-Length: 5\r\n", "Content-Length: 5\r\n", "",
    ]
    private static let bodies = [
        "", "hello", "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "5;x=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nx",
        "-1\r\n", "5\nhello\n0\n\n", "0\r\nX-Trailer: \u{0}\r\n\r\n",
        "GET /smuggled HTTP/1.1\r\nHost: beta.test\r\n\r\n",
        "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: beta.test\r\nX-Edge-Origin: two\r\n\r\n",
    ]
    private static let fields = [
        "Host: alpha.test\r\n", "Host: beta.test\r\n", "Host:\r\n", "Host: alpha.test, beta.test\r\n",
        "Host: \u{FF}\r\n",
        "Host: [::1\r\n", "Host: alpha.test:-1\r\n", "No colon\r\n", ": no name\r\n", "X-A : 1\r\n", "X-A: a\u{0}b\r\n",
        "X-A: \u{E2}\u{80}\u{AE}\r\n", "X-A: a\rb\r\n", "X-A: a\nb: c\r\n", "\tX-A: 1\r\n", "X-A: 1\r\n folded\r\n",
        "Cookie: " + String(repeating: "a=b; ", count: 6_000) + "\r\n", "X-Edge-Origin: two.0002\r\n",
        "x-edge-host: evil\r\n",
        "X-Envoy-Original-Path: /x\r\n", "X-Forwarded-For: " + String(repeating: "1.1.1.1,", count: 4_000) + "\r\n",
        "X-Country: \u{1B}[2J\r\n", "Accept-Language: " + String(repeating: "a;q=0.1,", count: 4_000) + "\r\n",
        ":authority: beta.test\r\n", ":path: /x\r\n", "X-B: %REQ(x-a)%\r\n",
        "Accept: " + String(repeating: "z", count: 70_000) + "\r\n",
    ]

    /// A request put together from what no client writes.
    private func written(_ request: ClientRequest, _ dice: inout Dice) -> [UInt8] {
        let method = dice.chance(50) ? request.method : dice.pick(Self.methods)
        let target = dice.chance(50) ? request.target : dice.pick(Self.targets)
        let version = dice.chance(80) ? "HTTP/1.1" : dice.pick(Self.versions)
        var text = "\(dice.chance(10) ? "\r\n\r\n" : "")\(method) \(target) \(version)\r\n"
        if dice.chance(85) { text += "Host: \(request.host)\r\n" }
        for _ in 0..<dice.number(0...3) { text += dice.pick(Self.fields) }
        if dice.chance(5) { text += String(repeating: "X-Many: 1\r\n", count: dice.pick([90, 100, 101, 300])) }
        text += dice.pick(Self.framings) + "\r\n" + dice.pick(Self.bodies)
        return Latin1.bytes(dice.chance(10) ? text.replacing("\r\n", with: "\n") : text) ?? []
    }
}
