/// What an image's bytes are.
package enum ImageFormat: String, Hashable, Sendable, CaseIterable {
    case jpeg, png, gif, webp, avif, heic, svg

    /// The media type that says so (RFC 2046, RFC 9649 WebP, W3C SVG 2 appendix P; the others as registered with IANA).
    package var mediaType: String {
        switch self {
        case .svg: "image/svg+xml"
        default: "image/\(rawValue)"
        }
    }

    /// Endings that names of this format usually have.
    package var fileExtensions: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
        case .heic: ["heic", "heif"]
        case .svg: ["svg", "svgz"]
        default: [rawValue]
        }
    }
}
