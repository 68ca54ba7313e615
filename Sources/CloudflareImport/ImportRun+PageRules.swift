internal import EdgeModel
internal import EdgePlan

/// Page rules, Cloudflare's rules before rulesets: a URL pattern with actions. Of those that match a request only the
/// one with the highest priority applies, so the rules made of them exclude what an earlier one matches. Rulesets
/// override page rules: theirs are asked first where the first redirect ends, and last where the last word counts.
extension ImportRun {
    mutating func importPageRules() {
        let ordered = export.list(.pageRule).map { (source: $0, priority: $0.value.number("priority") ?? 0) }
            .enumerated().sorted {
                let (one, two) = ($0.element.priority, $1.element.priority)
                return one == two ? $0.offset < $1.offset : one > two
            }
        var before: [PageRulePattern] = []
        for (_, (source, _)) in ordered {
            let value = source.value.withoutNulls
            let written = Self.pattern(value)
            let isActive = value.text("status").map { $0 == "active" } ?? true
            var item = ImportItem(.pageRule, written ?? value.text("id") ?? "page rule", at: source.place)
            let actions = value.list("actions") ?? []
            guard let written, let pattern = PageRulePattern(written) else {
                item.refuse("its target is no URL pattern")
                item.source = source.value
                report.items.append(item)
                for (index, action) in actions.enumerated() {
                    var part = ImportItem(
                        .action, action.text("id") ?? "action", at: "\(source.place).actions[\(index)]")
                    part.refuse("its page rule has no URL pattern")
                    report.items.append(part)
                }
                continue
            }
            let earlier = before.filter { $0.mayOverlap(pattern) }
            if pattern.mergesStars { item.change("stars in a row are one star") }
            var page = PageRule(
                value, pattern, isActive: isActive, excluding: earlier, id: value.text("id") ?? "\(before.count + 1)")
            if !isActive { item.words.append("it is disabled there, and so are the rules made of it") }
            if isActive { before.append(pattern) }
            for (index, action) in actions.enumerated() {
                let name = action.text("id") ?? "action"
                var part = ImportItem(.action, "\(name) of \(written)", at: "\(source.place).actions[\(index)]")
                take(name, action["value"], into: &page, index, &part)
                page.items.append(part)
            }
            finish(&page)
            for index in page.items.indices where page.items[index].outcome == .notExpressible {
                page.items[index].source = actions[index]
            }
            item.becomes = page.made
            if page.made.isEmpty { item.source = source.value }
            if !earlier.isEmpty, !page.made.isEmpty {
                item.change(
                    "its rules exclude what page rules of higher priority match, since only one of them applies")
            }
            if page.made.isEmpty, page.items.allSatisfy({ $0.outcome == .notExpressible }) {
                item.refuse("none of its actions can be carried out here")
            }
            report.items.append(item)
            report.items += page.items
        }
    }

    private static func pattern(_ value: DocumentValue) -> String? {
        (value.list("targets") ?? []).first { $0.text("target") ?? "url" == "url" }?["constraint"]?.text("value")
    }

    /// A page rule on its way to rules of phases.
    private struct PageRule {
        let id: String
        let condition: String
        let pattern: PageRulePattern
        let isActive: Bool
        var items: [ImportItem] = []
        var made: [String] = []
        /// Rules and the actions that they are made of.
        var rules: [(name: String, phase: Phase, rule: Rule, actions: [Int])] = []
        var cache: [DocumentMember] = []
        var cacheActions: [Int] = []
        var route = DocumentValue.object([])
        var routeActions: [Int] = []

        init(
            _ value: DocumentValue, _ pattern: PageRulePattern, isActive: Bool, excluding: [PageRulePattern], id: String
        ) {
            self.id = id
            self.pattern = pattern
            self.isActive = isActive
            condition = ([pattern.condition] + excluding.map { "not (\($0.condition))" }).joined(separator: " and ")
        }

        mutating func cache(_ value: DocumentValue, _ key: String, _ index: Int) {
            cache.removeAll { $0.key == key }
            cache.append(DocumentMember(key, value))
            cacheActions.append(index)
        }

        mutating func add(
            _ name: String, _ phase: Phase, _ action: String, _ parameters: DocumentValue, if extra: String? = nil,
            from actions: [Int]
        ) {
            let expression = extra.map { "\(condition) and \($0)" } ?? condition
            let rule = Rule(
                ref: "", expression: expression, action: action, parameters: parameters.sorted,
                description: "Page rule: \(pattern.text)", enabled: isActive)
            rules.append((name, phase, rule, actions))
        }
    }

    private mutating func take(
        _ name: String, _ value: DocumentValue?, into page: inout PageRule, _ index: Int, _ item: inout ImportItem
    ) {
        switch name {
        case "forwarding_url": forward(value ?? .null, into: &page, index, &item)
        case "always_use_https":
            page.add("https", .dynamicRedirect, "redirect", RedirectWords.toHTTPS, if: "not ssl", from: [index])
        case "cache_level":
            switch value?.asText {
            case "bypass"?: page.cache(.bool(false), "cache", index)
            case "cache_everything"?: page.cache(.bool(true), "cache", index)
            case "aggressive"?: item.becomes = ["nothing: it is what happens anyway"]
            default: item.refuse("cache level '\(value?.leafText ?? "")' is about Cloudflare's cache")
            }
        case "edge_cache_ttl":
            guard let seconds = value?.asNumber else { return item.refuse("its value is no number of seconds") }
            page.cache(Self.ttl(seconds), "edge_ttl", index)
        case "browser_cache_ttl":
            guard let seconds = value?.asNumber else { return item.refuse("its value is no number of seconds") }
            if seconds == 0 {
                item.becomes = ["nothing: the origin's own lifetime holds"]
            } else {
                page.cache(Self.ttl(seconds), "browser_ttl", index)
            }
        case "cache_ttl_by_status":
            guard let lifetimes = PageRuleCache.lifetimes(value ?? .null) else {
                return item.refuse("its value is no map of statuses to seconds")
            }
            page.cache(lifetimes, "status_code_ttl", index)
        case "bypass_cache_on_cookie":
            guard let text = value?.asText, !text.contains("\"") else { return item.refuse("its value is no pattern") }
            item.change("the pattern is looked for in the whole Cookie header, not in the names alone")
            page.add(
                "cookie", .cacheSettings, "set_cache_settings", .object(["cache": .bool(false)]),
                if: "http.cookie matches r\"\(text)\"", from: [index])
        case "host_header_override":
            page.route = page.route.setting("host_header", value ?? .null)
            page.routeActions.append(index)
        case "resolve_override":
            guard let host = value?.asText.flatMap({ HostName.normalized($0, wildcard: false) }) else {
                return item.refuse("its value is no host name")
            }
            let origin = originName(for: host)
            item.change("\(host) is the origin '\(origin)' here")
            page.route = page.route.setting("origin", .object(["host": .string(origin)]))
            page.routeActions.append(index)
        case "respect_strong_etag": item.becomes = ["nothing: entity tags pass as the origin wrote them"]
        case "origin_error_page_pass_thru", "explicit_cache_control":
            if value?.asText == "on" {
                item.becomes = ["nothing: it is what happens anyway"]
            } else {
                item.refuse("what the origin says always passes here, its error pages and its Cache-Control too")
            }
        case "ssl": item.refuse("how an origin is reached is said with the origin", do: "see origins.*.tls")
        default:
            if let key = PageRuleCache.key(name, value ?? .null) {
                takeKey(key, into: &page, index, &item)
            } else if let words = Self.cacheActions[name] {
                item.refuse(words)
            } else if name.hasPrefix("disable_") || Self.asksNothing(value ?? .null) {
                item.becomes = ["nothing: this edge does not do it"]
            } else {
                item.refuse("this edge has no '\(name)'")
            }
        }
    }

    /// A key that no rule could have is refused alone, without what else the page rule says of caches.
    private func takeKey(
        _ part: DocumentValue, into page: inout PageRule, _ index: Int, _ item: inout ImportItem
    ) {
        let known = page.cache.first { $0.key == "cache_key" }?.value.asMembers ?? []
        let key = DocumentValue.object(known + (part.asMembers ?? []))
        let probe = Rule(
            ref: "key", expression: "true", action: "set_cache_settings",
            parameters: DocumentValue.object(["cache_key": key]).sorted)
        let problems = check.problems(probe, in: .cacheSettings)
        for (why, remedy) in RuleCheck.reasons(problems, of: probe, in: .cacheSettings) {
            item.refuse(why, do: remedy)
        }
        if problems.isEmpty { page.cache(key, "cache_key", index) }
    }

    private static func ttl(_ seconds: Int) -> DocumentValue {
        .object(["mode": .string("override_origin"), "default": .int(seconds)])
    }

    private static let cacheActions = Dictionary(
        uniqueKeysWithValues: ["cache_on_cookie", "cache_key"].map { ($0, "it is about Cloudflare's cache") })

    private func forward(
        _ value: DocumentValue, into page: inout PageRule, _ index: Int, _ item: inout ImportItem
    ) {
        guard let url = value.text("url") else { return item.refuse("it has no URL") }
        let status = value.number("status_code") ?? 302
        guard PageRulePattern.namesStars(url) else {
            page.add(
                "redirect", .dynamicRedirect, "redirect",
                RedirectWords.redirect(.object(["value": .string(url)]), status: status), from: [index])
            return
        }
        guard !page.pattern.mergesStars, let target = page.pattern.target(url) else {
            return item.refuse(
                page.pattern.mergesStars
                    ? "stars in a row cannot be told apart" : "its URL names a star that the pattern does not have",
                do: "write the redirect by hand")
        }
        page.add(
            "redirect", .dynamicRedirect, "redirect",
            RedirectWords.redirect(.object(["expression": .string(target)]), status: status), from: [index])
    }

    /// Puts the rules in their phases, as far as the edge carries them out.
    private mutating func finish(_ page: inout PageRule) {
        if !page.cache.isEmpty {
            page.add(
                "cache", .cacheSettings, "set_cache_settings", PageRuleCache.parameters(page.cache),
                from: page.cacheActions)
        }
        if !page.routeActions.isEmpty {
            page.add("origin", .origin, "route", page.route, from: page.routeActions)
        }
        // The cookie's rule is younger than the cache's: the last one says whether it is cached.
        let order = ["https", "redirect", "origin", "cache", "cookie"]
        for part in order.flatMap({ name in page.rules.filter { $0.name == name } }) {
            var rule = part.rule
            rule.ref = "page-\(page.id)-\(part.name)"
            let problems = check.problems(rule, in: part.phase)
            guard problems.isEmpty else {
                for index in part.actions {
                    page.items[index].becomes = []
                    for (why, remedy) in RuleCheck.reasons(problems, of: rule, in: part.phase) {
                        page.items[index].refuse(why, do: remedy)
                    }
                }
                continue
            }
            rule.ref = claimRef(rule.ref)
            put(rule, in: part.phase, .page)
            page.made.append("rule \(rule.ref)")
            for index in part.actions { page.items[index].becomes.append("rule \(rule.ref)") }
        }
    }
}
