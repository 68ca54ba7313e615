package import EdgePlan

/// Origins, settings and ordered rules in phases: what a zone has of its own and a version has a snapshot of.
package struct Configuration: Hashable, Sendable {
    /// By name.
    package var origins: [Origin]
    /// Sorted by key; what the edge understands is in `KnownSetting`.
    package var settings: [DocumentMember]
    /// Phases without rules are absent.
    package var rules: [Phase: [Rule]]

    package init(origins: [Origin] = [], settings: [DocumentMember] = [], rules: [Phase: [Rule]] = [:]) {
        self.origins = origins
        self.settings = settings
        self.rules = rules.filter { !$0.value.isEmpty }
    }

    package func rules(in phase: Phase) -> [Rule] { rules[phase] ?? [] }
    package func origin(named name: String) -> Origin? { origins.first { $0.name == name } }
    package var ruleCount: Int { rules.values.reduce(0) { $0 + $1.count } }

    package func setting(_ known: KnownSetting) -> String? {
        guard case .string(let text)? = settings.first(where: { $0.key == known.rawValue })?.value else { return nil }
        return text
    }
}

/// Settings that have a meaning at this edge; all are texts.
package enum KnownSetting: String, CaseIterable, Sendable {
    /// Origin for requests that no origin rule sends elsewhere.
    case defaultOrigin = "default_origin"
    /// Request header in which the origin is told the client's host.
    case clientHostHeader = "client_host_header"
    /// Response header that tells which version answered.
    case versionHeader = "version_header"
}

/// One rule of a phase, in the shape of Cloudflare's Rulesets; parameters are kept whole, keys sorted.
package struct Rule: Hashable, Sendable {
    /// Stable name within the configuration.
    package var ref: String
    package var expression: String
    package var action: String
    package var parameters: DocumentValue?
    /// Of rules of `http_ratelimit`: what is counted and how much is too much; kept whole, keys sorted.
    package var rateLimit: DocumentValue?
    package var description: String?
    package var enabled: Bool

    package init(
        ref: String, expression: String, action: String, parameters: DocumentValue? = nil, description: String? = nil,
        enabled: Bool = true, rateLimit: DocumentValue? = nil
    ) {
        self.ref = ref
        self.expression = expression
        self.action = action
        self.parameters = parameters
        self.rateLimit = rateLimit
        self.description = description
        self.enabled = enabled
    }
}
