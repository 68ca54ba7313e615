import EdgeModel

/// Random texts and value expressions for what rules write.
enum RandomValue {
    static func value(_ text: String) -> DocumentValue { .object(["value": .string(text)]) }
    static func expression(_ text: String) -> DocumentValue { .object(["expression": .string(text)]) }

    /// Values that may be missing, empty or full of bytes that must not get out as they are.
    private static func fromRequest(_ dice: inout Dice) -> String {
        let header = "http.request.headers[\"\(dice.pick(Pools.headerNames))\"]"
        return dice.pick([
            "\(header)[0]", "\(header)[1]", "http.request.uri.args[\"a\"][0]", "http.request.cookies[\"sid\"][0]",
            "url_decode(http.request.uri.path)", "url_decode(http.request.uri.query)", "http.referer",
            "join(http.request.headers.names, \",\")", "join(\(header), \"|\")",
            "join(http.request.uri.args.names, \"+\")",
            "join(http.request.accepted_languages, \",\")", "http.x_forwarded_for", "http.cookie", "ip.src.country",
            "decode_base64(\(header)[0])",
        ])
    }

    static func isComputed(_ value: DocumentValue) -> Bool { value["expression"] != nil }

    static func target(_ dice: inout Dice) -> DocumentValue {
        if dice.chance(50) {
            return value(
                dice.pick([
                    "https://new.test/x", "/moved", "/moved?x=1", "/moved#part", "https://new.test/x?y=1#f",
                    "http://new.test",
                ]))
        }
        return expression(
            dice.pick([
                #"concat("https://new.test", http.request.uri.path)"#,
                #"wildcard_replace(http.request.full_uri, "http://*/*", "https://www.${1}/n/${2}")"#,
                #"regex_replace(http.request.full_uri, "^http://([^/]+)/(.*)$", "https://${1}/${2}?r")"#,
                #"concat("/", lower(http.host))"#, #"concat("https://", http.host, http.request.uri)"#,
                #"concat("/back/", url_decode(http.request.uri.query))"#, "http.referer", fromRequest(&dice),
            ]))
    }

    static func path(_ dice: inout Dice) -> DocumentValue {
        if dice.chance(40) {
            return value(
                dice.pick([
                    "/new", "/new/path", "/a/b", "/__lab/status/404", "/__lab/status/503", "/n%20w", "/%2e%2e/x",
                ]))
        }
        return expression(
            dice.pick([
                #"concat("/new", http.request.uri.path)"#, #"regex_replace(http.request.uri.path, "^/a", "/z")"#,
                "lower(http.request.uri.path)", "url_decode(http.request.uri.path)",
                #"wildcard_replace(http.request.uri.path, "/*/*", "/${2}/${1}")"#,
                #"concat("/", http.request.uri.query)"#, #"concat("/", url_decode(http.request.uri.query))"#,
                fromRequest(&dice),
            ]))
    }

    static func query(_ dice: inout Dice) -> DocumentValue {
        if dice.chance(40) { return value(dice.pick(["", "x=1", "fixed=1&y=2", "a=1"])) }
        return expression(
            dice.pick([
                #"remove_query_args(http.request.uri.query, "a")"#, #"concat("q=", http.request.uri.path)"#,
                #"concat(http.request.uri.query, "&z=1")"#, "url_decode(http.request.uri.query)", fromRequest(&dice),
            ]))
    }

    static func header(response: Bool, _ dice: inout Dice) -> DocumentValue {
        if dice.chance(40) { return value(dice.pick(["fixed", "v=1; x", "a", "1", "Z\"q\""])) }
        var choices = [
            "http.host", "to_string(ip.src)", "to_string(cf.edge.server_port)", "to_string(ssl)", "http.request.uri",
            "raw.http.request.uri", "http.request.full_uri", "cf.zone.name", "http.request.method",
            #"concat(http.request.uri.path, "|", http.request.uri.query)"#,
            "to_string(len(http.request.headers.names))",
            "to_string(cidr(ip.src, 24, 64))", "encode_base64(http.user_agent)", "uuidv4(http.request.full_uri)",
            "encode_base64(sha256(http.host), \"u\")", "sha256(http.request.uri.path)",
            "coalesce(http.request.headers[\"x-b\"][0], http.host)", fromRequest(&dice), fromRequest(&dice),
        ]
        if response {
            choices += [
                "to_string(http.response.code)", #"http.response.headers["x-origin"][0]"#,
                "http.response.content_type.media_type", #"join(http.response.headers.names, ",")"#,
            ]
        }
        return expression(dice.pick(choices))
    }
}
