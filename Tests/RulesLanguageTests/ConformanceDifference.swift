import RulesLanguage
import TestKit

/// A way in which we deliberately judge an expression otherwise than the peer's parser does.
struct ConformanceDifference: Sendable {
    let name: String
    /// Why it is right that we differ.
    let reason: String
    /// Expressions on which we do.
    let examples: [String]
    private let acceptance: @Sendable (Expression, _ theirError: String) -> Bool
    private let refusal: @Sendable (String, ExpressionError) -> Bool

    /// The differences that together explain why one takes a text and the other does not, in the order of the table; nil
    /// when they do not. Of a text that only we refuse every error must be one of a difference.
    static func explaining(
        _ text: String, _ ours: ConformanceTests.Ours, _ answer: WirefilterPeer.Answer
    ) -> [String]? {
        switch ours {
        case .accepted(let expression):
            guard let error = answer.error else { return nil }
            return all.first { $0.acceptance(expression, error) }.map { [$0.name] }
        case .refused(let errors):
            guard answer.ok else { return nil }
            let names = errors.map { error in all.first { $0.refusal(text, error) }?.name }
            return names.contains(nil) ? nil : Set(names.compactMap(\.self)).sorted()
        }
    }

    static let newerFields: Set<String> = ["cf.colo.name", "cf.colo.region", "http.response.headers.truncated"]

    // MARK: kinds

    /// We take it; they refuse with one of these words, and our tree has such a part.
    private static func wider(
        _ name: String, _ reason: String, _ examples: [String], they words: [String],
        _ isPart: @escaping @Sendable (Node) -> Bool
    ) -> Self {
        Self(
            name: name, reason: reason, examples: examples,
            acceptance: { expression, error in
                var found = false
                expression.root.visit { found = found || isPart($0) }
                return found && words.contains { error.contains($0) }
            }, refusal: { _, _ in false })
    }

    /// They take it; our error is such a one.
    private static func stricter(
        _ name: String, _ reason: String, _ examples: [String],
        _ isOne: @escaping @Sendable (_ text: String, ExpressionError) -> Bool
    ) -> Self {
        Self(name: name, reason: reason, examples: examples, acceptance: { _, _ in false }, refusal: isOne)
    }

    private static let arguments = [
        "invalid number of arguments", "invalid type of argument", "invalid kind of argument",
    ]

    private static func call(_ node: Node, _ id: FunctionID, _ test: ([Node]) -> Bool = { _ in true }) -> Bool {
        if case .call(id, let arguments) = node.kind { test(arguments) } else { false }
    }

    private static func isLiteral(_ node: Node) -> Bool {
        if case .literal = node.kind { true } else { false }
    }

    /// The word at an error's place.
    private static func word(_ text: String, _ error: ExpressionError) -> String {
        String(decoding: Array(text.utf8)[error.span.range], as: UTF8.self)
    }

    /// The error is about an argument of a call: a comma stands before it.
    private static func isArgument(_ text: String, _ error: ExpressionError) -> Bool {
        let space: Set<UInt8> = [0x20, 0x0a, 0x0d]
        return Array(text.utf8)[..<Int(error.span.start)].last { !space.contains($0) } == UInt8(ascii: ",")
    }
}

extension ConformanceDifference {
    /// All of them. What is not in this table is a fault.
    static let all: [ConformanceDifference] = takenByUs + refusedByUs

    private static let takenByUs: [ConformanceDifference] = [
        wider(
            "constant", "the API takes true and false as whole expressions; the engine's grammar has no such words",
            ["true", " false "], they: ["unknown identifier"]
        ) { if case .constant = $0.kind { true } else { false } },
        wider(
            "len of a list", "the reference has len for arrays; the wheel registers it for strings only",
            [#"len(http.request.uri.args["k"]) ge 0"#, "len(http.request.headers.names) eq 1"], they: arguments
        ) { call($0, .len) { $0[0].type != .bytes } },
        wider(
            "substring", "the reference has an optional end; the wheel wants both ends, as literals",
            ["substring(http.host, 1) eq \"a\"", "substring(http.host, 0, len(http.host)) eq \"a\""], they: arguments
        ) { call($0, .substring) { $0.count == 2 || !$0.dropFirst().allSatisfy(isLiteral) } },
        wider(
            "options of url_decode", "the reference has options; the wheel knows none",
            ["url_decode(http.host, \"ur\") eq \"a\""], they: arguments
        ) { call($0, .urlDecode) { $0.count == 2 } },
        wider(
            "to_string", "the reference has it for Bool and Ip too; the wheel for Int only",
            ["to_string(ssl) eq \"true\"", "to_string(ip.src) eq \"::1\""], they: arguments
        ) { call($0, .toString) { $0[0].type != .int } },
        wider(
            "paths of lookup_json", "the reference has several keys, and positions; the wheel one key",
            ["lookup_json_string(http.host, \"a\", 0) eq \"b\"", "lookup_json_integer(http.host, 0) eq 1"],
            they: arguments
        ) { node in
            [.lookupJSONString, .lookupJSONInteger].contains { id in
                call(node, id) { $0.count > 2 || $0[1].type == .int }
            }
        },
        wider(
            "many names for remove_query_args", "the reference has no limit; the wheel ends at nine names",
            [
                #"remove_query_args(http.host, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k") eq """#
            ], they: arguments
        ) { call($0, .removeQueryArgs) { $0.count > 8 } },
        wider(
            "has_key", "the reference takes computed keys and maps of any type; the wheel literals and texts",
            ["has_key(http.request.headers, http.host)", "has_key(http.request.jwt.claims.iat.sec, \"a\")"],
            they: arguments
        ) { call($0, .hasKey) { !isLiteral($0[1]) || $0[0].type != .map(.array(.bytes)) } },
        wider(
            "has_value", "the reference takes computed values and lists of numbers; the wheel literals and texts",
            ["has_value(http.request.headers.names, http.host)", "has_value(cf.bot_management.detection_ids, 5)"],
            they: arguments
        ) { call($0, .hasValue) { !isLiteral($0[1]) || $0[1].type == .int } },
        wider(
            "literals for encode_base64 and sha256",
            "the reference's examples encode literals; the wheel wants a field",
            ["encode_base64(\"a\") eq \"b\"", "sha256(\"a\") eq \"b\""], they: arguments
        ) { node in [.encodeBase64, .sha256].contains { call(node, $0) { isLiteral($0[0]) } } },
        wider(
            "is_timed_hmac_valid_v0", "the signature is the reference's; the wheel registers another",
            [#"is_timed_hmac_valid_v0("key", http.request.uri, 100, http.request.timestamp.sec, 8)"#], they: arguments
        ) { call($0, .isTimedHMACValid) },
        wider(
            "fields of newer phases", "the reference lists them; the wheel's list lacks them",
            ["cf.colo.name eq \"a\"", "cf.colo.region eq \"a\"", "http.response.headers.truncated"],
            they: ["unknown identifier", "unrecognised input"]
        ) { node in
            guard case .field(let id) = node.kind, let name = Schema.http.field(id)?.name else { return false }
            return newerFields.contains(name)
        },
        wider(
            "stars in a wildcard", "the wheel sets its parser a limit of ten against slow matching; ours is linear",
            [#"http.host wildcard "*a*b*c*d*e*f*g*h*i*j*k""#], they: ["star metacharacters"]
        ) { node in
            guard case .test(_, .wildcard(let pattern, _)) = node.kind else { return false }
            return pattern.count { $0 == UInt8(ascii: "*") } > 10
        },
    ]

    private static let refusedByUs: [ConformanceDifference] = [
        stricter(
            "empty text", "the engine refuses it; the wheel answers for it before it asks the engine", ["", " \n "]
        ) { $1.code == .empty },
        stricter(
            "length", "the API's limit is 4,096 characters; the engine has none",
            ["http.host eq \"\(String(repeating: "a", count: 4_096))\""]
        ) { $1.code == .tooLong },
        stricter(
            "number of patterns", "the API's limit is 64 an expression; the engine has none",
            [Array(repeating: #"http.host matches "a""#, count: 65).joined(separator: " or ")]
        ) { $1.code == .tooManyRegexes },
        stricter(
            "functions without a reference", "the wheel registers names that Cloudflare's reference does not have",
            [
                "contains(http.host, \"a\")", "ip_in_range(ip.src, \"10.0.0.0/8\")", "wildcard(http.host, \"a\")",
                "sha512(http.host) eq \"a\"", "hmac(http.host, \"a\", \"b\") eq \"a\"", "trim(http.host) eq \"a\"",
                "trim_start(http.host) eq \"a\"", "trim_end(http.host) eq \"a\"",
            ]
        ) { text, error in
            error.code == .unknownIdentifier
                && [
                    "contains", "ip_in_range", "wildcard", "sha512", "hmac", "trim", "trim_start", "trim_end",
                    "hash_in_range",
                ].contains(word(text, error))
        },
        stricter(
            "limits of arguments", "the reference limits the values; the wheel does not look at them",
            [
                "split(http.host, \".\", 129)[0] eq \"a\"", "split(http.host, \"\", 2)[0] eq \"a\"",
                "cidr(ip.src, 33, 64) eq 10.0.0.0", "cidr6(ip.src, 0) eq ::",
                "encode_base64(http.host, \"x\") eq \"a\"",
                "wildcard_replace(http.host, \"a*\", \"b\", \"x\") eq \"a\"",
                "wildcard_replace(http.host, \"a*\", \"${2}\") eq \"a\"",
            ]
        ) { $1.code == .argumentValue },
        stricter(
            "patterns as arguments", "the reference refuses bad patterns; the wheel takes them for plain text",
            [
                "regex_replace(http.host, \"(\", \"a\") eq \"a\"",
                "wildcard_replace(http.host, \"**\", \"a\") eq \"a\"",
                "wildcard_replace(http.host, r\"\\a\", \"a\") eq \"a\"",
            ]
        ) { [.badRegex, .badWildcard].contains($1.code) && isArgument($0, $1) },
        stricter(
            "one replacement", "the reference allows each replacing function once and never within another",
            [
                "regex_replace(regex_replace(http.host, \"a\", \"b\"), \"c\", \"d\") eq \"a\"",
                "wildcard_replace(http.host, \"a\", \"b\") eq wildcard_replace(http.host, \"a\", \"b\")",
            ]
        ) { $1.code == .argumentKind && $1.message.contains("replace") },
        stricter(
            "conditions as arguments", "no function of the reference takes one; the engine's coalesce and concat would",
            ["coalesce(ssl, not ssl)", "coalesce(ssl, (ssl))", "coalesce(http.host eq \"a\", ssl)"]
        ) { text, error in
            error.code == .argumentKind && error.message.contains("condition")
        },
        stricter(
            "patterns for another engine",
            "RE2 counts to 1,000, knows no Unicode mode over bytes and no half boundaries",
            [
                #"http.host matches "a{1001}""#, #"http.host matches "(?u)a""#, #"http.host matches "(?R)a$""#,
                #"http.host matches "\b{start}a""#, #"http.host matches "\<a""#,
                #"http.host matches "(?:(?:a{50}){50}){50}""#,
            ]
        ) { $1.code == .unsupportedRegex },
    ]
}
