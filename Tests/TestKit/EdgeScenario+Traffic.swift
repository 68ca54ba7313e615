extension EdgeScenario {
    /// One request for a path of the shop.
    package func get(
        _ path: String = "/", at address: HostPort, host: String = ShopZone.host, headers: [(String, String)] = []
    ) async throws -> RawHTTPResponse {
        try await RawHTTP.request("GET", path, at: address, host: host, headers: headers + [("Connection", "close")])
    }

    /// The version that answers, as the response header names it.
    package func version(
        _ path: String = "/", at address: HostPort, host: String = ShopZone.host
    ) async throws -> String? {
        try await get(path, at: address, host: host).first(ShopZone.versionHeader)
    }

    /// Waits until every address answers with a version.
    package func serves(
        _ version: String, at addresses: [HostPort], path: String = "/", host: String = ShopZone.host,
        within limit: Duration = .seconds(60)
    ) async throws {
        for address in addresses {
            try await eventually(within: limit, "\(version) at \(address)") {
                let answer = try await self.get(path, at: address, host: host)
                return answer.status < 500 && answer.first(ShopZone.versionHeader) == version
            }
        }
    }

    /// Waits until the control plane knows that every node serves what is live.
    package func isSettled(within limit: Duration = .seconds(60)) async throws {
        try await eventually(within: limit, every: .milliseconds(50), "all nodes at what is live") {
            let status = try await self.signalbox("status", "--output", "json").json
            return status["behind"] == .array([]) && status["nodes"].elements.count == self.nodes.count
                && status["nodes"].elements.allSatisfy { $0["live"] == .bool(true) }
        }
    }

    /// Traffic over all nodes' production addresses, tallied by version; every answer is one below 500.
    /// - Parameter paths: what is asked for; a path may name the status that is due, see ``statuses()``.
    package func startLoad(
        rate: Int? = 300, connections: Int = 8, newConnections: Int = 0, paths: [String] = EdgeScenario.paths,
        lasting: Int = 600
    ) async throws -> LoadProcess {
        try await LoadProcess.start(
            targets: production, host: ShopZone.host, paths: paths, headers: ["x-api-key: lab"],
            connections: connections, rate: rate, newConnections: newConnections, tally: ShopZone.versionHeader,
            lasting: lasting)
    }

    /// ``paths``, each with the status that it is answered with now: `/login.php => 301`.
    package func statuses() async throws -> [String] {
        var lines: [String] = []
        for line in EdgeScenario.paths {
            var (host, path) = (ShopZone.host, line)
            if line.hasPrefix("//"), let end = line.dropFirst(2).firstIndex(of: "/") {
                (host, path) = (String(line[..<end].dropFirst(2)), String(line[end...]))
            }
            let answer = try await get(path, at: production[0], host: host, headers: [("x-api-key", "lab")])
            lines.append("\(line) => \(answer.status)")
        }
        return lines
    }

    /// What shoppers ask for: pages, pictures, the API on its own host, a redirect and a blocked path.
    package static let paths = [
        "/", "/c/shoes?page=2", "/products/42.jpg", "/p/42?utm_source=mail&size=m", "/api/stock/42", "/s?q=boots",
        "//api.shop.example/stock/42", "/login.php?next=/account", "/.git/config", "/css/shop.css",
    ]
}
