/// Where to connect instead of the URL's own host: an address or name and, if wanted, another port.
package struct WebAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IP address (IPv6 without brackets) or a host name.
    package let host: String
    /// Nil keeps the port of the URL, so that one staging address serves http and https.
    package let port: Int?

    /// Throws ``WebError/Code/invalidRequest``.
    package init(host: String, port: Int? = nil) throws(WebError) {
        guard WebText.isIPv4(host) || WebText.isIPv6(host) || WebText.isHostName(host) else {
            throw .invalid(
                host, "This is not an address to connect to.",
                remedy: "Write an IP address or a host name, such as 192.0.2.7 or 2001:db8::7.")
        }
        if let port, !(1...65535).contains(port) {
            throw .invalid("\(port)", "This is not a port.", remedy: "Use a number from 1 to 65535.")
        }
        self.host = host.lowercased()
        self.port = port
    }

    /// Reads `192.0.2.7`, `192.0.2.7:8443`, `2001:db8::7`, `[2001:db8::7]:8443`, `edge.example:443`.
    package init(_ text: String) throws(WebError) {
        if WebText.isIPv6(text) {
            try self.init(host: text)
            return
        }
        var host = text[...]
        var port: Int?
        let close = text.first == "[" ? text.firstIndex(of: "]") : nil
        let colon = text[(close ?? text.startIndex)...].firstIndex(of: ":")
        if let colon {
            guard let number = WebText.port(text[text.index(after: colon)...]) else {
                throw .invalid(text, "The port after the colon is not valid.", remedy: "Use a number from 1 to 65535.")
            }
            port = number
            host = text[..<colon]
        }
        if host.first == "[" {
            guard host.last == "]", WebText.isIPv6(host.dropFirst().dropLast()) else {
                throw .invalid(text, "The brackets hold no IPv6 address.", remedy: "Write [2001:db8::7]:443.")
            }
            host = host.dropFirst().dropLast()
        }
        try self.init(host: String(host), port: port)
    }

    package var isIP: Bool { WebText.isIPv4(host) || WebText.isIPv6(host) }

    /// The host with brackets where a port would otherwise be ambiguous.
    package var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    package var description: String { port.map { "\(bracketedHost):\($0)" } ?? host }
}
