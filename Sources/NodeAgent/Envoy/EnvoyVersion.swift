/// The version an Envoy program says it has.
package struct EnvoyVersion: Hashable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int
    package let patch: Int

    /// The interface between Envoy and the edge module is promised for one minor version only.
    package static let supported = "1.39"

    /// Reads what `envoy --version` prints: `…  version: COMMIT/1.39.3/Clean/RELEASE/BoringSSL`.
    package init?(printed text: String) {
        guard let start = text.firstRange(of: "version: ")?.upperBound else { return nil }
        let parts = text[start...].prefix { !$0.isWhitespace }.split(separator: "/")
        guard parts.count >= 3, parts[0].allSatisfy(\.isHexDigit) else { return nil }
        let numbers = parts[1].prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        (major, minor, patch) = (numbers[0], numbers[1], numbers[2])
    }

    package var description: String { "\(major).\(minor).\(patch)" }
    package var isSupported: Bool { "\(major).\(minor)" == Self.supported }
}
