/// Two PEM files on the nodes: a certificate with its chain, and its private key. Paths only: what the key file holds
/// never enters a plan, the store or a log.
package struct CertificateFiles: Hashable, Comparable, Sendable, Codable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    package static func < (a: Self, b: Self) -> Bool { (a.certificate, a.key) < (b.certificate, b.key) }

    /// Absolute, of at most 1,024 printable ASCII characters without spaces; no colon, which parts the two where both
    /// are one name, and no `.` or `..` as a part.
    package static func isPath(_ text: String) -> Bool {
        let bytes = text.utf8
        return text.hasPrefix("/") && !text.hasSuffix("/") && bytes.count <= 1_024
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && !text.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }
}

/// A zone that is served over TLS, by the server names that choose its certificate.
package struct CertificatePlan: Hashable, Sendable {
    package var zone: String
    /// As in `ZonePlan`, sorted.
    package var hosts: [String]
    package var files: CertificateFiles

    package init(zone: String, hosts: [String], files: CertificateFiles) {
        self.zone = zone
        self.hosts = hosts
        self.files = files
    }
}
