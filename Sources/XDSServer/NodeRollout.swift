internal import EdgeModel
internal import EdgePlan
internal import EnvoyConfig

/// What one node has, as far as make-before-break needs to know it. Times are milliseconds since 1970.
struct NodeRollout: Sendable {
    struct WarmUp: Sendable {
        var since: Int64
        /// From then on the cluster counts as usable.
        var due: Int64
    }

    /// However long a node reports that a cluster is not usable yet, routes wait no longer than this.
    static let longestWarmUp: Int64 = 15_000

    var description: NodeDescription
    /// Rendered for its description.
    var listeners: DiscoveryAnswer?
    var sessions: [ResourceKind: DiscoverySession] = [:]
    /// By name: the clusters it has accepted.
    private(set) var clusters: [String: WarmUp] = [:]
    var lastRequest: Int64
    var lastReport: Int64?
    var lastSeenEvent: Int64?
    /// Times its Envoy was started again after it ended by itself, as reported last.
    var restarts: Int?
    /// Processes that began with nothing and that no report has counted yet: a report comes up to seconds later, and what
    /// the new process was given meanwhile is not what ended the old one.
    var unreportedRestarts = 0
    /// It said that it stops because it was told to.
    var isLeaving = false
    var isLost = false
    /// The plan digest last told as accepted, by network.
    var toldPlans: [Network: Digest] = [:]

    /// The version last told as not readable for its module, by network.
    var toldUnreadable: [Network: String] = [:]

    /// Its process asked for routes before.
    private var hasAskedForRoutes = false
    /// What its process began with and still has, once that was accepted.
    private var firstClusters: Set<String> = []
    private var isBeginning = false
    /// Reports say of its listeners whether they serve.
    private var tellsOfListeners = false
    /// Version of the listeners that serve with their certificates, as reported last.
    private var listenersInUse: String?

    /// The clusters' version of which `node run` said last that nothing of it warms up any more. Its word and Envoy's
    /// acceptance come over different connections, in any order.
    private var warmVersion: String?

    /// Nothing was accepted yet as far as this server knows.
    private var isFirst = true
    /// When clusters were usable that an earlier server saw it accept.
    private let remembered: [String: Int64]

    /// Versions of routes that an earlier server gave it: until it has asked for those of each network, this
    /// server does not know which of them it runs.
    private var unconfirmed: [String]

    init(
        _ description: NodeDescription, remembering: [String: Int64] = [:], running: [String] = [], at now: Int64
    ) {
        self.description = description
        remembered = remembering
        unconfirmed = running
        lastRequest = now
    }

    /// Absent for so long that nobody waits for it.
    func isExpired(at now: Int64) -> Bool { now - max(lastRequest, lastReport ?? 0) > Liveness.expiry }

    func isLive(at now: Int64) -> Bool {
        now - lastRequest <= Liveness.sinceRequest || lastReport.map { now - $0 <= Liveness.sinceReport } ?? false
    }

    /// Whether a report tells of a restart that was not seen when the new process asked.
    func isNews(restarts count: Int) -> Bool { restarts.map { count > $0 + unreportedRestarts } ?? false }

    /// Takes the number of restarts in that a report tells; it begins anew with the node's service.
    mutating func count(restarts count: Int) {
        let new = restarts.map { count - $0 } ?? -1
        unreportedRestarts = new < 0 ? 0 : max(0, unreportedRestarts - new)
        restarts = count
    }

    /// Versions of routes that it runs or may run any moment.
    var routeVersions: [String] {
        let sessions = Network.allCases.compactMap { self.sessions[.routes($0)] }
        return sessions.flatMap { [$0.accepted, $0.unanswered].compactMap(\.self) } + unconfirmed
    }

    /// It has asked for the routes of all networks in which it serves: what it runs is known from itself.
    mutating func confirmRoutes() {
        guard !unconfirmed.isEmpty else { return }
        let isKnown = Network.allCases.allSatisfy {
            description.addresses(of: $0).isEmpty || sessions[.routes($0)] != nil
        }
        if isKnown { unconfirmed = [] }
    }

    /// Whether it serves a network with the certificates of what is published: its Envoy has accepted their listeners,
    /// and where `node run` tells, these have fetched their certificates and serve. A certificate that is not on the
    /// node does not hold up the others: that is a finding of its own.
    func hasCertificates(of network: Network) -> Bool {
        guard let listeners, description.addresses(of: network).contains(where: \.isTLS) else { return true }
        guard sessions[.listeners]?.accepted == listeners.version else { return false }
        return !tellsOfListeners || listenersInUse == listeners.version
    }

    /// `node run` says which listeners serve with their certificates.
    mutating func hearListeners(_ report: NodeReport) {
        guard let warming = report.warmingListeners else { return }
        tellsOfListeners = true
        if warming == 0 { listenersInUse = report.listenersVersion }
    }

    /// It has accepted exactly these clusters; nil: a set this server does not know.
    mutating func accept(_ version: String, _ accepted: [ClusterResource]?, at now: Int64) {
        var next: [String: WarmUp] = [:]
        for cluster in accepted ?? [] {
            let due = (isFirst ? remembered[cluster.name] : nil) ?? now + Int64(cluster.warmUp)
            next[cluster.name] = clusters[cluster.name] ?? WarmUp(since: now, due: due)
        }
        isFirst = false
        firstClusters = isBeginning ? Set(next.keys) : firstClusters.intersection(next.keys)
        isBeginning = false
        clusters = next
        if warmVersion == version { everythingIsWarm(at: now) }
    }

    /// It is being sent exactly these clusters: what is not among them may be gone before it says so.
    mutating func send(_ sent: [ClusterResource]) {
        let names = Set(sent.map(\.name))
        clusters = clusters.filter { names.contains($0.key) }
        firstClusters.formIntersection(names)
    }

    /// No routes were sent to this process yet.
    var isStarting: Bool {
        Network.allCases.allSatisfy { sessions[.routes($0)]?.isFresh ?? true }
    }

    /// Envoy asks for routes the first time only when the clusters it began with are usable; that says nothing of
    /// clusters that came since, nor when this server did not see it begin.
    mutating func hearFirstRouteRequest(at now: Int64) {
        if isStarting, !hasAskedForRoutes {
            for name in firstClusters where (clusters[name]?.due ?? 0) > now { clusters[name]?.due = now }
        }
        hasAskedForRoutes = true
    }

    /// Nothing warms up any more.
    mutating func everythingIsWarm(at now: Int64) {
        for (name, warmUp) in clusters where warmUp.due > now { clusters[name]?.due = now }
    }

    /// `node run` says that so many clusters of a version are not usable yet.
    mutating func hearWarming(_ count: Int, of version: String, at now: Int64) {
        warmVersion = count > 0 ? nil : version
        guard version == sessions[.clusters]?.accepted else { return }
        guard count > 0 else { return everythingIsWarm(at: now) }
        for (name, warmUp) in clusters where warmUp.due > now {
            clusters[name]?.due = min(warmUp.since + Self.longestWarmUp, max(warmUp.due, now + 2_000))
        }
    }

    /// When routes that need these clusters may be sent; nil: not before it accepts them.
    func due(_ names: [String]) -> Int64? {
        var latest: Int64 = 0
        for name in names {
            guard let warmUp = clusters[name] else { return nil }
            latest = max(latest, warmUp.due)
        }
        return latest
    }

    /// A process that begins with nothing has none of the clusters that an earlier one had.
    mutating func forgetRemembered() {
        isFirst = false
        isBeginning = true
        unconfirmed = []
    }

    mutating func restart() {
        clusters = [:]
        hasAskedForRoutes = false
        warmVersion = nil
        listenersInUse = nil
        toldPlans = [:]
    }
}
