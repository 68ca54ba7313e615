package import WebTransport

/// Where a bucket is and how it is addressed.
package struct S3Location: Sendable, Hashable {
    /// How the bucket stands in the URL.
    package enum Style: String, Sendable, Hashable {
        /// `https://host/bucket/key`: every store of one's own.
        case path
        /// `https://bucket.host/key`: what Amazon wants.
        case virtualHost = "virtual-host"
    }

    package let bucket: String
    package let region: String
    package let style: Style
    package let dialect: SignatureV4.Dialect
    /// Scheme, host and port; the bucket's own host where the style says so.
    package let root: WebURL
    /// What stands before every key, encoded, with a slash at its end.
    let base: String

    /// - Parameters:
    ///   - endpoint: scheme, host and port, as in `https://ACCOUNT.r2.cloudflarestorage.com`; a path before the bucket
    ///     is kept. nil: Amazon's for the region.
    ///   - style: nil: as fits the endpoint.
    /// - Throws: ``WebError/Code/invalidRequest``.
    package init(bucket: String, region: String? = nil, endpoint: String? = nil, style: Style? = nil) throws(WebError) {
        let isBucket =
            (1...255).contains(bucket.utf8.count) && bucket != "." && bucket != ".."
            && bucket.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        guard isBucket else {
            throw WebError(
                .invalidRequest, subject: bucket, message: "This is not the name of a bucket.",
                remedy: "Use letters, digits, dots, hyphens and underscores.")
        }
        let region = region ?? "us-east-1"
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let url = try WebURL(endpoint ?? "https://s3.\(region).\(suffix)")
        let isAmazon = url.host.hasSuffix(".amazonaws.com") || url.host.hasSuffix(".amazonaws.com.cn")
        // A dot in the bucket's name would make a host that the certificate does not cover.
        let fits = isAmazon && !bucket.contains(".") && !bucket.contains("_") && bucket == bucket.lowercased()
        let style = style ?? (fits ? .virtualHost : .path)
        var path = String(url.target.prefix { $0 != "?" })
        if path.last != "/" { path += "/" }
        let port = url.port == url.scheme.defaultPort ? "" : ":\(url.port)"
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        switch style {
        case .path:
            root = try WebURL("\(url.scheme.rawValue)://\(host)\(port)/")
            base = path + "\(bucket)/"
        case .virtualHost:
            root = try WebURL("\(url.scheme.rawValue)://\(bucket).\(host)\(port)/")
            base = path
        }
        self.bucket = bucket
        self.region = region
        self.style = style
        dialect =
            url.host == "storage.googleapis.com" || url.host.hasSuffix(".storage.googleapis.com") ? .google : .amazon
    }

    /// The path of a key, encoded as it is signed and sent. Slashes of the key stay: `a//b` and `/a` are keys too.
    func path(_ key: some Collection<UInt8>) -> String { base + PercentEncoding.encode(key, keepingSlashes: true) }

    /// The path of the bucket itself.
    var bucketPath: String { style == .path ? String(base.dropLast()) : base }
}
