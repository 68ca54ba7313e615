internal import EdgePlan

/// What a rule of `http_request_cache_settings` sets; nil: that setting stays as it is.
package struct CacheSettings: Hashable, Sendable {
    package var eligible: Bool?
    package var edgeTTL: EdgeTTL?
    /// Seconds for browsers; 0: no-cache, -1: no-store, or `CacheSettingPlan.asOrigin`.
    package var browserTTL: Int?
    /// Whether shared caches may serve an answer that is too old while they ask for a new one.
    package var staleWhileUpdating: Bool?
    /// What a cache tells answers apart by, in canonical form.
    package var key: DocumentValue?
    /// What an edge that keeps and changes no answers does anyway: it may be said, and has no place in a plan.
    package var given: [Given: Bool] = [:]

    /// Names as in rules.
    package enum Given: String, CaseIterable, Hashable, Sendable {
        case strongETags = "respect_strong_etags"
        case errorPages = "origin_error_page_passthru"
        case originsWord = "origin_cache_control"

        /// Why it cannot be turned off; nil where either word comes to the same.
        package var always: String? {
            switch self {
            case .strongETags: nil
            case .errorPages: "the origin's error pages always pass: the edge has none of its own"
            case .originsWord: "the origin's Cache-Control always passes, and the caches behind the edge follow it"
            }
        }
    }

    /// How long shared caches may keep an answer: one setting, which a later rule replaces as a whole.
    package struct EdgeTTL: Hashable, Sendable {
        /// Seconds; 0: no-cache, -1: no-store, or `CacheSettingPlan.asOrigin` and `asOriginOrNone`.
        package var seconds: Int
        /// For answers of some statuses, instead; the first that names a status counts.
        package var byStatus: [StatusLifetime] = []
    }

    package struct StatusLifetime: Hashable, Sendable {
        package var statuses: ClosedRange<Int>
        package var seconds: Int
    }

    /// Names of what is set, as they stand in rules.
    package var names: Set<String> {
        var names: Set<String> = []
        if eligible != nil { names.insert("cache") }
        if edgeTTL != nil { names.insert("edge_ttl") }
        if browserTTL != nil { names.insert("browser_ttl") }
        if staleWhileUpdating != nil { names.insert("serve_stale") }
        if key != nil { names.insert("cache_key") }
        return names.union(given.keys.map(\.rawValue))
    }

    /// In the order in which the edge takes them: what is said of some statuses follows its lifetime.
    var plan: [CacheSettingPlan] {
        var settings: [CacheSettingPlan] = []
        if let eligible { settings.append(.eligible(eligible)) }
        if let edgeTTL {
            settings.append(.edgeTTL(edgeTTL.seconds))
            settings += edgeTTL.byStatus.map {
                .statusTTL(first: $0.statuses.lowerBound, last: $0.statuses.upperBound, seconds: $0.seconds)
            }
        }
        if let browserTTL { settings.append(.browserTTL(browserTTL)) }
        if let staleWhileUpdating { settings.append(.staleWhileUpdating(staleWhileUpdating)) }
        if let key { settings.append(.key(key.json())) }
        return settings
    }

    /// Parameters that say the same.
    var document: DocumentValue {
        .object([
            "cache": eligible.map { .bool($0) },
            "edge_ttl": edgeTTL.map { Self.lifetime($0.seconds, $0.byStatus) },
            "browser_ttl": browserTTL.map { Self.lifetime($0) },
            "serve_stale": staleWhileUpdating.map { .object(["disable_stale_while_updating": .bool(!$0)]) },
            "cache_key": key,
            Given.strongETags.rawValue: given[.strongETags].map { .bool($0) },
            Given.errorPages.rawValue: given[.errorPages].map { .bool($0) },
            Given.originsWord.rawValue: given[.originsWord].map { .bool($0) },
        ])
    }

    private static func lifetime(_ seconds: Int, _ byStatus: [StatusLifetime] = []) -> DocumentValue {
        let mode: LifetimeMode =
            switch seconds {
            case CacheSettingPlan.asOrigin: .respectOrigin
            case CacheSettingPlan.asOriginOrNone: .bypassByDefault
            default: .overrideOrigin
            }
        return .object([
            "mode": .string(mode.rawValue), "default": mode == .overrideOrigin ? .int(seconds) : nil,
            "status_code_ttl": byStatus.isEmpty ? nil : .array(byStatus.map(\.document)),
        ])
    }
}

/// Whose word counts for a lifetime, in Cloudflare's words.
enum LifetimeMode: String {
    case respectOrigin = "respect_origin"
    case overrideOrigin = "override_origin"
    /// The origin's, and where it says nothing no cache keeps the answer.
    case bypassByDefault = "bypass_by_default"
}

extension CacheSettings.StatusLifetime {
    fileprivate var document: DocumentValue {
        let (first, last) = (statuses.lowerBound, statuses.upperBound)
        return .object([
            "status_code": first == last ? .int(first) : nil,
            "status_code_range": first == last ? nil : .object(["from": .int(first), "to": .int(last)]),
            "value": .int(seconds),
        ])
    }
}
