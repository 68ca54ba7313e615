package import EdgePlan

/// What `node run` tells about the Envoy beside it, every few seconds; what Envoy's own requests cannot say.
package struct NodeReport: Hashable, Sendable, Codable {
    package var node: ResourceName
    /// When it was gathered, by the node's clock.
    package var at: Timestamp
    /// Names the Envoy process (its id and start time): another name means that all counters began again at zero.
    package var process: String
    /// Version of the clusters that Envoy has accepted; nil: none yet.
    package var clustersVersion: Digest?
    /// Clusters accepted but not yet usable (`cluster_manager.warming_clusters`).
    package var warmingClusters: Int
    /// Version of the listeners that Envoy has accepted; nil: none yet, or not told.
    package var listenersVersion: String?
    /// Listeners that wait for their certificates while those before them serve on
    /// (`listener_manager.total_listeners_warming`); nil: not told.
    package var warmingListeners: Int?
    /// Refusals seen in Envoy's log since the report before.
    package var refusals: [Refusal]
    /// Times Envoy was started again after it ended by itself.
    package var restarts: Int
    /// Resident memory of Envoy in bytes.
    package var residentBytes: Int
    /// Counters since the process began.
    package var figures: NodeFigures
    /// The certificates its Envoy asked for, as found on the node; nil: it does not look.
    package var certificates: [CertificateInspection]?
    /// Requests that failed since the report before, a sample; nil: its access log is not read.
    package var failing: [FailingRequest]?

    package init(
        node: ResourceName, at: Timestamp, process: String, clustersVersion: Digest? = nil, warmingClusters: Int = 0,
        listenersVersion: String? = nil, warmingListeners: Int? = nil, refusals: [Refusal] = [], restarts: Int = 0,
        residentBytes: Int = 0, figures: NodeFigures = NodeFigures(),
        certificates: [CertificateInspection]? = nil, failing: [FailingRequest]? = nil
    ) {
        self.node = node
        self.at = at
        self.process = process
        self.clustersVersion = clustersVersion
        self.warmingClusters = warmingClusters
        self.listenersVersion = listenersVersion
        self.warmingListeners = warmingListeners
        self.refusals = refusals
        self.restarts = restarts
        self.residentBytes = residentBytes
        self.figures = figures
        self.certificates = certificates
        self.failing = failing
    }

    /// Why Envoy would not take something, in its own words.
    package struct Refusal: Hashable, Sendable, Codable {
        package var kind: ResourceKind
        package var reason: String
        package init(kind: ResourceKind, reason: String) {
            self.kind = kind
            self.reason = reason
        }
    }
}
