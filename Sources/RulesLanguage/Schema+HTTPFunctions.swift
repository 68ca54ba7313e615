extension Schema {
    private static var bytes: FunctionSchema.TypePattern { .exactly(.bytes) }
    private static var int: FunctionSchema.TypePattern { .exactly(.int) }
    private static var bytesArray: FunctionSchema.TypePattern { .exactly(.array(.bytes)) }

    private static let transforms = [
        "http_request_transform", "http_request_late_transform", "http_response_headers_transform",
    ]
    private static let headerTransforms = ["http_request_late_transform", "http_response_headers_transform"]
    private static let transformsAndRedirects = transforms + ["http_request_dynamic_redirect"]
    private static let noTokens = "token configurations are kept by API Shield, which this edge does not have"
    private static let firewall = ["http_request_firewall_custom", "http_ratelimit"]

    /// The functions of Cloudflare's HTTP phases; `any` and `all` are part of the grammar and not listed.
    ///
    /// Source: Cloudflare's function reference; `has_key`, `has_value` and `encode_base64` are later additions.
    static let httpFunctions: [FunctionSchema] = [
        .init(.lower, "lower", [.expression("source", bytes)], returns: .type(.bytes), "ASCII letters in lower case"),
        .init(.upper, "upper", [.expression("source", bytes)], returns: .type(.bytes), "ASCII letters in upper case"),
        .init(
            .len, "len", [.expression("source", bytes, .anyArray)], returns: .type(.int),
            "number of bytes, or of elements of an array"),
        .init(
            .concat, "concat", [.either("first", bytes, .anyArray), .either("more", bytes, .anyArray)], variadic: true,
            returns: .sameAsFirst, "all arguments one after another; missing ones are skipped"),
        .init(
            .startsWith, "starts_with", [.expression("source", bytes), .either("prefix", bytes)],
            returns: .type(.bool), "whether the source begins with the prefix"),
        .init(
            .endsWith, "ends_with", [.expression("source", bytes), .either("suffix", bytes)], returns: .type(.bool),
            "whether the source ends with the suffix"),
        .init(
            .substring, "substring", [.expression("source", bytes), .either("start", int), .either("end", int)],
            optional: 1, returns: .type(.bytes), "bytes from start up to end; negative positions count from the end"),
        .init(
            .urlDecode, "url_decode", [.expression("source", bytes), .literal("options", bytes)], optional: 1,
            returns: .type(.bytes), "percent-decoded source; option r: repeatedly, option u: also %uXXXX"),
        .init(
            .regexReplace, "regex_replace",
            [
                .expression("source", bytes), .init(name: "pattern", accepts: .regex, types: [bytes]),
                .literal("replacement", bytes),
            ],
            returns: .type(.bytes), allowedIn: transformsAndRedirects,
            "source with the first match replaced; ${n} stands for a group"),
        .init(
            .wildcardReplace, "wildcard_replace",
            [
                .expression("source", bytes), .init(name: "pattern", accepts: .wildcard, types: [bytes]),
                .literal("replacement", bytes), .literal("flags", bytes),
            ],
            optional: 1, returns: .type(.bytes), allowedIn: transformsAndRedirects,
            "replacement if the whole source matches; ${n} stands for the n-th star; flag s: case matters"),
        .init(
            .toString, "to_string", [.expression("value", int, .exactly(.bool), .exactly(.ip))],
            returns: .type(.bytes), allowedIn: transformsAndRedirects, "the value as text"),
        .init(
            .removeQueryArgs, "remove_query_args", [.expression("query", bytes), .literal("name", bytes)],
            variadic: true, returns: .type(.bytes), allowedIn: transforms, "query string without the named arguments"),
        .init(
            .hasKey, "has_key", [.expression("map", .anyMap), .either("key", bytes)], returns: .type(.bool),
            "whether the map has the key"),
        .init(
            .hasValue, "has_value",
            [.expression("array", bytesArray, .exactly(.array(.int))), .either("value", bytes, int)],
            returns: .type(.bool), "whether an element of the array equals the value"),
        .init(
            .split, "split", [.expression("source", bytes), .literal("separator", bytes), .literal("limit", int)],
            returns: .type(.array(.bytes)), allowedIn: ["http_response_headers_transform", "http_custom_errors"],
            "parts between separators, at most limit (1–128) of them"),
        .init(
            .join, "join", [.expression("array", bytesArray), .literal("separator", bytes)], returns: .type(.bytes),
            allowedIn: transforms + ["http_request_firewall_custom", "http_custom_errors"],
            "elements with the separator between them"),
        .init(
            .cidr, "cidr",
            [.expression("address", .exactly(.ip)), .literal("ipv4 bits", int), .literal("ipv6 bits", int)],
            returns: .type(.ip), allowedIn: firewall, "network address of an IPv4 or IPv6 address"),
        .init(
            .cidr6, "cidr6", [.expression("address", .exactly(.ip)), .literal("ipv6 bits", int)], returns: .type(.ip),
            allowedIn: firewall, "network address of an IPv6 address; IPv4 addresses stay whole"),
        .init(
            .decodeBase64, "decode_base64", [.expression("source", bytes)], returns: .type(.bytes),
            allowedIn: transforms + firewall, "base64-decoded source; missing when it is not base64"),
        .init(
            .encodeBase64, "encode_base64", [.either("source", bytes), .literal("flags", bytes)], optional: 1,
            returns: .type(.bytes), allowedIn: transforms,
            "base64 of the source; flag u: URL alphabet, flag p: with padding"),
        .init(
            .removeBytes, "remove_bytes", [.expression("source", bytes), .literal("bytes", bytes)],
            returns: .type(.bytes), "source without any of the given bytes"),
        .init(
            .uuidv4, "uuidv4", [.expression("random", bytes)], returns: .type(.bytes), allowedIn: transforms,
            "version 4 UUID made of 16 random bytes"),
        .init(
            .lookupJSONString, "lookup_json_string",
            [.expression("json", bytes), .literal("key", bytes, int)], variadic: true, returns: .type(.bytes),
            "text at the path of keys and indexes"),
        .init(
            .lookupJSONInteger, "lookup_json_integer",
            [.expression("json", bytes), .literal("key", bytes, int)], variadic: true, returns: .type(.int),
            "integer at the path of keys and indexes"),
        .init(
            .isTimedHMACValid, "is_timed_hmac_valid_v0",
            [
                .literal("key", bytes), .expression("message and code", bytes), .literal("lifetime", int),
                .either("now", int), .literal("separator length", int), .literal("flags", bytes),
            ],
            optional: 2, returns: .type(.bool),
            "whether message, separator, time, - and code are genuine and not older than lifetime; flag s: URL alphabet"
        ),
        .init(
            .sha256, "sha256", [.either("source", bytes)], returns: .type(.bytes), allowedIn: headerTransforms,
            "the 32 bytes of the source's SHA-256; encode_base64 makes a text of them"),
        .init(
            .bitSlice, "bit_slice", [.expression("source", bytes), .literal("start", int), .literal("length", int)],
            returns: .type(.int), uncomputed: "it reads the bits of packets, which no HTTP phase sees",
            allowedIn: ["magic_transit"], "some bits as an integer"),
        .init(
            .coalesce, "coalesce",
            [
                .either("first", bytes, int, .exactly(.ip), .exactly(.bool)),
                .either("more", bytes, int, .exactly(.ip), .exactly(.bool)),
            ],
            variadic: true, returns: .sameAsFirst, "the first argument that is not missing"),
        .init(
            .isJWTValid, "is_jwt_valid", [.literal("configuration", bytes)], returns: .type(.bool),
            uncomputed: noTokens, allowedIn: ["api_gateway_late"],
            "whether the request has a valid token of the configuration"),
        .init(
            .isJWTPresent, "is_jwt_present", [.literal("configuration", bytes)], returns: .type(.bool),
            uncomputed: noTokens, allowedIn: ["api_gateway_late"],
            "whether the request has a token of the configuration"),
    ]
}
