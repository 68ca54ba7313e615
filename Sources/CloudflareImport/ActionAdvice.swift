internal import EdgeModel
internal import EdgePlan

/// Why some actions have no counterpart at this edge. A challenge asks the visitor and lets them in; both blocking
/// and letting pass would be another rule, so that is left to a person.
enum ActionAdvice {
    static func of(_ action: String) -> (why: String?, remedy: String?) {
        switch action {
        case "challenge", "js_challenge", "managed_challenge":
            (
                "a challenge needs Cloudflare's page and its clearance cookie, and this edge has neither",
                "decide for these requests: block them, let them pass, or have the origin ask"
            )
        case "execute":
            (
                "it executes a ruleset that is Cloudflare's own or the account's",
                "write what it is needed for as rules of the zone"
            )
        default: (nil, nil)
        }
    }
}

/// What to say of phases in which this edge has no rules at all.
enum PhaseAdvice {
    static func of(_ phase: String) -> (why: String, remedy: String?) {
        let what: (String, String?) =
            switch phase {
            case "http_request_firewall_managed", "http_response_firewall_managed":
                ("managed rules are Cloudflare's own", "keep a firewall before the origin, or write custom rules")
            case "http_request_redirect":
                ("bulk redirects are lists of the account", "write them as rules of http_request_dynamic_redirect")
            case "http_request_sanitize":
                ("paths are normalised by the edge's own settings", "see what normalisation the edge does")
            case "http_custom_errors": ("error pages are the origin's", "serve them from the origin")
            case "http_response_compression": ("compression is not a matter of rules here", nil)
            case "http_log_custom_fields": ("logs are not a matter of rules here", nil)
            case "ddos_l7", "ddos_l4": ("defence against floods is Cloudflare's own", nil)
            case "http_request_sbfm": ("bot management is Cloudflare's own", nil)
            default: ("this edge has no such phase", nil)
            }
        return ("phase \(phase): \(what.0)", what.1)
    }
}

/// The rest of a rule's parameters when those are left out that have no meaning at an edge without a cache and without
/// Cloudflare's other products. Nothing is left out that would change which requests are answered how.
enum ParameterReduction {
    struct Result {
        var parameters: DocumentValue?
        var words: [String]
    }

    static func reduce(_ rule: Rule, in phase: Phase) -> Result? {
        switch (rule.action, phase) {
        case ("skip", _): skip(rule.parameters, after: phase)
        case ("set_cache_settings", .cacheSettings): cache(rule.parameters)
        default: nil
        }
    }

    private static func skip(_ parameters: DocumentValue?, after phase: Phase) -> Result? {
        guard var rest = parameters else { return nil }
        var words: [String] = []
        if rest["products"] != nil {
            words.append(
                "products \(rest.texts("products").joined(separator: ", ")) are left out: this edge has none of them")
            rest = rest.setting("products", nil)
        }
        if rest.list("phases") != nil {
            let (known, foreign) = rest.texts("phases").reduce(into: ([String](), [String]())) { result, name in
                let isLater = Phase(rawValue: name).map { $0.order > phase.order } ?? false
                if isLater { result.0.append(name) } else { result.1.append(name) }
            }
            if !foreign.isEmpty {
                words.append("phases \(foreign.joined(separator: ", ")) are left out: nothing follows in them here")
                rest = rest.setting("phases", known.isEmpty ? nil : .array(known.map { .string($0) }))
            }
        }
        return words.isEmpty ? nil : Result(parameters: rest, words: words)
    }

    private static let cacheKeys: Set<String> = ["cache", "edge_ttl", "browser_ttl", "serve_stale", "cache_key"]

    private static func cache(_ parameters: DocumentValue?) -> Result? {
        guard var rest = parameters, let members = rest.asMembers else { return nil }
        var words: [String] = []
        for member in members where !cacheKeys.contains(member.key) {
            let given = CacheSettings.Given(rawValue: member.key)
            if let given, given.always == nil || member.value == .bool(true) { continue }
            words.append("\(member.key) is left out: \(given?.always ?? "it is about Cloudflare's cache")")
            rest = rest.setting(member.key, nil)
        }
        for key in ["edge_ttl", "browser_ttl"] {
            guard let ttl = rest[key] else { continue }
            switch (key, ttl.text("mode")) {
            case ("browser_ttl", "bypass"):
                words.append("browser_ttl bypass is sent as no-store")
                rest = rest.setting(
                    key, .object(["mode": .string("override_origin"), "default": .int(-1)]))
            case (_, "override_origin"): break
            // What would hold if it were overridden is left in some exports.
            case (_, "respect_origin"), ("edge_ttl", "bypass_by_default"):
                rest = rest.setting(key, ttl.setting("default", nil))
            default: return nil
            }
        }
        return rest == parameters ? nil : Result(parameters: rest, words: words)
    }
}
