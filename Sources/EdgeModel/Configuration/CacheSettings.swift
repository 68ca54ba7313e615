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

    /// How long shared caches may keep an answer: one setting, which a later rule replaces as a whole.
    package struct EdgeTTL: Hashable, Sendable {
        /// Seconds; 0: no-cache, -1: no-store, or `CacheSettingPlan.asOrigin`.
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
        return names
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
        ])
    }

    private static func lifetime(_ seconds: Int, _ byStatus: [StatusLifetime] = []) -> DocumentValue {
        let isOrigins = seconds == CacheSettingPlan.asOrigin
        return .object([
            "mode": .string(isOrigins ? "respect_origin" : "override_origin"),
            "default": isOrigins ? nil : .int(seconds),
            "status_code_ttl": byStatus.isEmpty ? nil : .array(byStatus.map(\.document)),
        ])
    }
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
