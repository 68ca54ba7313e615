package import EdgePlan
internal import RulesLanguage

/// One configuration → its resolved plan, the origins it uses, and every finding. Pure and total: what cannot be
/// carried out is left out of the plan and named by an error finding.
package struct ConfigurationCompiler {
    private let content: EdgeSnapshot.Content
    private let lists: KnownLists
    package private(set) var findings: [Finding] = []
    /// Origins used, by plan name.
    package private(set) var origins: [String: OriginPlan] = [:]
    /// Names of the lists that enabled rules mention: the plan holds what these are now.
    package private(set) var usedLists: Set<String> = []

    package init(_ content: EdgeSnapshot.Content, lists: KnownLists = .none) {
        self.content = content
        self.lists = lists
    }

    private var configuration: Configuration { content.configuration }

    package mutating func compile() -> ConfigurationPlan {
        let fallback = defaultOrigin()
        var phases: [PhasePlan] = []
        for phase in Phase.allCases {
            var rules: [RulePlan] = []
            for (index, rule) in configuration.rules(in: phase).enumerated() where rule.enabled {
                let place = "\(content.label): rules.\(phase.rawValue)[\(index)]"
                if let plan = compile(rule, in: phase, fallback: fallback, at: place) { rules.append(plan) }
            }
            if !rules.isEmpty { phases.append(PhasePlan(phase: phase, rules: rules)) }
        }
        for member in configuration.settings where KnownSetting(rawValue: member.key) == nil {
            findings.append(
                Finding(
                    .warning, "setting-without-effect", at: "\(content.label): settings.\(member.key)",
                    "setting '\(member.key)' has no effect at this edge", remedy: "remove it, or accept the warning"))
        }
        return ConfigurationPlan(
            id: content.id, application: content.application?.rawValue, version: content.version,
            defaultOrigin: fallback.map { plan($0).name }, clientHostHeader: header(.clientHostHeader),
            versionHeader: header(.versionHeader), phases: phases)
    }

    private mutating func header(_ setting: KnownSetting) -> String? {
        guard let name = configuration.setting(setting)?.lowercased() else { return nil }
        // These two are the edge's own to write, so its prefix is allowed here.
        let bare = name.hasPrefix("x-edge-") ? String(name.dropFirst(7)) : name
        if let problem = HeaderName.problem(with: bare, response: setting == .versionHeader) {
            findings.append(
                Finding(.error, "bad-header", at: "\(content.label): settings.\(setting.rawValue)", problem))
            return nil
        }
        return name
    }

    private mutating func defaultOrigin() -> Origin? {
        let place = "\(content.label): settings.\(KnownSetting.defaultOrigin.rawValue)"
        if let name = configuration.setting(.defaultOrigin) {
            if let origin = configuration.origin(named: name) { return origin }
            findings.append(
                Finding(
                    .error, "unknown-origin", at: place, "there is no origin '\(name)'",
                    remedy: "name one of: \(configuration.origins.map(\.name).joined(separator: ", "))"))
            return nil
        }
        if configuration.origins.count == 1 { return configuration.origins[0] }
        findings.append(
            Finding(
                configuration.origins.isEmpty ? .warning : .error, "no-default-origin", at: place,
                configuration.origins.isEmpty
                    ? "there is no origin: requests that no rule answers get 503"
                    : "there are several origins and none is the default",
                remedy: "set settings.default_origin"))
        return nil
    }

    /// The plan of an origin, noted as used.
    private mutating func plan(_ origin: Origin) -> OriginPlan {
        let plan = OriginPlan(origin)
        origins[plan.name] = plan
        if let tls = origin.tls, !tls.verify {
            let finding = Finding(
                .warning, "origin-not-verified", at: "\(content.label): origins.\(origin.name).tls",
                "the certificate of origin '\(origin.name)' is not verified", remedy: "remove 'verify: false'")
            if !findings.contains(finding) { findings.append(finding) }
        }
        return plan
    }

    private mutating func compile(_ rule: Rule, in phase: Phase, fallback: Origin?, at place: String) -> RulePlan? {
        let (read, problems) = RuleActionReader.read(rule, in: phase, at: place)
        findings += problems
        let condition = program(rule.expression, .filter, rule: rule, phase: phase, at: place + ".expression")
        guard let read, let condition else { return nil }
        guard let action = resolve(read, rule: rule, phase: phase, fallback: fallback, at: place) else { return nil }
        return RulePlan(ref: rule.ref, condition: condition, action: action)
    }

    private mutating func program(
        _ text: String, _ mode: Expression.Mode, rule: Rule, phase: Phase, atResponse: Bool? = nil, at place: String
    ) -> [UInt8]? {
        let syntax = ExpressionCheck.syntaxFindings(text, mode: mode, at: place)
        guard syntax.isEmpty, let expression = try? Expression(text, mode: mode) else {
            findings += syntax
            return nil
        }
        let edge = ExpressionCheck.edgeFindings(
            expression, ref: rule.ref, response: atResponse ?? phase.isResponse, at: place)
        findings += edge
        guard !edge.contains(where: { $0.severity == .error }) else { return nil }
        do throws(ExpressionErrors) {
            usedLists.formUnion(expression.usedLists)
            return try ProgramCompiler(lists: lists.contents).compile(expression).bytes
        } catch {
            findings += error.errors.map {
                Finding(
                    .error, $0.code.rawValue, at: place, "rule '\(rule.ref)': \($0.message)", remedy: $0.remedy,
                    excerpt: $0.rendered(in: text))
            }
            return nil
        }
    }

    private mutating func value(_ source: ValueSource, rule: Rule, phase: Phase, at place: String) -> ValuePlan? {
        switch source {
        case .value(let text): .literal(Array(text.utf8))
        case .expression(let text): program(text, .value, rule: rule, phase: phase, at: place).map { .program($0) }
        }
    }

    private mutating func resolve(
        _ action: RuleAction, rule: Rule, phase: Phase, fallback: Origin?, at place: String
    ) -> ActionPlan? {
        let parameters = place + ".action_parameters"
        switch action {
        case .redirect(let target, let status, let preserve):
            let at = parameters + ".from_value.target_url"
            guard let target = value(target, rule: rule, phase: phase, at: at) else { return nil }
            return .redirect(target: target, status: status, preserveQueryString: preserve)
        case .rewriteURI(let path, let query):
            let newPath = path.map { value($0, rule: rule, phase: phase, at: parameters + ".uri.path") }
            let newQuery = query.map { value($0, rule: rule, phase: phase, at: parameters + ".uri.query") }
            if case .some(nil) = newPath { return nil }
            if case .some(nil) = newQuery { return nil }
            return .rewrite(path: newPath ?? nil, query: newQuery ?? nil)
        case .rewriteHeaders(let edits):
            var plans: [HeaderEditPlan] = []
            for edit in edits {
                var plan: ValuePlan?
                if let source = edit.value {
                    plan = value(source, rule: rule, phase: phase, at: parameters + ".headers.\(edit.name)")
                    if plan == nil { return nil }
                }
                let operation: HeaderEditPlan.Operation =
                    switch edit.operation {
                    case .set: .set
                    case .add: .add
                    case .remove: .remove
                    }
                plans.append(HeaderEditPlan(name: edit.name, operation: operation, value: plan))
            }
            return phase.isResponse ? .editResponseHeaders(plans) : .editRequestHeaders(plans)
        case .route(let host, let name, let port, let serverName):
            return route(host, name, port, serverName, rule: rule, fallback: fallback, at: parameters)
        case .block(let status, let type, let body): return .block(status: status, contentType: type, body: body)
        case .skip(let rest, let phases): return .skip(SkipPlan(restOfPhase: rest, phases: phases))
        case .log: return .log
        case .rateLimit(let limit): return self.limit(limit, rule: rule, at: place)
        case .configure(let settings): return .configure(hotlinkProtection: settings.hotlinkProtection)
        case .cache(let settings): return .cache(settings.plan)
        }
    }

    private mutating func limit(_ limit: RateLimit, rule: Rule, at place: String) -> ActionPlan? {
        var counting: CountingPlan?
        if let text = limit.counting {
            let at = place + ".ratelimit.counting_expression"
            guard let program = program(text, .filter, rule: rule, phase: .rateLimit, atResponse: true, at: at) else {
                return nil
            }
            counting = CountingPlan(condition: program, atResponse: ExpressionCheck.readsResponse(text))
        }
        let characteristics = limit.characteristics.compactMap { characteristic in
            if case .counted(let plan) = characteristic { plan } else { nil }
        }
        return .limit(
            LimitPlan(
                period: limit.period, requests: limit.requests, mitigation: limit.mitigation,
                characteristics: characteristics, counting: counting, answer: limit.answer))
    }

    private mutating func route(
        _ host: String?, _ name: String?, _ port: Int?, _ serverName: String?, rule: Rule, fallback: Origin?,
        at place: String
    ) -> ActionPlan? {
        guard name != nil || port != nil || serverName != nil else { return .route(hostHeader: host, origin: nil) }
        let base = name.map { configuration.origin(named: $0) } ?? fallback
        guard var origin = base else {
            findings.append(
                Finding(
                    .error, "unknown-origin", at: place + ".origin.host",
                    "rule '\(rule.ref)': there is no origin '\(name ?? "(default)")'",
                    remedy: configuration.origins.isEmpty
                        ? "add one under origins"
                        : "name one of: \(configuration.origins.map(\.name).joined(separator: ", "))"))
            return nil
        }
        if let port { for index in origin.endpoints.indices { origin.endpoints[index].port = port } }
        if let serverName {
            guard origin.tls != nil else {
                findings.append(
                    Finding(
                        .error, "sni-without-tls", at: place + ".sni",
                        "rule '\(rule.ref)': origin '\(origin.name)' is not reached over TLS",
                        remedy: "add 'tls' to the origin or remove 'sni'"))
                return nil
            }
            origin.tls?.serverName = serverName
        }
        return .route(hostHeader: host, origin: plan(origin).name)
    }
}

extension OriginPlan {
    /// Named by the origin and the digest of its definition.
    init(_ origin: Origin) {
        self.init(
            name: "\(origin.name).\(Digest.sha256(of: origin.document.sorted.json()).short)",
            endpoints: origin.endpoints.map {
                EndpointPlan(
                    address: $0.address, port: $0.port, weight: $0.weight, priority: $0.priority, region: $0.region)
            },
            tls: origin.tls.map {
                OriginTLSPlan(serverName: $0.serverName, verify: $0.verify, authorities: $0.authorities)
            },
            health: origin.health.map {
                HealthCheckPlan(
                    path: $0.path, host: $0.host, interval: $0.interval, timeout: $0.timeout,
                    unhealthyThreshold: $0.unhealthy, healthyThreshold: $0.healthy)
            },
            connectTimeout: origin.connectTimeout, responseTimeout: origin.responseTimeout,
            retries: origin.retries.map { RetryPlan(attempts: $0.attempts, perTryTimeout: $0.perTryTimeout) },
            hostHeader: origin.hostHeader)
    }
}
