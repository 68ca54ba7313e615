internal import EdgeModel

/// What Envoy's statistics say, from the lines of `/stats`.
struct EnvoyStats: Hashable, Sendable {
    /// Version of the clusters Envoy accepted last; nil: none.
    var clustersVersion: String?
    var warmingClusters = 0
    /// Version of the listeners Envoy accepted last; nil: none.
    var listenersVersion: String?
    /// Listeners that wait for a certificate, while those before them serve on.
    var warmingListeners = 0
    /// Sorted by name.
    var clusters: [ClusterFigures] = []

    /// Lines `name: number` and `name: "text"`; others are left out.
    init(_ text: String) {
        var found: [Substring: ClusterFigures] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.lastIndex(of: ":") else { continue }
            let name = line[..<colon]
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            if name == "cluster_manager.cds.version_text" {
                clustersVersion = Self.version(value)
            } else if name == "listener_manager.lds.version_text" {
                listenersVersion = Self.version(value)
            } else if name == "listener_manager.total_listeners_warming" {
                warmingListeners = Int(value) ?? 0
            } else if name == "cluster_manager.warming_clusters" {
                warmingClusters = Int(value) ?? 0
            } else if name.hasPrefix("cluster."), let dot = name.lastIndex(of: "."), let number = Int(value) {
                let cluster = name[..<dot].dropFirst("cluster.".count)
                guard !cluster.isEmpty else { continue }
                var figures = found[cluster] ?? ClusterFigures(name: Self.originName(cluster))
                switch name[name.index(after: dot)...] {
                case "upstream_rq_total": figures.requests = number
                case "upstream_rq_5xx": figures.failures = number
                case "upstream_rq_retry": figures.retries = number
                case "membership_healthy": figures.healthy = number
                case "membership_total": figures.endpoints = number
                default: continue
                }
                found[cluster] = figures
            }
        }
        // Envoy also keeps sums such as `cluster.NAME.external.upstream_rq_5xx`; of a cluster there is more than that.
        let sums = found.keys.filter { name in
            [".external", ".internal", ".canary"].contains {
                name.hasSuffix($0) && found[name.dropLast($0.count)] != nil
            }
        }
        for name in sums { found[name] = nil }
        // The way to the control plane is no origin.
        found["xds"] = nil
        clusters = found.values.sorted { $0.name < $1.name }
    }

    private static func version(_ value: Substring) -> String? {
        let version = value.filter { $0 != "\"" }
        return version.isEmpty ? nil : version
    }

    /// In statistics the dot of an origin's name is written `_`, which no origin's name holds.
    private static func originName(_ statistic: Substring) -> String {
        String(statistic.map { $0 == "_" ? "." : $0 })
    }
}
