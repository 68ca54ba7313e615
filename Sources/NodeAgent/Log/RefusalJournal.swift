internal import EdgeModel

/// Joins what the log says was refused with what Envoy's questions say: a logged line about routes does not tell which
/// table it means.
///
/// The two come in any order: Envoy asks again some 10 ms after a refusal, its log is on disk some 50 ms after it.
struct RefusalJournal: Sendable {
    /// Answers on their way or under judgement, oldest first.
    private var open: [ResourceKind] = []
    /// Refused for a reason not yet read, oldest first.
    private var unexplained: [ResourceKind] = []
    /// Read before anybody knew of a refusal.
    private var early: [LoggedRefusal] = []
    private var planReason: String?

    mutating func envoyStarts() { self = RefusalJournal() }

    mutating func sent(_ kind: ResourceKind) {
        unexplained.removeAll { $0 == kind }
        open.removeAll { $0 == kind }
        open.append(kind)
    }

    mutating func accepted(_ kind: ResourceKind) {
        open.removeAll { $0 == kind }
        unexplained.removeAll { $0 == kind }
    }

    /// - Returns: the refusal with its reason when that was read already.
    mutating func refused(_ kind: ResourceKind) -> NodeReport.Refusal? {
        let wasOpen = open.contains(kind)
        open.removeAll { $0 == kind }
        if let index = early.firstIndex(where: { $0.kind == Self.family(of: kind) }) {
            return NodeReport.Refusal(kind: kind, reason: early.remove(at: index).reason)
        }
        // Not open any more: its reason was read before the question came.
        if wasOpen { unexplained.append(kind) }
        return nil
    }

    /// - Returns: the refusal when it is known which resource it is about.
    mutating func logged(_ refusal: LoggedRefusal) -> NodeReport.Refusal? {
        switch refusal.kind {
        case .plan:
            planReason = refusal.reason
            return nil
        case .listeners: return resolve(.listeners, refusal.reason)
        case .clusters: return resolve(.clusters, refusal.reason)
        case .routes:
            let reason = planReason.map { "\($0) (\(refusal.reason))" } ?? refusal.reason
            planReason = nil
            let candidates = (unexplained + open).filter { $0.network != nil }
            if let kind = candidates.first { return resolve(kind, reason) }
            early = early.suffix(3) + [LoggedRefusal(kind: .routes, reason: reason)]
            return nil
        }
    }

    private mutating func resolve(_ kind: ResourceKind, _ reason: String) -> NodeReport.Refusal {
        unexplained.removeAll { $0 == kind }
        // The question that tells of it is still to come and is then explained already.
        open.removeAll { $0 == kind }
        return NodeReport.Refusal(kind: kind, reason: reason)
    }

    private static func family(of kind: ResourceKind) -> LoggedRefusal.Kind {
        switch kind {
        case .listeners: .listeners
        case .clusters: .clusters
        case .productionRoutes, .lowerRoutes: .routes
        }
    }
}
