package import EdgeModel
internal import FoundationEssentials

extension NodeReport {
    /// A report as a node sends it; nil: the body is none, or its numbers cannot be.
    package init?(body: [UInt8]) {
        guard let report = try? JSONDecoder().decode(NodeReport.self, from: Data(body)), report.isPlausible else {
            return nil
        }
        self = report
    }

    /// Whether the numbers can be added up and shown: no counter is negative or beyond any that a process can reach,
    /// histograms have their places, their steps ascend, and no more endpoints are healthy than there are.
    private var isPlausible: Bool {
        Self.isCount(warmingClusters) && Self.isCount(warmingListeners ?? 0) && Self.isCount(restarts)
            && Self.isCount(residentBytes) && figures.configurations.allSatisfy(Self.isPlausible)
            && figures.rules.allSatisfy { Self.isCount($0.hits) }
            && figures.clusters.allSatisfy { figure in
                [figure.requests, figure.failures, figure.retries, figure.endpoints, figure.healthy]
                    .allSatisfy(Self.isCount) && figure.healthy <= figure.endpoints
            }
    }

    private static func isPlausible(_ figure: ConfigurationFigures) -> Bool {
        let latency = figure.latency
        return isCount(figure.requests) && figure.statusClasses.count == 5 && figure.statusClasses.allSatisfy(isCount)
            && latency.bounds.count <= 64 && latency.bounds.allSatisfy(isCount)
            && zip(latency.bounds, latency.bounds.dropFirst()).allSatisfy { $0 < $1 }
            && latency.counts.count == latency.bounds.count + 1 && latency.counts.allSatisfy(isCount)
            && isCount(latency.total)
    }

    private static func isCount(_ value: Int) -> Bool { (0...NodeFigures.mostCounted).contains(value) }
}
