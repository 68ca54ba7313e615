import FoundationEssentials

/// The realistic zone of the demo, with the ports of origins that really listen.
///
/// The demo's file has more than forty rules over every phase. Here a response header is added that tells which release
/// answered, because a test wants to see a change arrive that is part of the rules and not only the version's number.
package enum ShopZone {
    package static let name = "shop.example"
    package static let host = "www.shop.example"
    /// Response header with the version that answered, `shop@2`.
    package static let versionHeader = "x-edge-version"
    /// Response header that a rule sets to ``firstRelease``.
    package static let releaseHeader = "x-shop-release"
    package static let firstRelease = "release-1"
    /// Where the demo's file says the origins are, in the order of ``text(origins:)``.
    private static let places = ["127.0.0.41", "127.0.0.42", "127.0.0.43"]

    /// The zone document. Throws ``Unusable`` when the demo's file no longer is what is rewritten here.
    package static func text(origins: [HostPort]) throws -> String {
        let file = Checkout.root + "/.ci/demo/shop.yaml"
        var text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        for (place, origin) in zip(places, origins) {
            text = try replace(
                "address: \(place), port: 9001", by: "address: \(origin.host), port: \(origin.port)", in: text)
        }
        let header = "x-content-type-options: {operation: set, value: nosniff}\n"
        let release = "          \(releaseHeader): {operation: set, value: \(firstRelease)}\n"
        return try replace(header, by: header + release, in: text)
    }

    private static func replace(_ old: String, by new: String, in text: String) throws -> String {
        guard text.contains(old) else { throw Unusable(missing: old) }
        return text.replacing(old, with: new)
    }

    package struct Unusable: Error, CustomStringConvertible {
        package let missing: String
        package var description: String { ".ci/demo/shop.yaml does not contain '\(missing)'" }
    }
}
