internal import EdgeModel
internal import EdgePlan

/// Zone settings: how origins are reached, whether plain HTTP is sent to HTTPS and browsers are to remember that; nothing
/// else has a meaning here.
extension ImportRun {
    mutating func importSettings() -> [ImportItem] {
        let settings = export.list(.setting)
        if !settings.contains(where: { $0.value.text("id") == "ssl" }) {
            report.notes.append(
                "no setting ssl is among it: origins are reached over TLS, their certificates verified (strict)")
        }
        return settings.map { setting in
            let name = setting.value.text("id") ?? "setting"
            var item = ImportItem(.setting, name, at: setting.place)
            let value = setting.value["value"] ?? .null
            switch name {
            case "ssl": importMode(value, &item)
            case "always_use_https": importAlwaysHTTPS(value, &item)
            case "security_header": importStrictTransport(value, &item)
            default:
                if !Self.asksNothing(value) {
                    item.refuse("this edge has no such setting", do: Self.advice[name])
                    item.source = setting.value
                }
            }
            return item
        }
    }

    /// What is off there is not done here either.
    static func asksNothing(_ value: DocumentValue) -> Bool {
        switch value {
        case .null, .bool(false), .string("off"), .string(""), .array([]), .int(0): true
        default: false
        }
    }

    private mutating func importMode(_ value: DocumentValue, _ item: inout ImportItem) {
        guard let known = value.asText.flatMap({ OriginMode(rawValue: $0) }) else {
            item.refuse("ssl is '\(value.leafText)'", do: "see how origins are reached: origins.*.tls")
            return
        }
        mode = known
        switch known {
        case .off, .flexible: item.becomes = ["origins over plain HTTP, port 80"]
        case .full, .strict:
            item.change("origins are reached over TLS on port 443 also for visitors who came over plain HTTP")
            if known == .full { item.change("their certificates are not verified, as there") }
        case .originPull: item.becomes = ["origins over TLS, port 443, certificates verified"]
        }
    }

    private mutating func importAlwaysHTTPS(_ value: DocumentValue, _ item: inout ImportItem) {
        guard value.asText == "on" else { return }
        let rule = Rule(
            ref: claimRef("always-use-https"), expression: "not ssl", action: "redirect",
            parameters: RedirectWords.toHTTPS, description: "Always Use HTTPS")
        put(rule, in: .dynamicRedirect, .setting)
        item.becomes = ["rule \(rule.ref)"]
        item.change("it is a redirect rule here; HTTPS is served when the zone has its certificate (tls)")
    }

    /// HSTS (RFC 6797), which the edge sends by a rule.
    private mutating func importStrictTransport(_ value: DocumentValue, _ item: inout ImportItem) {
        guard let header = value["strict_transport_security"], header.flag("enabled") == true else { return }
        var text = "max-age=\(max(0, header.number("max_age") ?? 0))"
        if header.flag("include_subdomains") == true { text += "; includeSubDomains" }
        if header.flag("preload") == true { text += "; preload" }
        func set(_ value: String) -> DocumentValue {
            .object(["operation": .string("set"), "value": .string(value)])
        }
        let rule = Rule(
            ref: claimRef("strict-transport-security"), expression: "ssl", action: "rewrite",
            parameters: .object([
                "headers": .object([
                    "strict-transport-security": set(text),
                    "x-content-type-options": header.flag("nosniff") == true ? set("nosniff") : nil,
                ])
            ]), description: "HTTP Strict Transport Security")
        put(rule, in: .responseHeadersTransform, .setting)
        item.becomes = ["rule \(rule.ref)"]
        item.change("it is a header rule here")
    }

    private static let advice: [String: String] = [
        "min_tls_version": "the edge serves TLS 1.2 and 1.3",
        "tls_1_3": "the edge serves TLS 1.3 where the zone has a certificate",
        "browser_cache_ttl": "set browser_ttl with a rule of http_request_cache_settings",
    ]
}

/// Parameters of redirects that have no rule of their own there.
enum RedirectWords {
    static let toHTTPS = redirect(
        .object(["expression": .string("concat(\"https://\", http.host, http.request.uri)")]), status: 301)

    static func redirect(_ target: DocumentValue, status: Int) -> DocumentValue {
        .object(["from_value": .object(["status_code": .int(status), "target_url": target])])
    }
}
