internal import FoundationEssentials

/// What Envoy asks, read just far enough, and the same question as `serve` gets it.
struct DiscoveryRequest: Hashable, Sendable {
    /// `/v3/discovery:clusters`
    static let pathPrefix = "/v3/discovery:"

    let path: String
    let subscription: Subscription
    /// The version Envoy has; nil: it has none yet.
    let version: String?
    /// Without `node.extensions`, some 70 kB that say nothing `serve` needs.
    private let pieces: [[UInt8]]

    /// - Returns: nil when it is no discovery request.
    init?(path: String, body: [UInt8]) {
        guard path.hasPrefix(Self.pathPrefix), let members = JSONScan.members(of: body) else { return nil }
        let kind = path.dropFirst(Self.pathPrefix.count)
        guard !kind.isEmpty, kind.utf8.allSatisfy({ (97...122).contains($0) || $0 == 95 || $0 == 45 }) else {
            return nil
        }
        func member(_ name: String) -> JSONScan.Member? { members.first { $0.key == Array(name.utf8) } }
        func decoded<T: Decodable>(_ type: T.Type, _ name: String) -> T? {
            member(name).flatMap { try? JSONDecoder().decode(type, from: Data(body[$0.value])) }
        }
        self.path = path
        let version = decoded(String.self, "version_info")
        self.version = version == "" ? nil : version
        subscription = Subscription(kind: String(kind), names: decoded([String].self, "resource_names") ?? [])
        pieces = Self.split(body, node: member("node")?.value)
    }

    /// The body for `serve`, with the token where a node's own request carries it.
    func body(token: String) -> [UInt8] {
        guard pieces.count == 2 else { return pieces.flatMap(\.self) }
        return pieces[0] + Array("\"\(token)\"".utf8) + pieces[1]
    }

    /// What Envoy will ask when it has taken on this version.
    func accepting(_ version: String) -> DiscoveryRequest? {
        var whole = pieces.count == 2 ? pieces[0] + Array("\"\"".utf8) + pieces[1] : pieces.flatMap(\.self)
        guard let members = JSONScan.members(of: whole), let word = try? Array(JSONEncoder().encode(version)) else {
            return nil
        }
        if let known = members.first(where: { $0.key == Array("version_info".utf8) }) {
            whole.replaceSubrange(known.value, with: word)
        } else if let first = members.first {
            whole.insert(
                contentsOf: Array("\"version_info\":".utf8) + word + [UInt8(ascii: ",")], at: first.range.lowerBound)
        } else {
            return nil
        }
        return DiscoveryRequest(path: path, body: whole)
    }

    /// The body without the extensions: in two pieces around the token when the node has a place for it, else in one.
    private static func split(_ body: [UInt8], node: Range<Int>?) -> [[UInt8]] {
        guard let node, let members = JSONScan.members(of: body, in: node) else { return [body] }
        let kept = members.filter { $0.key != Array("extensions".utf8) }
        var before = Array(body[..<node.lowerBound]) + [UInt8(ascii: "{")]
        var after: [UInt8]?
        for (index, member) in kept.enumerated() {
            var piece = index == 0 ? [] : [UInt8(ascii: ",")]
            if let place = tokenPlace(in: body, metadata: member) {
                before += piece + body[member.range.lowerBound..<place.lowerBound]
                after = Array(body[place.upperBound..<member.range.upperBound])
            } else {
                piece += body[member.range]
                if after == nil { before += piece } else { after? += piece }
            }
        }
        let rest = [UInt8(ascii: "}")] + body[node.upperBound...]
        return after.map { [before, $0 + rest] } ?? [before + rest]
    }

    private static func tokenPlace(in body: [UInt8], metadata: JSONScan.Member) -> Range<Int>? {
        guard metadata.key == Array("metadata".utf8),
            let ours = JSONScan.members(of: body, in: metadata.value)?.first(where: {
                $0.key == Array("signalbox".utf8)
            })
        else { return nil }
        return JSONScan.members(of: body, in: ours.value)?.first { $0.key == Array("token".utf8) }?.value
    }
}
