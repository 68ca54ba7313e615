package import WebTransport

/// One part in which two answers differ.
package struct ProbeDifference: Hashable, Sendable, Codable {
    package enum Part: String, Hashable, Sendable, Codable {
        case status, header, body, failure
    }

    package var part: Part
    /// The header's name in lower case; nil for other parts.
    package var name: String?
    /// What each side said, one entry a header line; empty when it said nothing.
    package var staging: [String]
    package var production: [String]

    package init(_ part: Part, name: String? = nil, staging: [String], production: [String]) {
        self.part = part
        self.name = name
        self.staging = staging
        self.production = production
    }
}

/// Time spent in one phase on either side, in microseconds; nil when that side did not go through it.
package struct ProbePhase: Hashable, Sendable, Codable {
    package var phase: WebPhase
    package var staging: Int64?
    package var production: Int64?
}

/// Compares two outcomes of the same request. Pure: the same outcomes always compare the same way.
///
/// Equal means: same status, same headers but for the volatile ones, same body. Time and protocol version are shown
/// and never make a difference. Header names ignore case; lines of one name keep their order, lines of different names
/// need not. `Content-Length` is compared only when both sides send it, since the other may have sent chunks; the
/// body digest tells lengths apart anyway.
package struct ProbeComparison: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable, Codable {
        case equal, different
        /// At least one side gave no answer, so that nothing could be compared.
        case failed
    }

    package let verdict: Verdict
    package let differences: [ProbeDifference]
    package let phases: [ProbePhase]

    package init(staging: ProbeOutcome, production: ProbeOutcome, ignoring volatile: VolatileHeaders = .standard) {
        phases = WebPhase.allCases.map { phase in
            ProbePhase(
                phase: phase, staging: staging.answer?.timings.spent(in: phase),
                production: production.answer?.timings.spent(in: phase))
        }
        guard let left = staging.answer, let right = production.answer else {
            verdict = .failed
            let words: (ProbeOutcome) -> [String] = { outcome in
                outcome.failure.map { ["\($0.code.rawValue): \($0.message)"] } ?? []
            }
            differences = [ProbeDifference(.failure, staging: words(staging), production: words(production))]
            return
        }
        var found: [ProbeDifference] = []
        if left.status != right.status {
            found.append(ProbeDifference(.status, staging: ["\(left.status)"], production: ["\(right.status)"]))
        }
        found += ProbeComparison.headerDifferences(left, right, ignoring: volatile)
        if left.bodyDigest != right.bodyDigest || left.bodyLength != right.bodyLength {
            found.append(ProbeDifference(.body, staging: [left.bodyWords], production: [right.bodyWords]))
        }
        differences = found
        verdict = found.isEmpty ? .equal : .different
    }

    private static func headerDifferences(
        _ left: ProbeAnswer, _ right: ProbeAnswer, ignoring volatile: VolatileHeaders
    ) -> [ProbeDifference] {
        let (ours, theirs) = (left.valuesByName, right.valuesByName)
        return Set(ours.keys).union(theirs.keys).sorted().compactMap { name in
            let (a, b) = (ours[name] ?? [], theirs[name] ?? [])
            if a == b || volatile.contains(name) { return nil }
            if name == "content-length", a.isEmpty || b.isEmpty { return nil }
            return ProbeDifference(.header, name: name, staging: a, production: b)
        }
    }
}

extension ProbeAnswer {
    var bodyWords: String { "\(bodyDigest) (\(bodyLength) bytes)" }

    fileprivate var valuesByName: [String: [String]] {
        headers.reduce(into: [:]) { $0[$1.name.lowercased(), default: []].append($1.value) }
    }
}
