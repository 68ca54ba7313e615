internal import RulesLanguage

/// A socket a node listens on: an IP address, a port, and what is spoken there; `127.0.0.10:8080`, `https://[::1]:8443`
/// or, behind a load balancer that sends the PROXY protocol, `https+proxy://127.0.0.10:8443`.
package struct ListenAddress: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// IPv4 or IPv6 text without brackets.
    package let address: String
    /// 1...65535.
    package let port: Int
    package let isTLS: Bool
    /// Every connection begins with a PROXY header, which tells the client's address and the address it asked.
    package let isProxied: Bool

    /// - Returns: nil unless the text is an IP address and the port is one.
    package init?(address: String, port: Int, isTLS: Bool = false, isProxied: Bool = false) {
        guard IPAddress(address) != nil, (1...65535).contains(port) else { return nil }
        self.address = address
        self.port = port
        self.isTLS = isTLS
        self.isProxied = isProxied
    }

    /// - Returns: nil for anything but `IPV4:PORT` and `[IPV6]:PORT`, after `http://`, `https://`, `http+proxy://`,
    ///   `https+proxy://` or nothing.
    package init?(_ text: String) {
        var (isTLS, isProxied, rest) = (false, false, text[...])
        if let mark = text.firstRange(of: "://") {
            switch text[..<mark.lowerBound] {
            case "http": break
            case "https": isTLS = true
            case "http+proxy": isProxied = true
            case "https+proxy": (isTLS, isProxied) = (true, true)
            default: return nil
            }
            rest = text[mark.upperBound...]
        }
        guard let colon = rest.lastIndex(of: ":") else { return nil }
        let digits = rest[rest.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(digits) else { return nil }
        var address = String(rest[..<colon])
        if address.hasPrefix("["), address.hasSuffix("]") {
            address = String(address.dropFirst().dropLast())
            guard address.contains(":") else { return nil }
        } else if address.contains(":") {
            return nil
        }
        self.init(address: address, port: port, isTLS: isTLS, isProxied: isProxied)
    }

    /// `127.0.0.10:8080`: where to connect to.
    package var place: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    package var description: String {
        switch (isTLS, isProxied) {
        case (false, false): place
        case (true, false): "https://\(place)"
        case (false, true): "http+proxy://\(place)"
        case (true, true): "https+proxy://\(place)"
        }
    }

    package static func < (a: Self, b: Self) -> Bool { (a.address, a.port) < (b.address, b.port) }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = ListenAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text.prefix(80))' is no address with port"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
