/// A socket a node listens on: an IP address and a port; `127.0.0.10:8080` or `[::1]:8080`.
package struct ListenAddress: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// IPv4 or IPv6 text without brackets.
    package let address: String
    /// 1...65535.
    package let port: Int

    /// - Returns: nil unless the address has only characters of an IP address and the port is one.
    package init?(address: String, port: Int) {
        let isText = address.utf8.allSatisfy {
            (48...57).contains($0) || (97...102).contains($0) || (65...70).contains($0) || $0 == 46 || $0 == 58
        }
        guard isText, (2...45).contains(address.utf8.count), (1...65535).contains(port) else { return nil }
        guard address.contains(":") || address.split(separator: ".").count == 4 else { return nil }
        self.address = address
        self.port = port
    }

    /// - Returns: nil for anything but `IPV4:PORT` and `[IPV6]:PORT`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return nil }
        var address = String(text[..<colon])
        if address.hasPrefix("["), address.hasSuffix("]") {
            address = String(address.dropFirst().dropLast())
            guard address.contains(":") else { return nil }
        } else if address.contains(":") {
            return nil
        }
        self.init(address: address, port: port)
    }

    package var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

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
