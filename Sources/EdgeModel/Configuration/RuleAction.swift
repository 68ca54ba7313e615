package import EdgePlan

/// What a rule does, read from its action's name and parameters; only what this edge carries out has a case.
package enum RuleAction: Hashable, Sendable {
    case redirect(target: ValueSource, status: Int, preserveQueryString: Bool)
    case rewriteURI(path: ValueSource?, query: ValueSource?)
    case rewriteHeaders([HeaderEdit])
    /// `origin` names an origin of the configuration; port and serverName replace that origin's.
    case route(hostHeader: String?, origin: String?, port: Int?, serverName: String?)
    case block(status: Int, contentType: String, body: String)
    case skip(restOfPhase: Bool, phases: [Phase])
    case log
    case cache(CacheSettings)
    case rateLimit(RateLimit)
    case configure(ConfigurationSettings)
}

/// A text, or an expression that gives one.
package enum ValueSource: Hashable, Sendable {
    case value(String)
    case expression(String)
}

package struct HeaderEdit: Hashable, Sendable {
    package enum Operation: String, Hashable, Sendable { case set, add, remove }
    /// Lower case.
    package var name: String
    package var operation: Operation
    package var value: ValueSource?
    package init(name: String, operation: Operation, value: ValueSource?) {
        self.name = name
        self.operation = operation
        self.value = value
    }
}

extension RuleAction {
    /// Names of the actions that each phase carries out at this edge.
    package static func names(in phase: Phase) -> [String] {
        switch phase {
        case .dynamicRedirect: ["redirect"]
        case .transform, .lateTransform, .responseHeadersTransform: ["rewrite"]
        case .origin: ["route"]
        case .firewallCustom: ["block", "skip", "log"]
        case .cacheSettings: ["set_cache_settings"]
        case .configSettings: ["set_config"]
        case .rateLimit: ["block", "log"]
        }
    }

    /// Parameters in canonical form: defaults left out where the action is understood, otherwise as they are.
    static func canonicalParameters(of rule: Rule, in phase: Phase) -> DocumentValue? {
        let (action, findings) = RuleActionReader.read(rule, in: phase, at: "")
        guard let action, findings.allSatisfy({ $0.severity != .error }) else { return rule.parameters?.sorted }
        return action.document
    }

    /// The same for `ratelimit`.
    static func canonicalRateLimit(of rule: Rule, in phase: Phase) -> DocumentValue? {
        guard let written = rule.rateLimit else { return nil }
        guard case .rateLimit(let limit)? = RuleActionReader.read(rule, in: phase, at: "").0 else {
            return written.sorted
        }
        return limit.document
    }

    /// Parameters that say the same with defaults left out; nil when nothing is left to say.
    package var document: DocumentValue? {
        switch self {
        case .redirect(let target, let status, let preserve):
            return .object([
                "from_value": .object([
                    "target_url": target.document,
                    "status_code": .int(status),
                    "preserve_query_string": preserve ? .bool(true) : nil,
                ])
            ])
        case .rewriteURI(let path, let query):
            return .object(["uri": .object(["path": path?.document, "query": query?.document])])
        case .rewriteHeaders(let edits):
            return .object([
                "headers": .object(edits.map { DocumentMember($0.name, $0.document) })
            ])
        case .route(let host, let origin, let port, let serverName):
            return .object([
                "host_header": host.map { .string($0) },
                "origin": origin == nil && port == nil
                    ? nil : .object(["host": origin.map { .string($0) }, "port": port.map { .int($0) }]),
                "sni": serverName.map { .object(["value": .string($0)]) },
            ])
        case .block(let status, let type, let body):
            return .object([
                "response": .object([
                    "status_code": .int(status), "content_type": .string(type), "content": .string(body),
                ])
            ])
        case .skip(let rest, let phases):
            return .object([
                "ruleset": rest ? .string("current") : nil,
                "phases": phases.isEmpty ? nil : .array(phases.map { .string($0.rawValue) }),
            ])
        case .log: return nil
        case .rateLimit(let limit): return limit.parameters
        case .configure(let settings): return settings.document
        case .cache(let settings): return settings.document
        }
    }
}

extension ValueSource {
    fileprivate var document: DocumentValue {
        switch self {
        case .value(let text): .object(["value": .string(text)])
        case .expression(let text): .object(["expression": .string(ExpressionCheck.canonicalValue(text))])
        }
    }
}

extension HeaderEdit {
    fileprivate var document: DocumentValue {
        var members = [DocumentMember("operation", .string(operation.rawValue))]
        if case .object(let value)? = value?.document { members += value }
        return .object(members)
    }
}
