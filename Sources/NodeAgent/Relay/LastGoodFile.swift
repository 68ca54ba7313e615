internal import Crypto
internal import EdgeModel
internal import FoundationEssentials

/// The form of ``LastGood`` on disk.
///
/// One line `signalbox last-good 1 DIGEST`, where the digest is SHA-256 of everything after that line; one line of
/// JSON with node and entries; then the bodies in the order of the entries, nothing between them.
enum LastGoodFile {
    enum Damage: Error, Hashable, Sendable {
        case notOurs
        case otherFormat(String)
        case digestDiffers
        case otherNode(String)
        case unreadable
    }

    private static let name = "signalbox last-good"
    private static let format = "1"
    /// Two route tables of 32 MB, and as much again.
    static let limit = 128 << 20

    private struct Header: Codable {
        struct Entry: Codable {
            var subscription: Subscription
            var version: String
            var length: Int
            var journal: String?
        }
        var node: String
        var entries: [Entry]
    }

    static func bytes(of lastGood: LastGood, node: String) throws -> [UInt8] {
        let responses = lastGood.responses.sorted {
            ($0.key.kind, $0.key.description) < ($1.key.kind, $1.key.description)
        }
        let header = Header(
            node: node,
            entries: responses.map {
                .init(
                    subscription: $0.key, version: $0.value.version, length: $0.value.body.count,
                    journal: $0.value.journal?.description)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var content = Array(try encoder.encode(header)) + [0x0A]
        content.reserveCapacity(content.count + header.entries.reduce(0) { $0 + $1.length })
        for response in responses { content += response.value.body }
        return Array("\(name) \(format) \(digest(content))\n".utf8) + content
    }

    static func read(_ bytes: [UInt8], node: String) throws(Damage) -> LastGood {
        guard let lineEnd = bytes.firstIndex(of: 0x0A) else { throw .notOurs }
        let words = String(decoding: bytes[..<lineEnd], as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 4, words[0] + " " + words[1] == name else { throw .notOurs }
        guard words[2] == format else { throw .otherFormat(words[2]) }
        let content = bytes[(lineEnd + 1)...]
        guard digest(content) == words[3] else { throw .digestDiffers }
        guard let headerEnd = content.firstIndex(of: 0x0A),
            let header = try? JSONDecoder().decode(Header.self, from: Data(content[..<headerEnd]))
        else { throw .unreadable }
        guard header.node == node else { throw .otherNode(header.node) }
        var place = headerEnd + 1
        var lastGood = LastGood()
        for entry in header.entries {
            guard entry.length >= 0, entry.length <= bytes.count - place else { throw .unreadable }
            let body = Array(bytes[place..<(place + entry.length)])
            lastGood.responses[entry.subscription] = DiscoveryResponse(
                version: entry.version, body: body, journal: entry.journal.flatMap { JournalPosition($0) })
            place += entry.length
        }
        guard place == bytes.count else { throw .unreadable }
        return lastGood
    }

    private static func digest(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hash = SHA256.hash(data: Data(bytes))
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
