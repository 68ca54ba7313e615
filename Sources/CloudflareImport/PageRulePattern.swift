internal import EdgeModel

/// The URL pattern of a page rule: `[scheme://]host[:port]/path[?query]` with stars anywhere. Without a scheme it holds
/// for both, without a port for all (https://developers.cloudflare.com/rules/page-rules/reference/wildcard-matching/).
struct PageRulePattern: Hashable {
    /// As it was written, with a path.
    let text: String
    /// Without the scheme and the port.
    private let rest: String
    private let scheme: String?
    private let port: Int?
    /// Two stars in a row stand for one here, so that numbers of stars are not what they were.
    let mergesStars: Bool
    let stars: Int
    /// Whether the first star is the scheme's.
    private let countsScheme: Bool

    init?(_ written: String) {
        guard !written.isEmpty, written.utf8.count <= 2048, written.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        var tail = written[...]
        var scheme: String?
        if let mark = PageRulePattern.index(of: "://", in: written), !written[..<mark].contains("/") {
            scheme = String(written[..<mark]).lowercased()
            tail = written[written.index(mark, offsetBy: 3)...]
        }
        if scheme == "*" || scheme == "http*" { scheme = nil }
        guard scheme == nil || scheme == "http" || scheme == "https" else { return nil }
        var host = tail.prefix { $0 != "/" && $0 != "?" }
        let after = tail.dropFirst(host.count)
        var port: Int?
        if let colon = host.lastIndex(of: ":") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            port = number
            host = host[..<colon]
        }
        guard !host.isEmpty else { return nil }
        let path = after.first == "/" ? String(after) : "/" + after
        // A star at the end of the host takes the slash as well.
        let joined = after.isEmpty && host.last == "*" ? String(host) : host + path
        var merged = ""
        for character in joined where character != "*" || merged.last != "*" { merged.append(character) }
        mergesStars = merged != joined
        rest = merged
        text = written
        countsScheme = written.lowercased().hasPrefix("*://") || written.lowercased().hasPrefix("http*://")
        stars = merged.count { $0 == "*" } + (countsScheme ? 1 : 0)
        self.scheme = scheme
        self.port = port
    }

    private static func index(of mark: String, in text: String) -> String.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(mark) { return index }
            index = text.index(after: index)
        }
        return nil
    }

    /// What holds for the requests that the pattern matches.
    var condition: String {
        let schemes = scheme.map { [$0] } ?? ["http", "https"]
        let wholes = schemes.map { "http.request.full_uri wildcard \(Self.raw("\($0)://\(rest)"))" }
        let url = wholes.count == 1 ? wholes[0] : "(\(wholes.joined(separator: " or ")))"
        return port.map { "\(url) and cf.edge.server_port eq \($0)" } ?? url
    }

    /// Expression for a URL in which `$1` stands for what the first star took; nil when it names a star that is not there.
    func target(_ url: String) -> String? {
        var out = ""
        var rest = url[...]
        while let character = rest.popFirst() {
            guard character == "$" else {
                out.append(character)
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }.prefix(2)
            guard let number = Int(digits) else {
                out += "$$"
                continue
            }
            guard number >= 1, number <= stars else { return nil }
            out += "${\(scheme == nil && !countsScheme ? number + 1 : number)}"
            rest = rest.dropFirst(digits.count)
        }
        let pattern = Self.raw("\(scheme ?? "http*")://\(self.rest)")
        return "wildcard_replace(http.request.full_uri, \(pattern), \(ImportName.literal(out)))"
    }

    static func namesStars(_ url: String) -> Bool {
        url.indices.contains { index in
            let next = url.index(after: index)
            return url[index] == "$" && next < url.endIndex && url[next].isASCII && url[next].isNumber
        }
    }

    /// A wildcard literal in which a backslash stands for itself.
    private static func raw(_ pattern: String) -> String {
        var text = ""
        for character in pattern { text += character == "\\" ? "\\\\" : String(character) }
        let fence = text.contains("\"") ? "#" : ""
        return "r\(fence)\"\(text)\"\(fence)"
    }

    /// Whether there may be a URL that both match; true when in doubt.
    func mayOverlap(_ other: PageRulePattern) -> Bool {
        if let scheme, let theirs = other.scheme, scheme != theirs { return false }
        if let port, let theirs = other.port, port != theirs { return false }
        let (mine, theirs) = (Self.fixedStart(rest), Self.fixedStart(other.rest))
        if !rest.contains("*") { return mine.hasPrefix(theirs) }
        return other.rest.contains("*") ? mine.hasPrefix(theirs) || theirs.hasPrefix(mine) : theirs.hasPrefix(mine)
    }

    /// What every match begins with; letters in one case.
    private static func fixedStart(_ rest: String) -> String { rest.prefix { $0 != "*" }.lowercased() }
}
