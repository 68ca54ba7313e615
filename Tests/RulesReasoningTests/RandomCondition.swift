import RulesLanguage
import TestKit

/// Random conditions over few fields and few values, and random requests made of the same, so that conditions often hold
/// and contradictions are frequent.
struct RandomCondition {
    var random: SeededGenerator

    private static let hosts = ["a.example", "b.example", "www.a.example", "x"]
    private static let paths = ["/", "/a", "/a/b", "/api/v1", "/api/", "/b.php", ""]
    private static let parts = ["/a", "/api", "/api/", ".php", "a", "b", "/", "v1", ""]
    private static let agents = ["", "curl/8", "Mozilla", "CURL", "bot"]
    private static let headers = ["", "1", "a", "b", "ab"]
    private static let networks = [
        "192.0.2.0/24", "192.0.2.0/25", "192.0.2.128/25", "2001:db8::/32", "192.0.2.7", "::/0",
    ]
    private static let addresses = ["192.0.2.7", "192.0.2.200", "198.51.100.1", "2001:db8::1", "fe80::1"]
    private static let countries = ["DE", "US", "FR"]

    init(_ random: SeededGenerator) {
        self.random = random
    }

    private mutating func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }

    private mutating func set(_ list: [String], quoted: Bool = true) -> String {
        let members = (0..<Int.random(in: 1...3, using: &random)).map { _ in pick(list) }
        return "{" + members.map { quoted ? "\"\($0)\"" : $0 }.joined(separator: " ") + "}"
    }

    mutating func text(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 4), using: &random) {
        case 0...3: return comparison()
        case 4: return "not (\(text(depth: depth - 1)))"
        default:
            let operation = pick(["and", "and", "and", "or", "or", "xor"])
            let count = Int.random(in: 2...3, using: &random)
            return (0..<count).map { _ in "(\(text(depth: depth - 1)))" }.joined(separator: " \(operation) ")
        }
    }

    private mutating func comparison() -> String {
        switch Int.random(in: 0..<25, using: &random) {
        case 0: "http.host eq \"\(pick(Self.hosts))\""
        case 1: "http.host in \(set(Self.hosts))"
        case 2: "http.host ne \"\(pick(Self.hosts))\""
        case 3: "http.host wildcard \"\(pick(["*.example", "a*", "*", "WWW.*", "b.*ple"]))\""
        case 4: "http.request.uri.path eq \"\(pick(Self.paths))\""
        case 5: "http.request.uri.path in \(set(Self.paths))"
        case 6: "starts_with(http.request.uri.path, \"\(pick(Self.parts))\")"
        case 7: "ends_with(http.request.uri.path, \"\(pick(Self.parts))\")"
        case 8: "http.request.uri.path contains \"\(pick(Self.parts))\""
        case 9:
            "http.request.uri.path matches \"\(pick(["^/api", "^/a$", "php$", "^/api/.*", ".*a", "(?i)^/API/", "^/[ab]", "/a|/b"]))\""
        case 10: "http.request.uri.path strict wildcard \"\(pick(["/api/*", "*", "*.php", "/*b", "/a*"]))\""
        case 11: "lower(http.user_agent) contains \"\(pick(["curl", "moz", "C", "bot"]))\""
        case 12: "http.user_agent eq \"\(pick(Self.agents))\""
        case 13: "len(http.user_agent) \(pick(["gt", "eq", "lt", "ge"])) \(pick([0, 3, 6, 7, -1]))"
        case 14: "http.request.headers[\"x\"][0] \(pick(["eq", "ne", "lt", "ge"])) \"\(pick(Self.headers))\""
        case 15: "any(http.request.headers[\"x\"][*] eq \"\(pick(Self.headers))\")"
        case 16: "ip.src in \(set(Self.networks, quoted: false))"
        case 17: "ip.src \(pick(["eq", "ne", "lt", "ge"])) \(pick(Self.addresses))"
        case 18: "ip.src.country \(pick(["eq", "ne"])) \"\(pick(Self.countries))\""
        case 19: "cf.edge.server_port \(pick(["eq", "lt", "ge", "ne"])) \(pick([80, 443, 0, 65_535, 70_000]))"
        case 20: "cf.edge.server_port in {\(pick(["80", "80..90", "443 8443", "0..79 81..65535"]))}"
        case 21: "http.user_agent \(pick(["eq", "ne", "ge"])) lower(http.user_agent)"
        case 22: "http.host eq http.user_agent"
        case 23: "http.request.uri.path wildcard \"\(pick(["/api/*", "/API/*", "*.PHP", "/*b", "/a*"]))\""
        default: "ssl"
        }
    }

    mutating func request() -> [FieldID: FieldValue] {
        var values: [FieldID: FieldValue] = [
            .httpHost: .string(pick(Self.hosts + [""])),
            .path: .string(pick(Self.paths + ["/API/x", "/zzz", "/b", "/A", "/api/B", "/x.PHP"])),
            .userAgent: .string(pick(Self.agents)), .ssl: .bool(Bool.random(using: &random)),
            .edgeServerPort: .int(pick([80, 85, 443, 0, 65_535, 8_443])),
            .headers: .map(
                (0..<Int.random(in: 0...2, using: &random)).map { _ in .init("x", pick(Self.headers)) }),
        ]
        if let address = IPAddress(pick(Self.addresses + [""])) { values[.sourceIP] = .ip(address) }
        if Bool.random(using: &random) { values[.sourceCountry] = .string(pick(Self.countries)) }
        return values
    }
}
