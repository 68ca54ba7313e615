/// An absolute http or https URL that is safe to send as it is written.
///
/// Only visible ASCII is taken, so no line break, blank or NUL can reach the request line; the path is not normalised
/// here. User names and passwords are refused because URLs end up in logs. A fragment is dropped: it is never sent.
package struct WebURL: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Hashable, Sendable {
        case http, https
        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// In lower case; an IPv6 address without brackets.
    package let host: String
    package let port: Int
    /// Path and query as written; at least `/`.
    package let target: String

    /// Throws ``WebError/Code/invalidRequest``.
    package init(_ text: String) throws(WebError) {
        let remedy = "Write it as https://host/path."
        guard text.utf8.count <= 65_536 else {
            throw .invalid(text.prefix(80), "The URL is longer than 64 KiB.", remedy: "Shorten it.")
        }
        guard WebText.all(text, WebText.isVisible) else {
            throw .invalid(
                text, "The URL holds a blank, a control character or a letter outside ASCII.",
                remedy: "Percent-encode the path and write the host in its xn-- form.")
        }
        let (scheme, afterScheme) = try WebURL.scheme(of: text, remedy: remedy)
        let withoutFragment = afterScheme.prefix { $0 != "#" }
        let authority = withoutFragment.prefix { $0 != "/" && $0 != "?" && $0 != "\\" }
        guard !authority.contains("@") else {
            throw .invalid(
                text, "The URL holds a user name or password.", remedy: "Send them in an Authorization header.")
        }
        guard let (host, port) = WebURL.hostAndPort(authority) else {
            throw .invalid(text, "The URL has no valid host and port.", remedy: remedy)
        }
        let rest = withoutFragment.dropFirst(authority.count)
        guard rest.first != "\\" else {
            throw .invalid(text, "A backslash follows the host.", remedy: remedy)
        }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.defaultPort
        self.target = rest.first == "/" ? String(rest) : "/" + rest
    }

    /// The host and, unless it is the scheme's own, the port: what the `Host` header says.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }

    /// The same server with another path and query, which begins with a slash and is sent as it is written.
    package func replacing(target: String) throws(WebError) -> WebURL {
        guard target.utf8.first == UInt8(ascii: "/"), target.utf8.count <= 65_536,
            WebText.all(target, { WebText.isVisible($0) && $0 != UInt8(ascii: "#") })
        else {
            throw .invalid(
                target.prefix(80), "This is not a path that can be sent.", remedy: "Percent-encode what it holds.")
        }
        return WebURL(scheme: scheme, host: host, port: port, target: target)
    }

    private init(scheme: Scheme, host: String, port: Int, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
    }

    private static func scheme(of text: String, remedy: String) throws(WebError) -> (Scheme, Substring) {
        for scheme in [Scheme.https, .http] {
            let start = scheme.rawValue + "://"
            if text.prefix(start.count).lowercased() == start { return (scheme, text.dropFirst(start.count)) }
        }
        throw .invalid(text, "The URL does not begin with http:// or https://.", remedy: remedy)
    }

    private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
        var name = authority
        var port: Int?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            name = authority[authority.index(after: authority.startIndex)..<close]
            guard WebText.isIPv6(name) else { return nil }
            let after = authority[authority.index(after: close)...]
            if !after.isEmpty {
                guard after.first == ":", let number = WebText.port(after.dropFirst()) else { return nil }
                port = number
            }
            return (name.lowercased(), port)
        }
        if let colon = authority.firstIndex(of: ":") {
            name = authority[..<colon]
            guard let number = WebText.port(authority[authority.index(after: colon)...]) else { return nil }
            port = number
        }
        guard WebText.isHostName(name) else { return nil }
        return (name.lowercased(), port)
    }
}
