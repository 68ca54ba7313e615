import EdgeModel
import EdgePlan
import RulesLanguage

/// A configuration with rules in every phase that this edge carries out.
struct RandomConfiguration {
    var conditions: RandomCondition
    /// Ports of the origins by name.
    var origins: [String: Int]

    func configuration(_ dice: inout Dice) -> Configuration {
        var rules: [Phase: [Rule]] = [:]
        for (phase, most) in Self.sizes {
            var list: [Rule] = []
            for index in 0..<dice.number(0...most) {
                list.append(rule(phase, ref: "\(Self.short(phase))-\(index)", &dice))
            }
            rules[phase] = list
        }
        return Configuration(origins: originList(), settings: settings(&dice), rules: rules)
    }

    private static let sizes: [(Phase, Int)] = [
        (.dynamicRedirect, 4), (.transform, 4), (.configSettings, 3), (.origin, 4), (.firewallCustom, 7),
        (.rateLimit, 4), (.lateTransform, 5), (.cacheSettings, 5), (.responseHeadersTransform, 6),
    ]

    private static func short(_ phase: Phase) -> String {
        phase.rawValue.split(separator: "_").suffix(2).joined(separator: "-")
    }

    private func originList() -> [Origin] {
        origins.sorted { $0.key < $1.key }.map { name, port in
            var origin = Origin(name: name, endpoints: [Origin.Endpoint(address: "127.0.0.1", port: port)])
            if name == "two" { origin.hostHeader = "two.internal" }
            return origin
        }
    }

    private func settings(_ dice: inout Dice) -> [DocumentMember] {
        var settings = [DocumentMember("default_origin", .string(dice.pick(Pools.originNames)))]
        if dice.chance(60) {
            settings.append(
                DocumentMember(
                    "client_host_header", .string(dice.pick(["x-client-host", "X-Forwarded-Host", "x-edge-client"]))))
        }
        if dice.chance(80) {
            settings.append(DocumentMember("version_header", .string(dice.pick(["x-edge-version", "X-Version"]))))
        }
        return settings.sorted { $0.key < $1.key }
    }

    // MARK: rules

    func rule(_ phase: Phase, ref: String, _ dice: inout Dice) -> Rule {
        var conditions = conditions
        conditions.isResponse = phase.isResponse
        let (action, parameters) = action(phase, &dice)
        let isTerminating = action == "redirect" || action == "block" && phase == .firewallCustom
        let condition = isTerminating ? conditions.narrow(&dice) : conditions.text(depth: dice.number(0...3), &dice)
        return Rule(
            ref: ref, expression: condition, action: action, parameters: parameters, enabled: dice.chance(97),
            rateLimit: phase == .rateLimit ? rateLimit(&dice) : nil)
    }

    private func action(_ phase: Phase, _ dice: inout Dice) -> (String, DocumentValue?) {
        switch phase {
        case .dynamicRedirect:
            let from: DocumentValue = .object([
                "target_url": RandomValue.target(&dice), "status_code": .int(dice.pick([301, 302, 303, 307, 308])),
                "preserve_query_string": .bool(dice.chance(50)),
            ])
            return ("redirect", .object(["from_value": from]))
        case .transform:
            let part = dice.number(0...2)
            let path = part == 1 ? nil : RandomValue.path(&dice)
            let query = part == 0 ? nil : RandomValue.query(&dice)
            return ("rewrite", .object(["uri": .object(["path": path, "query": query])]))
        case .origin: return ("route", route(&dice))
        case .firewallCustom: return firewall(&dice)
        case .configSettings:
            let settings: [(String, DocumentValue)] = [
                ("hotlink_protection", .bool(true)), ("hotlink_protection", .bool(true)),
                ("hotlink_protection", .bool(true)),
                ("hotlink_protection", .bool(false)), ("rocket_loader", .bool(false)),
            ]
            let (key, value) = dice.pick(settings)
            return ("set_config", .object([DocumentMember(key, value)]))
        case .rateLimit: return dice.chance(50) ? ("log", nil) : ("block", limitAnswer(&dice))
        case .cacheSettings: return ("set_cache_settings", cache(&dice))
        default: return ("rewrite", .object(["headers": headers(response: phase.isResponse, &dice)]))
        }
    }

    private func route(_ dice: inout Dice) -> DocumentValue {
        let kind = dice.number(0...3)
        let host: DocumentValue? = kind == 0 || kind == 2 ? .string(dice.pick(["inside.test", "Other.Test"])) : nil
        let name: DocumentValue? = kind == 1 || kind == 2 ? .string(dice.pick(Pools.originNames)) : nil
        let port: DocumentValue? = kind == 3 ? dice.pick(origins.values.sorted()).asDocument : nil
        let origin: DocumentValue? = name == nil && port == nil ? nil : .object(["host": name, "port": port])
        return .object(["host_header": host, "origin": origin])
    }

    private func firewall(_ dice: inout Dice) -> (String, DocumentValue?) {
        switch dice.number(0...4) {
        case 0, 1:
            if dice.chance(40) { return ("block", nil) }
            let response: DocumentValue = .object([
                "status_code": .int(dice.pick([403, 404, 429, 503])),
                "content_type": .string(dice.pick(["text/plain", "text/html; charset=utf-8", "application/json"])),
                "content": .string(dice.pick(["", "no\n", "{\"blocked\":true}", "<h1>é</h1>"])),
            ])
            return ("block", .object(["response": response]))
        case 2: return ("log", nil)
        default:
            let later: [Phase] = [.rateLimit, .lateTransform, .cacheSettings, .responseHeadersTransform]
            var phases = dice.some(of: later, share: 40)
            let rest = phases.isEmpty || dice.chance(30)
            if !rest { phases = dice.shuffled(phases) }
            return (
                "skip",
                .object([
                    "ruleset": rest ? .string("current") : nil,
                    "phases": phases.isEmpty ? nil : .array(phases.map { .string($0.rawValue) }),
                ])
            )
        }
    }

    private func limitAnswer(_ dice: inout Dice) -> DocumentValue? {
        guard dice.chance(50) else { return nil }
        return .object([
            "response": .object([
                "status_code": .int(dice.pick([403, 429, 499])), "content_type": .string("application/json"),
                "content": .string(dice.pick(["", "{\"slow\":\"down\"}"])),
            ])
        ])
    }

    /// Periods of a day: only the order of requests decides, not their time.
    private func rateLimit(_ dice: inout Dice) -> DocumentValue {
        let all = [
            "ip.src", "http.host", "http.request.uri.path", "http.request.headers[\"x-a\"]",
            "http.request.headers[\"X-B\"]", "http.request.cookies[\"sid\"]", "cf.colo.id",
        ]
        var counting = conditions
        counting.isResponse = dice.chance(60)
        let expression =
            counting.isResponse
            ? dice.pick(["http.response.code lt 500", counting.text(depth: 1, &dice)]) : counting.text(depth: 1, &dice)
        return .object([
            "characteristics": .array(dice.some(of: all, share: 25).map { .string($0) }), "period": .int(86_400),
            "requests_per_period": .int(dice.number(1...8)),
            "mitigation_timeout": dice.chance(40) ? .int(dice.pick([0, 7_200, 86_400])) : nil,
            "counting_expression": dice.chance(50) ? .string(expression) : nil,
            "requests_to_origin": dice.chance(20) ? .bool(dice.chance(50)) : nil,
        ])
    }

    private func cache(_ dice: inout Dice) -> DocumentValue {
        let kind = dice.number(0...3)
        return .object([
            "cache": kind == 0 || kind == 3 ? .bool(dice.chance(50)) : nil,
            "edge_ttl": kind == 1 || kind == 3 ? edgeTTL(&dice) : nil,
            "browser_ttl": kind == 2 || dice.chance(20) ? ttl(&dice) : nil,
            "serve_stale": dice.chance(30) ? .object(["disable_stale_while_updating": .bool(dice.chance(60))]) : nil,
            "cache_key": dice.chance(20) ? .object(["cache_by_device_type": .bool(true)]) : nil,
        ])
    }

    private func ttl(_ dice: inout Dice) -> DocumentValue {
        if dice.chance(20) { return .object(["mode": .string("respect_origin")]) }
        return .object(["mode": .string("override_origin"), "default": .int(dice.pick([-1, 0, 1, 60, 86_400]))])
    }

    /// Now and then with statuses that origins and rules answer with, alone and in ranges that overlap.
    private func edgeTTL(_ dice: inout Dice) -> DocumentValue {
        if dice.chance(15) { return .object(["mode": .string("bypass_by_default")]) }
        guard dice.chance(60), case .object(let members) = ttl(&dice) else { return ttl(&dice) }
        let list = (0..<dice.number(1...3)).map { _ -> DocumentValue in
            let status = dice.pick([200, 301, 403, 404, 429, 503])
            let isOne = dice.chance(50)
            let range: DocumentValue = .object(["from": .int(status - 100), "to": .int(status + 10)])
            return .object([
                "status_code": isOne ? .int(status) : nil, "status_code_range": isOne ? nil : range,
                "value": .int(dice.pick([-1, 0, 5, 600])),
            ])
        }
        return .object(members + [DocumentMember("status_code_ttl", .array(list))])
    }

    private func headers(response: Bool, _ dice: inout Dice) -> DocumentValue {
        let requestNames =
            Pools.headerNames + ["X-New", "cookie", "User-Agent", "accept-language", Pools.countryHeader]
        let names = dice.shuffled(response ? Pools.responseHeaderNames + ["X-New"] : requestNames)
        var members: [DocumentMember] = []
        for name in names.prefix(dice.number(1...2)) {
            let operation = dice.pick(response ? ["set", "add", "remove"] : ["set", "set", "remove"])
            var edit = [DocumentMember("operation", .string(operation))]
            if operation != "remove", case .object(let value) = RandomValue.header(response: response, &dice) {
                edit += value
            }
            members.append(DocumentMember(name, .object(edit)))
        }
        return .object(members)
    }
}

extension Int {
    fileprivate var asDocument: DocumentValue { .int(self) }
}
