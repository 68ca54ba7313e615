package import Glibc

/// A numeric TCP address such as `127.0.0.10:8080` or `[::1]:8080`; names are never looked up.
package struct HostPort: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(_ host: String, _ port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `ADDR:PORT`. Throws ``Malformed`` with the text and what is wrong with it.
    package init(parsing text: String) throws(Malformed) {
        guard let colon = text.lastIndex(of: ":") else { throw Malformed(text: text, reason: "has no port") }
        guard let port = Int(text[text.index(after: colon)...]), (0...65535).contains(port) else {
            throw Malformed(text: text, reason: "the port must be a number from 0 to 65535")
        }
        let host = text[..<colon].trimmingBrackets()
        guard Self.isNumeric(host) else {
            throw Malformed(text: text, reason: "the host must be an IPv4 address or an IPv6 address in brackets")
        }
        self.init(host, port)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package struct Malformed: Error, CustomStringConvertible {
        package let text: String
        package let reason: String
        package var description: String { "'\(text)' is no address to connect to: \(reason)" }
    }

    private static func isNumeric(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }

    /// Calls `body` with the socket address in the form the kernel wants; nil when the host is not numeric.
    package func withSocketAddress<R>(_ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> R) -> R? {
        var four = sockaddr_in()
        if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
            return withUnsafeBytes(of: &four) { bytes in
                bytes.baseAddress.map {
                    body(AF_INET, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
                }
            }
        }
        var six = sockaddr_in6()
        guard inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { return nil }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = in_port_t(truncatingIfNeeded: port).bigEndian
        return withUnsafeBytes(of: &six) { bytes in
            bytes.baseAddress.map { body(AF_INET6, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) }
        }
    }
}

extension HostPort: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(parsing: String(from: decoder))
    }

    package func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
    }
}

extension Substring {
    fileprivate func trimmingBrackets() -> String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self)
    }
}
