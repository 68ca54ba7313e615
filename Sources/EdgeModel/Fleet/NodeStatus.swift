package import EdgePlan

/// What is known of one node: a fold of its events.
package struct NodeStatus: Hashable, Sendable, Codable {
    package struct Acceptance: Hashable, Sendable, Codable {
        package var version: String
        package var plan: Digest?
        package var at: Timestamp
    }

    package struct Refusal: Hashable, Sendable, Codable {
        package var kind: ResourceKind
        package var version: String
        package var plan: Digest?
        package var at: Timestamp
        /// Envoy's words; nil: not known (the node runs without `node run`, or its log said nothing yet).
        package var reason: String?
    }

    package var name: ResourceName
    package var description: NodeDescription?
    package var firstSeen: Timestamp
    package var lastRequest: Timestamp?
    package var lastReport: Timestamp?
    package var accepted: [ResourceKind: Acceptance]
    /// The last one, also when a later version was accepted since: compare times.
    package var lastRefusal: Refusal?
    package var restarts: Int
    package var residentBytes: Int?
    /// Milliseconds by which the node's clock was ahead of the server's when it last reported, the way of the report
    /// included; nil: nobody reports.
    package var clockOffset: Int64?
    /// Clusters accepted but not usable yet; nil: nobody reports.
    package var warmingClusters: Int?
    /// As it reported last; nil: nobody reports.
    package var certificates: [CertificateInspection]?
    package var isLost: Bool
    package var lastUnauthorized: Timestamp?
    /// Plans that it keeps from other nodes; each counts as long as it is the one that is published.
    private var held: [FleetHold]?
    /// The state it was given, where that is none that this server's journal contains: nothing is sent to it.
    package private(set) var ahead: JournalPosition?
    /// Reasons read in the node's log for which no request has told a refusal yet.
    private var reasons: [ResourceKind: Reason]

    private struct Reason: Hashable, Sendable, Codable {
        var text: String
        var at: Timestamp
    }

    /// A reason older than this, in milliseconds, belongs to an earlier refusal.
    private static let reasonHolds: Int64 = 15_000

    package init(name: ResourceName, firstSeen: Timestamp) {
        self.name = name
        self.firstSeen = firstSeen
        accepted = [:]
        restarts = 0
        isLost = false
        reasons = [:]
    }

    package var lastSeen: Timestamp? { [lastRequest, lastReport].compactMap(\.self).max() }

    /// Whether promotions wait for it.
    package func isLive(at now: Timestamp) -> Bool {
        guard !isLost else { return false }
        let asked = lastRequest.map { now.milliseconds - $0.milliseconds <= Liveness.sinceRequest } ?? false
        let reported = lastReport.map { now.milliseconds - $0.milliseconds <= Liveness.sinceReport } ?? false
        return asked || reported
    }

    /// Absent for so long that nothing is kept for it any more: old origins go, and it gets what is new when it is back.
    package func isExpired(at now: Timestamp) -> Bool {
        lastSeen.map { now.milliseconds - $0.milliseconds > Liveness.expiry } ?? false
    }

    /// Digest of the plan it serves in a network; nil: none that is known.
    package func plan(of network: Network) -> Digest? { accepted[.routes(network)]?.plan }

    /// The refusal that keeps it from serving a network's plan: of its routes, or of clusters or listeners; nil when
    /// it has accepted something of that kind since.
    package func openRefusal(of network: Network) -> Refusal? {
        guard let refusal = lastRefusal, refusal.kind.network == nil || refusal.kind.network == network else {
            return nil
        }
        if let accepted = accepted[refusal.kind], accepted.at > refusal.at { return nil }
        return refusal
    }

    package var holds: [FleetHold] { held ?? [] }

    /// Ends what it held in a network, but for holds of this plan since this time.
    mutating func endHolds(in network: Network, except plan: Digest, since time: Timestamp) {
        held = held?.filter { $0.network != network || ($0.plan == plan && $0.at >= time) }
    }

    package mutating func apply(_ event: FleetEvent) {
        switch event.kind {
        case .seen(let description):
            self.description = description
            lastRequest = event.at
            isLost = false
        case .accepted(let kind, let version, let plan):
            accepted[kind] = Acceptance(version: version, plan: plan, at: event.at)
            lastRequest = event.at
            isLost = false
        case .refused(let kind, let version, let plan, let reason):
            // The node's log may have been reported before its next request told of the refusal.
            let told = reasons.removeValue(forKey: kind)
            let known = told.flatMap { event.at.milliseconds - $0.at.milliseconds <= Self.reasonHolds ? $0.text : nil }
            lastRefusal = Refusal(kind: kind, version: version, plan: plan, at: event.at, reason: reason ?? known)
            lastRequest = event.at
            isLost = false
        case .reported(let report):
            lastReport = event.at
            clockOffset = report.at.milliseconds - event.at.milliseconds
            restarts = report.restarts
            residentBytes = report.residentBytes
            warmingClusters = report.warmingClusters
            certificates = report.certificates
            for refusal in report.refusals {
                if lastRefusal?.kind == refusal.kind, lastRefusal?.reason == nil {
                    lastRefusal?.reason = refusal.reason
                } else {
                    reasons[refusal.kind] = Reason(text: refusal.reason, at: event.at)
                }
            }
            isLost = false
        case .held(let hold):
            held = holds.filter { $0.network != hold.network } + [hold]
        case .ahead(let position):
            ahead = position
        case .lost:
            isLost = true
        case .unauthorized:
            lastUnauthorized = event.at
        }
    }
}
