import EdgeEngine
import EdgePlan
import RulesLanguage
import TestKit

/// Valid plans made hostile: what a broken disk, a broken server or somebody with bad intentions would send.
struct PlanMutation {
    var samples: SamplePlans

    /// Numbers at the edges of what offsets, lengths and counts may be.
    private static let words: [UInt32] = [
        0, 1, 2, 7, 8, 15, 16, 63, 64, 119, 120, 121, 0x7F, 0xFF, 0x100, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFF8, 0xFFFF_FFFE, 0xFFFF_FFFF,
    ]

    /// - Parameter other: another valid plan, for parts of it.
    mutating func mutated(_ plan: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = plan
        for _ in 0...samples.number(3) where !bytes.isEmpty { change(&bytes, other) }
        // Otherwise whatever changes the length would be refused for it and nothing behind that would be tried.
        if bytes.count >= 4, !samples.chance(4) { set(UInt32(bytes.count), at: 0, of: &bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let place = samples.number(bytes.count)
        // Rows and words are aligned; the tables stand in front of the pool.
        let word = min(bytes.count, samples.chance(3) ? 120 : bytes.count) / 4
        let aligned = word > 0 ? samples.number(word) * 4 : 0
        switch samples.number(10) {
        case 0: bytes[place] ^= 1 << UInt8(samples.number(8))
        case 1: bytes[place] = UInt8(samples.number(256))
        case 2: set(Self.words[samples.number(Self.words.count)], at: aligned, of: &bytes)
        case 3: set(get(aligned, of: bytes) &+ UInt32(samples.number(9)) &- 4, at: aligned, of: &bytes)
        case 4: set(get(samples.number(bytes.count / 4 + 1) * 4, of: bytes), at: aligned, of: &bytes)
        case 5: set(UInt32(samples.number(bytes.count + 2)), at: aligned, of: &bytes)
        case 6: bytes.removeLast(samples.number(bytes.count))
        case 7: bytes += (0..<samples.number(40)).map { _ in UInt8(samples.number(256)) }
        case 8:
            let from = samples.number(bytes.count)
            let length = samples.number(min(64, bytes.count - max(from, place)) + 1)
            bytes.replaceSubrange(place..<place + length, with: Array(bytes[from..<from + length]))
        default:
            let cut = samples.number(min(bytes.count, other.count))
            bytes = Array(bytes[..<cut]) + other[cut...]
        }
    }

    private func get(_ place: Int, of bytes: [UInt8]) -> UInt32 {
        guard place + 4 <= bytes.count else { return 0 }
        return bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func set(_ word: UInt32, at place: Int, of bytes: inout [UInt8]) {
        guard place + 4 <= bytes.count else { return }
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: word >> (8 * index)) }
    }

    private static let pieces = [
        "/", "/a", "/x.html", "//", "/..", "/.", "%2f", "%00", "%", "%zz", "?", "q=1", "&q=2", ";", "\u{FF}", "é", " ",
        "a.b.c", ".html", "*", String(repeating: "a", count: 300),
    ]
    private static let hosts = ["a.example", "A.EXAMPLE.", "h0.example:80", "[::1]:80", "", "xn--e1a", "a..b", "-"]
    private static let names = [
        "x-a", "cookie", "x-country", "accept-language", "x-forwarded-for", "user-agent", "x-h0",
    ]

    /// A request that Envoy could hand over, and sometimes one that it would not.
    mutating func request() -> ShapedRequest? {
        var request = EdgeRequest(host: Self.hosts[samples.number(Self.hosts.count)])
        request.method = ["GET", "POST", "PURGE", "HEAD"][samples.number(4)]
        let pieces = (0..<samples.number(6)).map { _ in Self.pieces[samples.number(Self.pieces.count)] }
        request.target = Array(("/" + pieces.joined()).utf8)
        for _ in 0..<samples.number(8) {
            let value = (0..<samples.number(20)).map { _ in UInt8(samples.number(95) + 32) }
            let name = Self.names[samples.number(Self.names.count)]
            request.headers.append(.init(name: name, value: samples.chance(2) ? value : Array("s=1; q=\"b".utf8)))
        }
        request.clientAddress = IPAddress(["10.1.2.3", "2001:db8::1", "192.0.2.7"][samples.number(3)])
        request.destinationAddress = samples.chance(3) ? nil : IPAddress("127.0.0.22")
        request.destinationPort = samples.number(65_536)
        return try? request.shaped()
    }
}
