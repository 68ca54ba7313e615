internal import EdgeModel

/// The zone file that a newcomer begins with: short, right as it stands, and said what each part is for.
enum ZoneExample {
    /// - Throws: `usage` when the origin is no HOST:PORT.
    static func text(zone: String, origin: String) throws -> String {
        let colon = origin.lastIndex(of: ":")
        let host = colon.map { origin[..<$0].filter { $0 != "[" && $0 != "]" } } ?? ""
        guard let colon, let port = Int(origin[origin.index(after: colon)...]), (1...65535).contains(port),
            HostName.isIPAddress(host) || HostName.normalized(host, wildcard: false) != nil
        else {
            throw ErrorReport(
                .usage, at: "--origin \(origin)", "write HOST:PORT, e.g. 127.0.0.1:9000 or [::1]:9000",
                remedy: "signalbox zone example \(zone) --origin 127.0.0.1:9000")
        }
        return """
            # A zone: a domain, the origins behind it, and rules in phases.
            zone: \(zone)
            hosts: [\(zone), www.\(zone)]

            # Where requests go. More endpoints share the load; those of a higher priority number stand by.
            origins:
              web:
                endpoints:
                  - {address: '\(host)', port: \(port)}

            settings:
              default_origin: web
              # Answers tell in this header which version made them; leave it out if clients must not know.
              version_header: x-edge-version

            # Rules of a phase run in their order.
            rules:
              http_request_firewall_custom:
                - ref: no-repositories
                  description: What a careless upload leaves behind
                  expression: starts_with(http.request.uri.path, "/.git")
                  action: block
              http_ratelimit:
                - ref: logins
                  description: Twenty attempts a minute from one address
                  expression: http.request.uri.path eq "/login" and http.request.method eq "POST"
                  action: block
                  ratelimit: {characteristics: [ip.src], period: 60, requests_per_period: 20}

            """
    }
}
