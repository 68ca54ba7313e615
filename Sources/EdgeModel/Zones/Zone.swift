package import EdgePlan

/// A domain we own. Its own configuration is what its traffic gets when no routing rule says otherwise.
///
/// Name, hosts, trust and certificate are global: a change applies at once and to every version. The handshake that
/// shows the certificate is over before there is a request by which a version could be chosen. The configuration behind `id` is
/// what an application copies when it is made from the zone.
package struct Zone: Hashable, Sendable, Codable {
    /// Id of the zone's own configuration: `123` in `777:123`.
    package var id: ConfigurationID
    /// Lower-case A-label, e.g. `example.com`.
    package var name: String
    /// Host names served, lower-case A-labels, `*.` allowed as first label.
    package var hosts: [String]
    /// Files on the nodes with which it is served over TLS; nil: plain HTTP only.
    package var tls: CertificateFiles?
    /// Digest of the zone's own configuration.
    package var digest: Digest
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var author: String

    package init(
        id: ConfigurationID, name: String, hosts: [String], tls: CertificateFiles? = nil, digest: Digest,
        createdAt: Timestamp,
        updatedAt: Timestamp, author: String
    ) {
        self.id = id
        self.name = name
        self.hosts = hosts
        self.tls = tls
        self.digest = digest
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.author = author
    }
}
