import RulesLanguage
import TestKit

/// Random conditions as authors write them: text, so that parser and compiler are part of what is tested.
struct RandomCondition {
    /// Ports on which the edge under test listens.
    var ports: [Int]
    /// Whether response fields may occur.
    var isResponse = false

    func text(depth: Int, _ dice: inout Dice) -> String { accepted(&dice) { candidate(depth: depth, &$0) } }

    /// The language allows some functions only once in an expression; such a draw is drawn again.
    private func accepted(_ dice: inout Dice, _ draw: (inout Dice) -> String) -> String {
        for _ in 0..<50 {
            let text = draw(&dice)
            if (try? Expression(text)) != nil { return text }
        }
        preconditionFailure("no expression in fifty draws parses")
    }

    private func candidate(depth: Int, _ dice: inout Dice) -> String {
        guard depth > 0, !dice.chance(25) else { return leaf(&dice) }
        switch dice.number(0...5) {
        case 0:
            let part = candidate(depth: depth - 1, &dice)
            return dice.chance(50) ? "not (\(part))" : "!(\(part))"
        case 1: return joined(["xor", "^^"], depth, &dice)
        case 2, 3: return joined(["or", "||"], depth, &dice)
        default: return joined(["and", "&&"], depth, &dice)
        }
    }

    /// A condition that seldom holds: for rules that end the request.
    func narrow(_ dice: inout Dice) -> String {
        accepted(&dice) { dice in
            let common = ["http.request.uri.path eq \(quoted(dice.pick(Pools.paths)))", leaf(&dice), leaf(&dice)]
            return "\(dice.pick(common)) and (\(candidate(depth: 1, &dice)))"
        }
    }

    private func joined(_ words: [String], _ depth: Int, _ dice: inout Dice) -> String {
        let word = dice.pick(words)
        let parts = (0..<dice.number(2...3)).map { _ in candidate(depth: depth - 1, &dice) }
        return "(" + parts.joined(separator: " \(word) ") + ")"
    }

    /// A test of one field: every field of the edge is as likely as any other.
    func leaf(_ dice: inout Dice) -> String {
        if dice.chance(8) { return dice.pick(Self.telling) }
        if dice.chance(8) { return dice.pick(Self.functions + Self.lists) }
        let fields = Schema.http.fields.filter { $0.filledByEdge && (isResponse || $0.side == .request) }
        let responses = fields.filter { $0.side == .response }
        let field = isResponse && dice.chance(50) ? dice.pick(responses) : dice.pick(fields)
        return leaf(on: field.name, field.type, &dice)
    }

    /// Tests in which a small mistake shows often.
    private static let telling = [
        #"http.user_agent strict wildcard "bot*""#, #"http.request.headers["x-a"][0] strict wildcard "A*""#,
        #"http.user_agent contains "bot""#, #"http.request.headers["x-b"][0] contains "A""#,
        "ip.src in {127.0.0.6/31}", "ip.src in {127.0.0.8/31 10.0.0.0/8}", "ip.src in {127.0.0.4/31}",
        #"http.request.cookies["sid"][0] eq "1""#, #"http.request.cookies["sid"][0] eq "2""#,
        #"http.request.headers["x-c"][0] ne "1""#, #"http.request.uri.args["a"][0] ne "2""#,
        #"lookup_json_integer(http.request.headers["x-a"][0], "n") in {1..7}"#,
        #"lookup_json_string(http.request.headers["x-b"][0], "k") eq "v""#,
        #"all(http.request.headers["x-a"][*] eq "A")"#,
    ]

    /// Functions that neither ``RandomCall`` nor tests of a single field draw; each holds about as often as not.
    private static let functions = [
        "cidr6(ip.src, 127) eq ::", "cidr6(ip.src, 64) in {127.0.0.2..127.0.0.5 ::}",
        #"uuidv4(http.request.full_uri) lt "68747470-3a2f-4f70""#, #"uuidv4(http.user_agent) ne """#,
        #"uuidv4(http.request.full_uri) matches "^68747470-3a2f-4f6[12]""#,
        #"coalesce(http.request.headers["x-a"][0], http.request.headers["x-b"][0], "none") in {"1" "a" "A" "none" "b"}"#,
        #"len(coalesce(http.request.uri.args["a"][0], http.request.cookies["sid"][0])) ge 1"#,
        "sha256(http.request.method) eq \(hash("GET"))", "sha256(http.host) ne \(hash("alpha.test"))",
        #"encode_base64(sha256(http.request.headers["x-a"][0])) lt "a""#,
        token("http.request.headers[\"x-token\"][0]", lifetime: 2_000_000_000, "http.request.timestamp.sec, 3"),
        token("http.request.headers[\"x-token\"][0]", lifetime: 60, "\(Tokens.issued + 60), 3, \"s\""),
        "not " + token("concat(\"/a&t=\", http.request.headers[\"x-token\"][1])", lifetime: 60, "\(Tokens.issued), 3"),
    ]

    private static let lists = [
        "ip.src in $sources", "not ip.src in $sources", "cf.edge.server_ip in $stages", "http.user_agent in $agents",
        #"any(http.request.headers["x-a"][*] in $texts)"#, "len(http.request.uri.path) in $lengths",
    ]

    private static func hash(_ text: String) -> String {
        quoted(Latin1.string(SecureHash.hash(Array(text.utf8))))
    }

    private static func token(_ field: String, lifetime: Int, _ rest: String) -> String {
        "is_timed_hmac_valid_v0(\(quoted(Tokens.key)), \(field), \(lifetime), \(rest))"
    }

    func leaf(on field: String, _ type: ValueType, _ dice: inout Dice) -> String {
        switch field {
        case "ssl": return dice.chance(50) ? "ssl" : "not ssl"
        case "http.request.headers.truncated", "http.response.headers.truncated":
            return dice.chance(50) ? field : "not \(field)"
        case "http.request.timestamp.sec": return "\(field) \(dice.pick(["gt", "lt", "ge", "ne"])) 1600000000"
        case "http.request.timestamp.msec":
            return dice.pick(["\(field) le 999", "\(field) gt 999", "\(field) in {0..999}", "\(field) lt 0"])
        case "cf.ray_id":
            return dice.pick([
                "len(\(field)) eq 36", "len(\(field)) lt 9", "\(field) matches \"^[0-9a-f-]+$\"", "\(field) eq \"x\"",
            ])
        case "ip.src", "cf.edge.server_ip": return address(field, &dice)
        case "cf.edge.server_port", "http.response.code": return integer(field, &dice)
        default: break
        }
        switch type {
        case .map: return map(field, &dice)
        case .array: return list(field, &dice)
        default: return bytes(field, constants(of: field), &dice)
        }
    }

    // MARK: texts

    /// What a field may hold, and what it never holds.
    func constants(of field: String) -> [String] {
        if field.contains(".args") { return ["a", "b", "1", "2", "", "x", "42", "%31", "lang"] }
        if field.contains("cookies") || field == "http.cookie" {
            return Pools.cookies + ["1", "0", "sid=1; beta=1", "b=c", ""]
        }
        if field.hasPrefix("http.request.headers") { return Pools.headerValues }
        if field.hasPrefix("http.response.headers") {
            return ["one", "two", "three", "lab", "text/plain", "application/json"]
        }
        if field.hasSuffix("full_uri") {
            return [
                "http://alpha.test/", "http://alpha.test/a", "http://www.alpha.test/a/b?a=1",
                "http://beta.test/shop/cart",
            ]
        }
        if field.hasSuffix(".extension") { return ["png", "html", "gz", "", "PNG"] }
        if field.hasSuffix(".path") { return Pools.paths }
        if field.hasSuffix(".query") { return Pools.queries }
        if field.hasSuffix(".uri") { return Pools.paths + ["/a?a=1", "/shop/cart?b"] }
        switch field {
        case "http.host": return Pools.hosts
        case "cf.zone.name": return Pools.zones.map(\.name)
        case "http.request.method": return Pools.methods
        case "http.request.version": return ["HTTP/1.1", "HTTP/1.1", "HTTP/2", "HTTP/1.0"]
        case "http.user_agent": return Pools.userAgents + [""]
        case "http.referer": return Pools.referers + [""]
        case "http.x_forwarded_for": return Pools.forwardedFor + Pools.sources + [""]
        case "ip.src.country", "ip.geoip.country": return Pools.countries
        case "http.response.content_type.media_type": return ["application/json", "text/plain", "text/html", ""]
        case "http.request.accepted_languages": return Pools.languageTags
        default: return Pools.headerValues
        }
    }

    private func bytes(_ field: String, _ constants: [String], _ dice: inout Dice) -> String {
        let one = dice.pick(constants)
        switch dice.number(0...14) {
        case 0: return "starts_with(\(field), \(quoted(prefix(one, &dice))))"
        case 1: return "ends_with(\(field), \(quoted(String(one.suffix(dice.number(0...4))))))"
        case 2: return "len(\(field)) \(dice.pick(["gt", "lt", "ge", "le", "eq", "ne"])) \(one.utf8.count)"
        case 3: return "lower(\(field)) eq \(quoted(one.lowercased()))"
        case 4: return "upper(\(field)) contains \(quoted(prefix(one, &dice).uppercased()))"
        case 5:
            let start = dice.number(-4...4)
            return
                "substring(\(field), \(start)) \(dice.pick(["eq", "ne", "contains"])) \(quoted(String(one.suffix(3))))"
        case 6:
            return
                "url_decode(\(field)\(dice.pick(["", ", \"r\"", ", \"u\"", ", \"ur\""]))) contains \(quoted(prefix(one, &dice)))"
        case 7, 8:
            let call = RandomCall.call(on: field, holding: one, &dice)
            let test = dice.chance(60) ? "eq" : dice.pick(["ne", "ne", "contains", "ge"])
            return "\(call.text) \(test) \(quoted(call.result))"
        default: return field + " " + comparison(constants, &dice)
        }
    }

    /// Operator and constant for a value of type bytes.
    private func comparison(_ constants: [String], _ dice: inout Dice) -> String {
        let one = dice.pick(constants)
        switch dice.number(0...9) {
        case 0: return "ne \(quoted(one))"
        case 1: return "contains \(quoted(prefix(one, &dice)))"
        case 2: return "in {\(dice.some(of: constants, share: 40).map(quoted).joined(separator: " "))}"
        case 3:
            return
                "matches \(dice.pick([#""^/a""#, #""[A-Z]""#, #""^$""#, #""(?i)a""#, #""\d""#, #""^[a-z./]+$""#, #""=1""#]))"
        case 4: return "wildcard \(quoted(wildcard(one, &dice)))"
        case 5: return "strict wildcard \(quoted(wildcard(one, &dice)))"
        case 6: return "\(dice.pick(["lt", "le", "gt", "ge"])) \(quoted(one))"
        default: return "\(dice.pick(["eq", "=="])) \(quoted(one))"
        }
    }

    /// The beginning of a text, now and then in the other case.
    private func prefix(_ text: String, _ dice: inout Dice) -> String {
        cased(String(text.prefix(dice.number(0...5))), &dice)
    }

    private func cased(_ text: String, _ dice: inout Dice) -> String {
        guard dice.chance(25) else { return text }
        return dice.chance(50) ? text.lowercased() : text.uppercased()
    }

    private func wildcard(_ text: String, _ dice: inout Dice) -> String {
        let plain = cased(String(text.filter { $0 != "*" && $0 != "\\" }.prefix(40)), &dice)
        guard plain.utf8.count > 2 else { return "*" }
        switch dice.number(0...5) {
        case 0: return plain + "*"
        case 1: return "*" + plain
        case 2: return plain.prefix(2) + "*"
        case 3: return "*" + plain.suffix(2)
        case 4: return "*\(plain.dropFirst().prefix(2))*"
        default: return "*"
        }
    }

    // MARK: other types

    private func address(_ field: String, _ dice: inout Dice) -> String {
        switch dice.number(0...6) {
        case 0: return "\(field) eq \(dice.pick(Pools.sources + ["::1"]))"
        case 1: return "\(field) ne \(dice.pick(Pools.sources + Pools.stagingAddresses))"
        case 2: return "\(field) \(dice.pick(["lt", "le", "gt", "ge"])) 127.0.0.5"
        case 3: return "cidr(\(field), 30, 64) eq \(dice.pick(["127.0.0.4", "127.0.0.8", "::"]))"
        case 4:
            return
                "to_string(\(field)) \(dice.pick(["eq", "contains"])) \(quoted(dice.pick(Pools.sources + ["::1", "127"])))"
        default:
            let ranges =
                dice.some(of: Pools.networks, share: 30) + Pools.stagingAddresses.filter { _ in dice.chance(30) }
            return "\(field) in {\(ranges.joined(separator: " "))}"
        }
    }

    private func integer(_ field: String, _ dice: inout Dice) -> String {
        let numbers = field == "http.response.code" ? [200, 301, 403, 404, 503] : ports
        let one = dice.pick(numbers)
        switch dice.number(0...4) {
        case 0: return "\(field) in {\(one) \(one + 1)..\(one + 300)}"
        case 1: return "\(field) in {\(one - 200)..\(one)}"
        case 2: return "\(field) & \(1 << dice.number(0...5))"
        default: return "\(field) \(dice.pick(["eq", "ne", "lt", "le", "gt", "ge"])) \(one)"
        }
    }

    private func list(_ field: String, _ dice: inout Dice) -> String {
        var constants = constants(of: field)
        if field.hasSuffix("headers.names") {
            constants = Pools.headerNames + ["user-agent", "cookie", "host", "x-origin", "content-type"]
        }
        let each = "\(field)[*]"
        switch dice.number(0...6) {
        case 0: return "\(field)[\(dice.number(0...2))] \(comparison(constants, &dice))"
        case 1: return "len(\(field)) \(dice.pick(["gt", "lt", "eq"])) \(dice.number(0...4))"
        case 2: return "has_value(\(field), \(quoted(dice.pick(constants))))"
        case 3: return "join(\(field), \",\") contains \(quoted(dice.pick(constants)))"
        case 4: return "all(\(each) \(comparison(constants, &dice)))"
        case 5: return "any(lower(\(each))[*] \(comparison(constants, &dice)))"
        default: return "any(\(each) \(comparison(constants, &dice)))"
        }
    }

    private func map(_ field: String, _ dice: inout Dice) -> String {
        let key = dice.pick(keys(of: field))
        if dice.chance(20) { return "has_key(\(field), \(quoted(key)))" }
        let values = "\(field)[\(quoted(key))]"
        let constants = constants(of: field)
        if field == "http.request.headers", dice.chance(10) {
            return dice.chance(50)
                ? "lookup_json_string(\(values)[0], \"k\") eq \"v\"" : "lookup_json_integer(\(values)[0], \"n\") eq 7"
        }
        return dice.chance(40) ? "\(values)[0] \(comparison(constants, &dice))" : list(values, &dice)
    }

    func keys(of field: String) -> [String] {
        if field.contains("response") {
            return ["x-origin", "x-powered-by-region", "content-type", "location", "x-none"]
        }
        if field.contains("cookies") { return Pools.cookieNames }
        if field.contains("headers") {
            return Pools.headerNames + ["accept", Pools.countryHeader, "x-forwarded-for", "cookie"]
        }
        return ["a", "b", "q", "id", ""]
    }
}

/// A text as a literal of the rules language; what is not printable ASCII as `\xHH`, one for each byte of a request.
func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": literal += "\\\(scalar)"
        case " "..."~": literal.unicodeScalars.append(scalar)
        default:
            let digits = String(scalar.value, radix: 16)
            literal += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
        }
    }
    return literal + "\""
}
