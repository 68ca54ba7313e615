/// What traffic is counted for.
package struct TrafficSubject: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        case total
        /// A version of an application, or a zone's own configuration.
        case version
        case zone
        case node
        case origin
    }

    package var kind: Kind
    /// `shop@2` or `zone 101`; `shop.example`; `fra1`; an origin's name without the digest of its definition.
    package var name: String

    /// What a node tells is cut: no name of ours is longer than 255 bytes.
    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name.utf8.count > 255 ? String(name.prefix(60)) + "…" : name
    }

    /// All requests of all nodes.
    package static let total = TrafficSubject(.total, "all")

    package var description: String { "\(kind.rawValue) \(name)" }

    package static func < (a: Self, b: Self) -> Bool { (a.kind.rawValue, a.name) < (b.kind.rawValue, b.name) }

    /// An origin whose definition changed is the same to whoever looks at its traffic: `shop-eu.3fa1b2c4d5e6` is
    /// `shop-eu`.
    package static func origin(ofCluster name: String) -> TrafficSubject {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return TrafficSubject(.origin, name) }
        return TrafficSubject(.origin, String(name[..<dot]))
    }
}
