internal import EdgePlan
internal import RulesLanguage

/// Merged cache settings; nil: no rule said anything, or the last one leaves it to the origin.
///
/// Part of what is kept of every request until its response comes: a few numbers, places in the plan instead of values.
package struct CacheDecision: BitwiseCopyable, Hashable, Sendable {
    package private(set) var isEligible: Bool?
    /// Seconds; 0: no-cache, -1: no-store.
    package private(set) var edgeTTL: Int?
    package private(set) var browserTTL: Int?
    package private(set) var staleWhileUpdating: Bool?
    /// Whether shared caches may keep only what the origin itself gives a lifetime.
    package private(set) var asksOrigin = false
    /// Rows of the plan with lifetimes for some statuses.
    private var firstStatusRow: UInt32 = 0
    private var statusRowCount: UInt32 = 0

    package init() {}

    /// Whether it changes a response.
    package var changesResponse: Bool {
        isEligible != nil || edgeTTL != nil || browserTTL != nil || statusRowCount > 0 || asksOrigin
    }

    /// - Parameter index: of the row within its plan.
    mutating func apply(_ row: CacheSettingRow, _ index: Int) {
        let number = row.number
        let seconds = number <= CacheSettingPlan.asOrigin ? nil : number
        switch row.kind {
        case .eligible: isEligible = number == 1
        case .edgeTTL:
            (edgeTTL, statusRowCount) = (seconds, 0)
            asksOrigin = number == CacheSettingPlan.asOriginOrNone
        case .browserTTL: browserTTL = seconds
        case .statusTTL:
            if statusRowCount == 0 { firstStatusRow = UInt32(truncatingIfNeeded: index) }
            statusRowCount &+= 1
        case .staleWhileUpdating: staleWhileUpdating = number == 1
        // Nothing at this edge depends on it.
        case .key: break
        }
    }

    /// Seconds for shared caches of an answer. An outage is kept only where a rule names its status.
    func edgeTTL(_ response: ResponsePicture, _ plan: ZonePlanView) -> Int? {
        let status = response.status
        var index = Int(firstStatusRow)
        let end = index &+ Int(statusRowCount)
        while index < end {
            let row = plan.cacheSetting(index)
            if row.firstStatus <= status, status <= row.lastStatus { return row.number }
            index &+= 1
        }
        if asksOrigin { return response.saysHowLong ? nil : -1 }
        return status < 500 ? edgeTTL : nil
    }
}

extension ResponsePicture {
    /// Whether its headers say how long caches may keep it (RFC 9111 §4.2.1, RFC 9213).
    fileprivate var saysHowLong: Bool {
        headers.contains { pair in
            pair.key.equals("cache-control") || pair.key.equals("cdn-cache-control") || pair.key.equals("expires")
        }
    }
}
