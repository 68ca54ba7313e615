package import EdgePlan

/// A zone as people write it: its name, hosts, certificate and own configuration in one document.
package struct ZoneDocument: Hashable, Sendable {
    package var name: String
    package var hosts: [String]
    package var tls: CertificateFiles?
    package var configuration: Configuration

    package init(name: String, hosts: [String], tls: CertificateFiles? = nil, configuration: Configuration) {
        self.name = name
        self.hosts = hosts
        self.tls = tls
        self.configuration = configuration
    }

    /// Host names of one zone.
    package static let mostHosts = 10_000

    package static let keys = ["zone", "hosts", "tls"] + ConfigurationReader.topLevelKeys

    /// - Parameter named: the name to use when the document has none; must agree when it has one.
    package static func read(_ node: DocumentNode, named: String? = nil) -> (ZoneDocument?, [Finding]) {
        var reader = DocumentReader(node, at: "")
        let written = reader.string("zone")
        let name = written ?? named
        var normalized: String?
        if let name {
            normalized = HostName.normalized(name, wildcard: false)
            if normalized == nil || name.split(separator: ".").count < 2 {
                reader.report(
                    "bad-host", "zone", "'\(name)' is no domain name",
                    remedy: "write it like example.com; other scripts as A-labels (xn--...)")
            }
            if let named, let written, HostName.normalized(named) != HostName.normalized(written) {
                reader.report("conflict", "zone", "the document is of zone '\(written)', not '\(named)'")
            }
        } else if reader.findings.isEmpty {
            reader.report("missing-key", "zone", "a zone needs its name", remedy: "add a line 'zone: example.com'")
        }
        var hosts: Set<String> = []
        for host in reader.strings("hosts") ?? (normalized.map { [$0] } ?? []) {
            guard let clean = HostName.normalized(host) else {
                reader.report("bad-host", "hosts", "'\(host)' is no host name")
                continue
            }
            if let normalized, clean != normalized, !clean.hasSuffix("." + normalized) {
                reader.report("foreign-host", "hosts", "'\(clean)' is not below \(normalized)")
            }
            if !hosts.insert(clean).inserted {
                reader.report("duplicate-host", "hosts", "'\(clean)' is given twice")
            }
        }
        if hosts.count > mostHosts {
            reader.report(
                "too-many-hosts", "hosts", "\(hosts.count) hosts are more than the \(mostHosts) of one zone",
                remedy: "use wildcards such as *.example.com")
        }
        var tls: CertificateFiles?
        if let node = reader.node("tls") {
            let (files, findings) = CertificateFiles.read(node, at: reader.place("tls"))
            reader.adopt(findings)
            tls = files
        }
        let configuration = ConfigurationReader.read(from: &reader)
        reader.finish(known: keys)
        let document = normalized.map {
            ZoneDocument(name: $0, hosts: hosts.sorted(), tls: tls, configuration: configuration)
        }
        return (document, reader.findings)
    }

    package static func write(
        name: String, hosts: [String], tls: CertificateFiles? = nil, configuration: Configuration
    ) -> DocumentValue {
        var members = [
            DocumentMember("zone", .string(name)), DocumentMember("hosts", .array(hosts.map { .string($0) })),
        ]
        if let tls { members.append(DocumentMember("tls", tls.document)) }
        if case .object(let rest) = configuration.document { members += rest }
        return .object(members)
    }
}
