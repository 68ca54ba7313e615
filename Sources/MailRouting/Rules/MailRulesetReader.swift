package import EdgeModel

extension MailRuleset {
    /// More rules than this are refused: what is checked is what the plan holds in memory.
    package static let mostRules = 200_000
    /// Destinations of one rule.
    package static let mostDestinations = 50

    /// Reads a document; all findings at once. The ruleset is nil when there is an error among them.
    ///
    /// - Parameter domain: whose rules they are; a document that names another domain is refused, and addresses may be
    ///   written without their domain.
    package static func read(_ node: DocumentNode, domain: String) -> (MailRuleset?, [Finding]) {
        var reader = DocumentReader(node, at: "")
        var ruleset = MailRuleset(domain: domain)
        if let named = reader.string("domain"), named.asciiLowercased != domain {
            reader.report(
                "wrong-domain", "domain", "these are rules of '\(named)', not of '\(domain)'",
                remedy: "leave the line out, or apply them to \(named)")
        }
        ruleset.subaddressing = reader.bool("subaddressing") ?? false
        ruleset.senderRewriting = reader.bool("sender_rewriting") ?? true
        if let server = reader.string("authentication_server") {
            if AuthenticationResults(server)?.server == server {
                ruleset.authenticationServer = server
            } else {
                reader.report(
                    "bad-authentication-server", "authentication_server", "'\(server)' is no authserv-id",
                    remedy: "write what stands first in the verifier's Authentication-Results, such as mx.example.com")
            }
        }
        var places: [String: String] = [:]
        for (index, item) in (reader.array("rules") ?? []).enumerated() {
            let place = reader.place("rules[\(index)]")
            guard reader.findings.count < DocumentReader.mostFindings, index < mostRules else {
                reader.adopt([
                    Finding(.error, "too-many-rules", at: place, line: item.line, "the rest was not read")
                ])
                break
            }
            let (rule, findings) = MailRule.read(item, at: place, domain: domain)
            reader.adopt(findings)
            guard let rule else { continue }
            if let other = places.updateValue(place, forKey: rule.ref) {
                reader.adopt([
                    Finding(
                        .error, "duplicate-ref", at: place + ".ref", line: item.line,
                        "ref '\(rule.ref)' is already used at \(other)", remedy: "give every rule its own ref")
                ])
            }
            ruleset.rules.append(rule)
        }
        if let node = reader.node("catch_all") {
            let (catchAll, findings) = MailCatchAll.read(node, at: reader.place("catch_all"), domain: domain)
            reader.adopt(findings)
            ruleset.catchAll = catchAll
        }
        reader.finish(
            known: ["domain", "subaddressing", "sender_rewriting", "authentication_server", "rules", "catch_all"])
        return (reader.findings.contains { $0.severity == .error } ? nil : ruleset, reader.findings)
    }
}

extension MailRule {
    /// Reads one rule; nil when it cannot be one.
    package static func read(_ node: DocumentNode, at path: String, domain: String) -> (MailRule?, [Finding]) {
        var reader = DocumentReader(node, at: path)
        let ref = reader.string("ref")
        if let ref, let problem = problem(withRef: ref) {
            reader.report("bad-ref", "ref", "'\(ref)': \(problem)")
        } else if ref == nil, reader.findings.isEmpty {
            reader.report("missing-key", "ref", "a rule needs 'ref'", remedy: "add a line 'ref: ...'")
        }
        let matcher = readMatcher(&reader, domain)
        let action = MailAction.read(&reader, domain)
        let description = reader.string("description")
        let enabled = reader.bool("enabled") ?? true
        var expires: Timestamp?
        if let text = reader.string("expires") {
            expires = Timestamp(rfc3339: text)
            if expires == nil {
                reader.report(
                    "bad-time", "expires", "'\(text)' is no RFC 3339 time", remedy: "write 2026-12-31T23:59:59Z")
            }
        }
        reader.finish(known: ["ref", "to", "from", "if"] + MailAction.keys + ["description", "enabled", "expires"])
        guard let ref, let matcher, let action, !reader.findings.contains(where: { $0.severity == .error }) else {
            return (nil, reader.findings)
        }
        let rule = MailRule(
            ref: ref, matcher: matcher, action: action, description: description, enabled: enabled, expires: expires)
        return (rule, reader.findings)
    }

    private static func readMatcher(_ reader: inout DocumentReader, _ domain: String) -> Matcher? {
        let (to, from, condition) = (reader.string("to"), reader.string("from"), reader.string("if"))
        let given = [to, from, condition].compactMap(\.self).count
        guard given == 1 else {
            if given > 1 || reader.findings.isEmpty {
                reader.report(
                    "one-matcher", given == 0 ? "to" : "if", "a rule has exactly one of 'to', 'from' and 'if'",
                    remedy: "join conditions in one 'if: mail.to eq \"...\" and mail.from eq \"...\"'")
            }
            return nil
        }
        if let to { return readAddress(to, &reader, domain).map { .address($0) } }
        if let from {
            guard let sender = MailSender(from) else {
                reader.report(
                    "bad-sender", "from", "'\(from)' is no sender", remedy: "write alice@sender.test or @sender.test")
                return nil
            }
            return .sender(sender)
        }
        guard let condition else { return nil }
        let findings = MailCondition.findings(
            condition, at: reader.place("if"), line: reader.line(of: "if"))
        reader.adopt(findings)
        return findings.contains { $0.severity == .error } ? nil : .expression(condition)
    }

    private static func readAddress(_ text: String, _ reader: inout DocumentReader, _ domain: String) -> MailAddress? {
        guard let address = MailAddress(text.contains("@") ? text : "\(text)@\(domain)")?.folded else {
            reader.report(
                "bad-address", "to", "'\(text)' is no mail address",
                remedy: "write support or support@\(domain); for everybody else use the catch-all")
            return nil
        }
        guard address.domain == domain else {
            reader.report(
                "foreign-address", "to", "'\(address)' is not in \(domain)",
                remedy: "put the rule into the ruleset of \(address.domain)")
            return nil
        }
        return address
    }
}

extension MailCatchAll {
    static func read(_ node: DocumentNode, at path: String, domain: String) -> (MailCatchAll?, [Finding]) {
        var reader = DocumentReader(node, at: path)
        let action = MailAction.read(&reader, domain)
        let enabled = reader.bool("enabled") ?? true
        if let action, !action.isFinal {
            reader.report(
                "bad-catch-all", "action", "the catch-all must decide; '\(action.kind.rawValue)' does not",
                remedy: "use forward, drop, reject, defer or worker")
        }
        reader.finish(known: MailAction.keys + ["enabled"])
        guard let action, reader.findings.isEmpty else { return (nil, reader.findings) }
        return (MailCatchAll(action: action, enabled: enabled), [])
    }
}
