package import WebTransport

/// One request with both outcomes and what came of comparing them.
package struct ProbeRow: Hashable, Sendable, Codable {
    package var method: String
    package var url: String
    package var staging: ProbeOutcome
    package var production: ProbeOutcome
    package var verdict: ProbeComparison.Verdict
    package var differences: [ProbeDifference]
    package var phases: [ProbePhase]

    package init(
        _ request: WebRequest, staging: ProbeOutcome, production: ProbeOutcome, ignoring volatile: VolatileHeaders
    ) {
        let comparison = ProbeComparison(staging: staging, production: production, ignoring: volatile)
        method = request.method.name
        url = "\(request.url)"
        self.staging = staging
        self.production = production
        verdict = comparison.verdict
        differences = comparison.differences
        phases = comparison.phases
    }
}

/// The rows of one run in the order of the requests, and the totals that decide the exit code.
package struct ProbeReport: Hashable, Sendable, Codable {
    /// Where each side was sent; nil stands for "where the name leads".
    package var stagingAddress: String?
    package var productionAddress: String?
    /// The headers that were not compared.
    package var ignoredHeaders: [String]
    package var rows: [ProbeRow]
    package var equal: Int
    package var different: Int
    package var failed: Int

    package init(
        stagingAddress: WebAddress?, productionAddress: WebAddress?, ignoring volatile: VolatileHeaders,
        rows: [ProbeRow]
    ) {
        self.stagingAddress = stagingAddress?.description
        self.productionAddress = productionAddress?.description
        ignoredHeaders = volatile.names
        self.rows = rows
        equal = rows.count { $0.verdict == .equal }
        different = rows.count { $0.verdict == .different }
        failed = rows.count { $0.verdict == .failed }
    }

    /// Whether both sides answered every request alike.
    package var isEqual: Bool { different == 0 && failed == 0 }
}
