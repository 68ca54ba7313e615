/// Document → origin.
enum OriginReader {
    static func read(_ node: DocumentNode, name: String, at path: String) -> (Origin, [Finding]) {
        var reader = DocumentReader(node, at: path)
        var origin = Origin(name: name, endpoints: [])
        let items = reader.array("endpoints") ?? []
        if items.isEmpty {
            reader.report(
                "missing-key", "endpoints", "an origin needs at least one endpoint",
                remedy: "add 'endpoints: [{address: 192.0.2.1, port: 80}]'")
        }
        for (index, item) in items.enumerated() {
            let (endpoint, findings) = readEndpoint(item, at: "\(reader.place("endpoints"))[\(index)]")
            reader.adopt(findings)
            if let endpoint { origin.endpoints.append(endpoint) }
        }
        let priorities = Set(origin.endpoints.map(\.priority))
        if let highest = priorities.max(), priorities.count != highest + 1 {
            reader.report(
                "priority-gap", "endpoints", "priorities must run from 0 without gaps",
                remedy: "number them 0, 1, 2, ...")
        }
        if let node = reader.node("tls") { origin.tls = readTLS(node, at: reader.place("tls"), into: &reader) }
        if let node = reader.node("health") {
            origin.health = readHealth(node, at: reader.place("health"), into: &reader)
        }
        if let node = reader.node("retries") {
            var inner = DocumentReader(node, at: reader.place("retries"))
            var retries = Origin.Retries()
            retries.attempts = inner.int("attempts", in: 1...10) ?? retries.attempts
            retries.perTryTimeout = inner.duration("per_try_timeout", in: 0...600_000) ?? retries.perTryTimeout
            inner.finish(known: ["attempts", "per_try_timeout"])
            reader.adopt(inner.findings)
            origin.retries = retries
        }
        origin.connectTimeout = reader.duration("connect_timeout", in: 10...60_000) ?? origin.connectTimeout
        origin.responseTimeout = reader.duration("response_timeout", in: 0...3_600_000) ?? origin.responseTimeout
        origin.hostHeader = reader.string("host_header")
        if let host = origin.hostHeader, !HostName.isValid(host, wildcard: false) {
            reader.report("bad-host", "host_header", "'\(host)' is no host name")
        }
        reader.finish(known: [
            "endpoints", "tls", "health", "retries", "connect_timeout", "response_timeout", "host_header",
        ])
        return (origin, reader.findings)
    }

    private static func readEndpoint(_ node: DocumentNode, at path: String) -> (Origin.Endpoint?, [Finding]) {
        var reader = DocumentReader(node, at: path)
        let address = reader.string("address")
        let port = reader.int("port", in: 1...65535)
        let weight = reader.int("weight", in: 1...128) ?? 1
        let priority = reader.int("priority", in: 0...15) ?? 0
        let region = reader.string("region")
        for (key, missing) in [("address", address == nil), ("port", port == nil)]
        where missing && !reader.findings.contains(where: { $0.place == reader.place(key) }) {
            reader.report("missing-key", key, "an endpoint needs '\(key)'")
        }
        if let address, !HostName.isValid(address, wildcard: false), !HostName.isIPAddress(address) {
            reader.report("bad-host", "address", "'\(address)' is neither an IP address nor a host name")
        }
        if let region, let problem = ResourceName.problem(with: region) { reader.report("bad-name", "region", problem) }
        reader.finish(known: ["address", "port", "weight", "priority", "region"])
        guard let address, let port else { return (nil, reader.findings) }
        return (
            Origin.Endpoint(address: address, port: port, weight: weight, priority: priority, region: region),
            reader.findings
        )
    }

    private static func readTLS(_ node: DocumentNode, at path: String, into outer: inout DocumentReader) -> Origin.TLS?
    {
        var reader = DocumentReader(node, at: path)
        let name = reader.string("server_name")
        let verify = reader.bool("verify") ?? true
        let authorities = reader.string("authorities")
        if let name, !HostName.isValid(name, wildcard: false) {
            reader.report("bad-host", "server_name", "'\(name)' is no host name")
        }
        if name == nil { reader.report("missing-key", "server_name", "TLS needs the name in the origin's certificate") }
        if let problem = authorities.flatMap(PEMText.problem) {
            reader.report(
                "bad-certificate", "authorities", "expected PEM text of certificates: \(problem)",
                remedy: "paste the file's content as a block text (authorities: |)")
        }
        reader.finish(known: ["server_name", "verify", "authorities"])
        outer.adopt(reader.findings)
        return name.map { Origin.TLS(serverName: $0, verify: verify, authorities: authorities) }
    }

    private static func readHealth(
        _ node: DocumentNode, at path: String, into outer: inout DocumentReader
    ) -> Origin.Health? {
        var reader = DocumentReader(node, at: path)
        var health = Origin.Health(path: reader.string("path") ?? "/")
        if !health.path.hasPrefix("/") || !health.path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            reader.report("bad-path", "path", "a health check's path begins with '/' and has no spaces")
        }
        health.host = reader.string("host")
        if let host = health.host, !HostName.isValid(host, wildcard: false) {
            reader.report("bad-host", "host", "'\(host)' is no host name")
        }
        health.interval = reader.duration("interval", in: 100...3_600_000) ?? health.interval
        health.timeout = reader.duration("timeout", in: 10...60_000) ?? health.timeout
        health.unhealthy = reader.int("unhealthy", in: 1...100) ?? health.unhealthy
        health.healthy = reader.int("healthy", in: 1...100) ?? health.healthy
        reader.finish(known: ["path", "host", "interval", "timeout", "unhealthy", "healthy"])
        outer.adopt(reader.findings)
        return health
    }
}
