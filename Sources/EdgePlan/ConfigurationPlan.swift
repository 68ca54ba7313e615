/// One configuration with every name resolved: its enabled rules by phase and the origin it uses by default.
package struct ConfigurationPlan: Hashable, Sendable {
    package var id: ConfigurationID
    /// Name of the application and number of the version; nil for a zone's own configuration.
    package var application: String?
    package var version: Int?
    /// Name of the origin (`OriginPlan.name`) used when no origin rule says otherwise; nil: answered with 503.
    package var defaultOrigin: String?
    /// Lower-case request header in which the origin is told the client's host; nil: not told.
    package var clientHostHeader: String?
    /// Lower-case response header that names the version served (`shop@2`); nil: clients are not told.
    package var versionHeader: String?
    /// Enabled rules only, phases in execution order, rules in their own order; phases without rules are absent.
    package var phases: [PhasePlan]

    package init(
        id: ConfigurationID, application: String?, version: Int?, defaultOrigin: String?, clientHostHeader: String?,
        versionHeader: String?, phases: [PhasePlan]
    ) {
        self.id = id
        self.application = application
        self.version = version
        self.defaultOrigin = defaultOrigin
        self.clientHostHeader = clientHostHeader
        self.versionHeader = versionHeader
        self.phases = phases
    }
}

package struct PhasePlan: Hashable, Sendable {
    package var phase: Phase
    package var rules: [RulePlan]
    package init(phase: Phase, rules: [RulePlan]) {
        self.phase = phase
        self.rules = rules
    }
}

package struct RulePlan: Hashable, Sendable {
    /// The rule's stable name within its configuration.
    package var ref: String
    /// Encoded program of the condition (`RulesLanguage.Program`).
    package var condition: [UInt8]
    package var action: ActionPlan
    package init(ref: String, condition: [UInt8], action: ActionPlan) {
        self.ref = ref
        self.condition = condition
        self.action = action
    }
}

/// What a matching rule does. Semantics by phase:
/// redirect and block end the request; rewrites of path and query apply in turn, a later one replacing an earlier one's
/// part, and later phases see the result; route and cache settings merge, the last match wins per setting; header edits
/// apply in order; `log` only marks the request; `skip` passes over rules or phases as its parameters say; `limit` ends
/// the request when there were too many like it; `configure` merges like route.
package enum ActionPlan: Hashable, Sendable {
    case redirect(target: ValuePlan, status: Int, preserveQueryString: Bool)
    /// nil: that part stays as it is. An empty query removes the query.
    case rewrite(path: ValuePlan?, query: ValuePlan?)
    /// nil: that part stays as it is. `origin` is an `OriginPlan.name`.
    case route(hostHeader: String?, origin: String?)
    case block(status: Int, contentType: String, body: String)
    case skip(SkipPlan)
    case log
    case editRequestHeaders([HeaderEditPlan])
    case cache([CacheSettingPlan])
    case editResponseHeaders([HeaderEditPlan])
    case limit(LimitPlan)
    /// nil: that setting stays as it is.
    case configure(hotlinkProtection: Bool?)
}

/// What a skip passes over: the rest of its own phase, and whole later phases.
package struct SkipPlan: Hashable, Sendable {
    package var restOfPhase: Bool
    package var phases: [Phase]
    package init(restOfPhase: Bool, phases: [Phase]) {
        self.restOfPhase = restOfPhase
        self.phases = phases
    }
}

/// A text known beforehand, or an encoded value program (`RulesLanguage.Program` of type bytes).
package enum ValuePlan: Hashable, Sendable {
    case literal([UInt8])
    case program([UInt8])
}

package struct HeaderEditPlan: Hashable, Sendable {
    package enum Operation: UInt8, Hashable, Sendable, BitwiseCopyable {
        case set = 0
        case add = 1
        case remove = 2
    }
    /// Lower case.
    package var name: String
    package var operation: Operation
    /// nil exactly when the operation is remove. A missing value at run time leaves the header as it is.
    package var value: ValuePlan?
    package init(name: String, operation: Operation, value: ValuePlan?) {
        self.name = name
        self.operation = operation
        self.value = value
    }
}

/// One cache setting; a later match replaces the same kind of setting of an earlier one.
package enum CacheSettingPlan: Hashable, Sendable {
    /// `cache: false`: `cache-control: no-store` to the client and `x-edge-cache: bypass`.
    case eligible(Bool)
    /// Seconds for shared caches (`cdn-cache-control: max-age=N`); 0: no-cache, -1: no-store, `asOrigin`, or
    /// `asOriginOrNone`.
    case edgeTTL(Int)
    /// Seconds for browsers (`cache-control: max-age=N`); 0: no-cache, -1: no-store, or `asOrigin`.
    case browserTTL(Int)
    /// Seconds for shared caches, as `edgeTTL`, of answers with these statuses. Belongs to the `edgeTTL` before it, and is
    /// replaced with it; the first that names a status counts. It also counts for 500 and above, which `edgeTTL` does not.
    case statusTTL(first: Int, last: Int, seconds: Int)
    /// Whether shared caches may serve what is too old while they ask anew. No: `stale-while-revalidate=0` beside their
    /// lifetime (RFC 5861 §3); yes: for the cache tier, as HTTP would need a number of seconds for it.
    case staleWhileUpdating(Bool)
    /// What a cache tells answers apart by, as JSON: for the cache tier, no header says it.
    case key(String)

    /// Instead of seconds: what the origin says holds, whatever an earlier rule said.
    package static let asOrigin = -2
    /// Of shared caches only: what the origin says holds, and where it says nothing the answer is not kept.
    package static let asOriginOrNone = -3
}
