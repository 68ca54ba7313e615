package import EdgePlan

/// Everything that is live at one moment, as `serve` knows it: what it answers to `{"op":"live"}`.
///
/// Bounded, so that it is one line that any reader takes: of each kind the busiest, and texts are cut.
package struct LivePicture: Hashable, Sendable, Codable {
    /// So many of a kind at most.
    package static let subjects = 100
    package static let nodes = 200

    /// By the server's clock; ages are counted back from it.
    package var at: Timestamp
    /// Busiest first.
    package var figures: [LiveFigures]
    /// By name.
    package var nodes: [LiveNode]
    /// Newest first, a sample.
    package var failing: [FailingRequest]

    package init(at: Timestamp, figures: [LiveFigures], nodes: [LiveNode], failing: [FailingRequest]) {
        self.at = at
        self.figures = figures
        self.nodes = nodes
        self.failing = failing
    }

    package init(window: LiveWindow, fleet: FleetStatus, failing: FailingRequests, at now: Timestamp) {
        var left = Dictionary(TrafficSubject.Kind.allCases.map { ($0, Self.subjects) }, uniquingKeysWith: max)
        left[.node] = Self.nodes
        let figures = window.figures(at: now).filter { one in
            left[one.subject.kind, default: 0] -= 1
            return left[one.subject.kind, default: 0] >= 0
        }
        let known = fleet.nodes.values.sorted { $0.name < $1.name }.prefix(Self.nodes)
        self.init(
            at: now, figures: figures,
            nodes: known.map { LiveNode($0, fleet, reportAge: window.age(of: $0.name, at: now), at: now) },
            failing: failing.newest(FailingRequest.inPicture))
    }

    /// How far a node is behind what is published, in milliseconds: 0 when it serves that, and the longer time of the two
    /// networks otherwise; nil: not known.
    package func lag(of node: ResourceName) -> Int64? {
        let served = nodes.first { $0.name == node }?.serving.filter { $0.lag != .none } ?? []
        return served.map { $0.lag == .behind ? $0.milliseconds : 0 }.max()
    }

    package func figures(of kind: TrafficSubject.Kind) -> [LiveFigures] { figures.filter { $0.subject.kind == kind } }
}

/// A node at one moment.
package struct LiveNode: Hashable, Sendable, Codable {
    package enum Lag: String, Hashable, Sendable, Codable {
        /// It serves what is published.
        case current
        case behind
        /// It listens nowhere for the network, or nothing is published.
        case none
    }

    package struct Serving: Hashable, Sendable, Codable {
        package var network: Network
        /// Digest of the plan it serves.
        package var plan: Digest?
        package var lag: Lag
        /// Milliseconds: how long it took, or how long it has been behind.
        package var milliseconds: Int64
    }

    package var name: ResourceName
    package var region: String
    package var isLive: Bool
    /// Milliseconds since it asked for something, and since it reported; nil: it did not while this server runs.
    package var requestAge: Int64?
    package var reportAge: Int64?
    /// It reported once and stopped: what is told of its traffic is how it was then.
    package var isStale: Bool
    package var serving: [Serving]
    /// Why it keeps what it has, in Envoy's words, as far as they are known; nil: it refuses nothing.
    package var refusal: String?
    package var restarts: Int
    package var residentBytes: Int?
    /// Clusters accepted but not usable yet.
    package var warmingClusters: Int?

    package init(_ node: NodeStatus, _ fleet: FleetStatus, reportAge: Int64?, at now: Timestamp) {
        name = node.name
        region = node.description?.region ?? ""
        isLive = node.isLive(at: now)
        requestAge = node.lastRequest.map { max(0, now.milliseconds - $0.milliseconds) }
        self.reportAge = reportAge
        isStale = reportAge.map { $0 > Liveness.sinceReport } ?? false
        serving = Network.allCases.map { network in
            let (lag, time): (Lag, Int64) =
                switch fleet.lag(of: node, in: network, at: now) {
                case .current(let after): (.current, after)
                case .behind(let since): (.behind, since)
                case .notServed, nil: (.none, 0)
                }
            return Serving(network: network, plan: node.plan(of: network), lag: lag, milliseconds: time)
        }
        let open = Network.allCases.lazy.compactMap { node.openRefusal(of: $0) }.first
        refusal = open.map { String(($0.reason ?? "reason not known").prefix(300)) }
        restarts = node.restarts
        residentBytes = node.residentBytes
        warmingClusters = node.warmingClusters
    }
}
