package import EdgePlan

/// Action name and parameters → `RuleAction`. What this edge cannot carry out is an error finding that names rule and
/// words, because a rule that silently does nothing is worse than one that is refused.
package enum RuleActionReader {
    /// - Parameter path: place of the rule, for findings.
    package static func read(_ rule: Rule, in phase: Phase, at path: String) -> (RuleAction?, [Finding]) {
        let names = RuleAction.names(in: phase)
        let place = DocumentReader.join(path, "action")
        guard names.contains(rule.action) else {
            let known = Phase.allCases.contains { RuleAction.names(in: $0).contains(rule.action) }
            let remedy =
                names.isEmpty
                ? "this edge carries out no rules of phase \(phase.rawValue); disable or remove rule '\(rule.ref)'"
                : "use one of: \(names.joined(separator: ", ")); or disable the rule"
            return (
                nil,
                [
                    Finding(
                        .error, known ? "action-not-in-phase" : "unknown-action", at: place,
                        "rule '\(rule.ref)': action '\(rule.action)' is not carried out in \(phase.rawValue)",
                        remedy: remedy)
                ]
            )
        }
        var reader = DocumentReader(
            DocumentNode(rule.parameters ?? .object([])), at: DocumentReader.join(path, "action_parameters"))
        let action: RuleAction?
        switch (rule.action, phase) {
        case (_, .rateLimit): action = RateLimitReader.read(rule, &reader, at: path).map { .rateLimit($0) }
        case ("redirect", _): action = redirect(&reader)
        case ("rewrite", .transform): action = rewriteURI(&reader)
        case ("rewrite", _): action = rewriteHeaders(&reader, phase)
        case ("route", _): action = route(&reader)
        case ("block", _): action = block(&reader)
        case ("set_config", _): action = .configure(ConfigurationSettingsReader.read(&reader))
        case ("skip", _): action = skip(&reader, phase)
        case ("set_cache_settings", _): action = .cache(CacheSettingsReader.read(&reader))
        default:
            reader.finish(known: [])
            action = .log
        }
        if rule.rateLimit != nil, phase != .rateLimit {
            reader.adopt([
                Finding(
                    .error, "not-carried-out", at: DocumentReader.join(path, "ratelimit"),
                    "'ratelimit' is not carried out in \(phase.rawValue)",
                    remedy: "move the rule to \(Phase.rateLimit.rawValue)")
            ])
        }
        let findings = reader.findings.map { finding in
            var named = finding
            named.message = "rule '\(rule.ref)': \(finding.message)"
            return named
        }
        return (findings.contains { $0.severity == .error } ? nil : action, findings)
    }

    /// Reads `{value: ...}` or `{expression: ...}`, exactly one of them, optionally beside other keys.
    private static func source(_ reader: inout DocumentReader) -> ValueSource? {
        let value = reader.string("value")
        let expression = reader.string("expression")
        switch (value, expression) {
        case (let value?, nil): return .value(value)
        case (nil, let expression?): return .expression(expression)
        case (nil, nil):
            reader.report("missing-key", "value", "either 'value' or 'expression' is needed")
        default:
            reader.report("conflict", "expression", "'value' and 'expression' exclude each other", remedy: "keep one")
        }
        return nil
    }

    private static func sourceObject(_ key: String, _ outer: inout DocumentReader) -> ValueSource? {
        guard let node = outer.node(key) else { return nil }
        var reader = DocumentReader(node, at: outer.place(key))
        let result = source(&reader)
        reader.finish(known: ["value", "expression"])
        outer.adopt(reader.findings)
        return result
    }

    private static func redirect(_ reader: inout DocumentReader) -> RuleAction? {
        guard let node = reader.node("from_value") else {
            reader.report(
                "missing-key", "from_value", "a redirect needs 'from_value'",
                remedy: "write from_value: {target_url: {value: https://...}, status_code: 301}")
            reader.finish(known: ["from_value"])
            return nil
        }
        reader.finish(known: ["from_value"])
        var inner = DocumentReader(node, at: reader.place("from_value"))
        let target = sourceObject("target_url", &inner)
        if target == nil, inner.findings.isEmpty {
            inner.report("missing-key", "target_url", "a redirect needs a target")
        }
        let status = inner.int("status_code", in: 300...308) ?? 302
        if ![301, 302, 303, 307, 308].contains(status) {
            inner.report(
                "out-of-range", "status_code", "\(status) is no redirect status",
                remedy: "use 301, 302, 303, 307 or 308")
        }
        let preserve = inner.bool("preserve_query_string") ?? false
        if case .value(let text)? = target, !isRedirectTarget(text) {
            inner.report(
                "bad-url", "target_url", "'\(text)' is no redirect target",
                remedy: "begin with https://, http:// or /; percent-encode spaces and control characters")
        }
        inner.finish(known: ["target_url", "status_code", "preserve_query_string"])
        reader.adopt(inner.findings)
        return target.map { .redirect(target: $0, status: status, preserveQueryString: preserve) }
    }

    private static func isRedirectTarget(_ text: String) -> Bool {
        (text.hasPrefix("https://") || text.hasPrefix("http://") || text.hasPrefix("/"))
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 < 0x80 }
    }

    private static func rewriteURI(_ reader: inout DocumentReader) -> RuleAction? {
        guard let node = reader.node("uri") else {
            reader.report("missing-key", "uri", "a rewrite needs 'uri' with 'path' or 'query'")
            reader.finish(known: ["uri"])
            return nil
        }
        reader.finish(known: ["uri"])
        var inner = DocumentReader(node, at: reader.place("uri"))
        let path = sourceObject("path", &inner)
        let query = sourceObject("query", &inner)
        if path == nil, query == nil, inner.findings.isEmpty {
            inner.report("missing-key", "path", "a rewrite needs 'path' or 'query'")
        }
        if case .value(let text)? = path,
            !text.hasPrefix("/") || !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 })
        {
            inner.report(
                "bad-path", "path", "'\(text)' is no path",
                remedy: "begin with '/'; percent-encode spaces, '?' and '#'")
        }
        if case .value(let text)? = query, !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) {
            inner.report("bad-query", "query", "a query has no spaces, '#' or control characters")
        }
        inner.finish(known: ["path", "query"])
        reader.adopt(inner.findings)
        return .rewriteURI(path: path, query: query)
    }

    private static func rewriteHeaders(_ reader: inout DocumentReader, _ phase: Phase) -> RuleAction? {
        let members = reader.members("headers") ?? []
        if members.isEmpty, reader.findings.isEmpty {
            reader.report("missing-key", "headers", "a header rewrite needs 'headers'")
        }
        reader.finish(known: ["headers"])
        var edits: [HeaderEdit] = []
        for member in members {
            let name = member.key.lowercased()
            var inner = DocumentReader(member.value, at: reader.place("headers.\(member.key)"))
            let word = inner.string("operation")
            let operation = word.flatMap { HeaderEdit.Operation(rawValue: $0) }
            if let problem = HeaderName.problem(with: name, response: phase.isResponse) {
                inner.report("bad-header", "operation", problem)
            }
            if operation == nil || (operation == .add && !phase.isResponse) {
                let allowed = phase.isResponse ? "set, add or remove" : "set or remove"
                inner.report(
                    "bad-operation", "operation", "operation is \(allowed)\(word.map { ", not '\($0)'" } ?? "")")
            }
            let value = operation == .remove ? nil : source(&inner)
            if case .value(let text)? = value, !HeaderName.isValue(text) {
                inner.report("bad-value", "value", "a header value has no control characters and no space at its ends")
            }
            inner.finish(known: ["operation", "value", "expression"])
            reader.adopt(inner.findings)
            if let operation { edits.append(HeaderEdit(name: name, operation: operation, value: value)) }
        }
        return .rewriteHeaders(edits)
    }

    private static func route(_ reader: inout DocumentReader) -> RuleAction? {
        let host = reader.string("host_header")
        if let host, !HostName.isValid(host, wildcard: false) {
            reader.report("bad-host", "host_header", "'\(host)' is no host name")
        }
        var name: String?
        var port: Int?
        if let node = reader.node("origin") {
            var inner = DocumentReader(node, at: reader.place("origin"))
            name = inner.string("host")
            port = inner.int("port", in: 1...65535)
            inner.finish(known: ["host", "port"])
            reader.adopt(inner.findings)
        }
        var serverName: String?
        if let node = reader.node("sni") {
            var inner = DocumentReader(node, at: reader.place("sni"))
            serverName = inner.string("value")
            if let serverName, !HostName.isValid(serverName, wildcard: false) {
                inner.report("bad-host", "value", "'\(serverName)' is no host name")
            }
            inner.finish(known: ["value"])
            reader.adopt(inner.findings)
        }
        reader.finish(known: ["host_header", "origin", "sni"])
        if host == nil, name == nil, port == nil, serverName == nil, reader.findings.isEmpty {
            reader.report("missing-key", "origin", "a route needs 'origin', 'host_header' or 'sni'")
        }
        return .route(hostHeader: host, origin: name, port: port, serverName: serverName)
    }

    private static func block(_ reader: inout DocumentReader) -> RuleAction? {
        var (status, type, body) = (403, "text/plain", "blocked\n")
        if let node = reader.node("response") {
            var inner = DocumentReader(node, at: reader.place("response"))
            status = inner.int("status_code", in: 400...599) ?? status
            type = inner.string("content_type") ?? type
            body = inner.string("content") ?? body
            if !HeaderName.isValue(type) { inner.report("bad-value", "content_type", "'\(type)' is no content type") }
            if body.utf8.count > 65_536 { inner.report("too-long", "content", "a response body has at most 64 KiB") }
            inner.finish(known: ["status_code", "content_type", "content"])
            reader.adopt(inner.findings)
        }
        reader.finish(known: ["response"])
        return .block(status: status, contentType: type, body: body)
    }

    private static func skip(_ reader: inout DocumentReader, _ phase: Phase) -> RuleAction? {
        let ruleset = reader.string("ruleset")
        if let ruleset, ruleset != "current" {
            reader.report(
                "bad-value", "ruleset", "'\(ruleset)' is not carried out", remedy: "use 'current' or list 'phases'")
        }
        var phases: [Phase] = []
        for word in reader.strings("phases") ?? [] {
            if let other = Phase(rawValue: word), other.order > phase.order {
                phases.append(other)
            } else {
                reader.report(
                    "bad-value", "phases", "phase '\(word)' is unknown or does not come after \(phase.rawValue)")
            }
        }
        reader.finish(known: ["ruleset", "phases"])
        if ruleset == nil, phases.isEmpty, reader.findings.isEmpty {
            reader.report("missing-key", "ruleset", "a skip needs 'ruleset: current' or 'phases'")
        }
        return .skip(restOfPhase: ruleset != nil, phases: phases.sorted { $0.order < $1.order })
    }
}
