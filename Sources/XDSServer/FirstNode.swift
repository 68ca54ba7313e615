internal import EdgeModel
internal import EdgePlan

/// How long is waited for a first node, in milliseconds.
package struct FirstNodeLimits: Hashable, Sendable {
    /// A first node that does not fetch what is there for it for so long is passed over for another.
    package var patience: Int64
    /// The same for one that was sent it and has said nothing since: it may have crashed and be on its way back.
    package var silence: Int64
    /// A node that comes back without a version within this time after it was given something new holds that.
    package var suspicion: Int64

    /// Words that come earlier after the acceptance do not show that it lives.
    package var trial: Int64

    package init(patience: Int64 = 3_000, silence: Int64 = 15_000, suspicion: Int64 = 30_000, trial: Int64 = 0) {
        self.patience = patience
        self.silence = silence
        self.suspicion = suspicion
        self.trial = trial
    }
}

/// Which nodes may have what a network publishes: one first, the others at once when it has taken it and lives.
///
/// A node that refuses it as the first, or that comes back without a version shortly after it was given it, holds it:
/// no further node gets it until something else is published. A node that begins with nothing meanwhile gets what was
/// open to all before. What has run everywhere without suspicion, what is still open elsewhere, and what differs from
/// that only by ways back need no first node and cannot be held: a rollback goes to all at once. Times are milliseconds
/// since 1970.
struct FirstNode: Hashable, Sendable, Codable {
    /// What is published: its name on the wire, and the plan it stands for.
    struct Edition: Hashable, Sendable, Codable {
        var version: String
        var plan: Digest
        var deployments = DeploymentMarks()
    }

    enum Stage: Hashable, Sendable, Codable {
        /// Only nodes that were chosen may have it.
        case trying
        /// This one has taken it; its next word shows that it lives.
        case confirming(ResourceName)
        /// All may have it, since then; it can still be held.
        case open(since: Int64)
        case proven
        case held(FleetHold)
    }

    /// A node that serves the network, as far as choosing needs to know it.
    struct Candidate: Sendable {
        var name: ResourceName
        /// Last request or report.
        var lastWord: Int64
        /// It serves the network already.
        var isServing: Bool
        /// When it could be sent the edition; nil: not before it accepts clusters.
        var due: Int64?
        /// It was sent the edition and has not said anything about it.
        var isSilent: Bool
    }

    private static let memory = 64
    /// A node heard of within this time is preferred: reports come every two seconds.
    private static let recent: Int64 = 5_000

    let network: Network
    var limits = FirstNodeLimits()
    private(set) var current: Edition?
    /// What was open to all before.
    private(set) var fallback: String?
    /// The newest deployment in what was open to all last; nil: nothing was.
    private var opened: Int?
    private(set) var stage = Stage.proven
    private var first: ResourceName?
    /// When the first node took the edition; after a restart of the server its trial counts as over.
    private var acceptedAt: Int64 = 0
    /// When each node was chosen.
    private var chosen: [ResourceName: Int64] = [:]
    /// When each node was sent the edition, as long as its restart is suspicious.
    private var given: [ResourceName: Int64] = [:]
    /// Versions that ran without suspicion, newest last.
    private var provenVersions: [String] = []

    private enum CodingKeys: String, CodingKey {
        case network, current, fallback, opened, stage, first, chosen, given
        case provenVersions = "proven"
    }

    init(_ network: Network, _ limits: FirstNodeLimits = .init()) {
        self.network = network
        self.limits = limits
    }

    var hold: FleetHold? {
        if case .held(let hold) = stage { return hold }
        return nil
    }

    // MARK: publishing

    mutating func publish(_ edition: Edition) {
        guard edition.version != current?.version else {
            // The same bytes for another plan are what they were.
            current = edition
            if case .held(var hold) = stage {
                hold.plan = edition.plan
                stage = .held(hold)
            }
            return
        }
        switch stage {
        case .open, .proven:
            fallback = current?.version
            opened = current?.deployments.newest
        case .trying, .confirming, .held: break
        }
        // What was tried and never open to all counts as forward until it is: another application's way back must not
        // carry it along.
        let isWayBack = opened.map { edition.deployments.onlyGoesBack(since: $0) } ?? false
        let isKnown = isWayBack || provenVersions.contains(edition.version) || edition.version == fallback
        if isKnown { fallback = nil }
        current = edition
        stage = isKnown ? .proven : .trying
        (first, chosen, given) = (nil, [:], [:])
    }

    /// Sees to it that there is a first node where one is needed.
    mutating func choose(among candidates: [Candidate], at now: Int64) {
        guard stage == .trying, current != nil else { return }
        if let first, let candidate = candidates.first(where: { $0.name == first }), !isOverdue(candidate, at: now) {
            return
        }
        // When all were tried, any of them may still take it.
        let others = candidates.filter { chosen[$0.name] == nil }
        let rank = { (candidate: Candidate) in
            (candidate.isServing ? 0 : 1, now - candidate.lastWord <= Self.recent ? 0 : 1, candidate.name)
        }
        guard let next = others.min(by: { rank($0) < rank($1) }) else { return }
        first = next.name
        chosen[next.name] = now
    }

    private func isOverdue(_ candidate: Candidate, at now: Int64) -> Bool {
        let since = max(chosen[candidate.name] ?? now, candidate.due ?? 0)
        return now - since > (candidate.isSilent ? limits.silence : limits.patience)
    }

    /// The version a node is to run next; nil: it keeps what it has.
    func offer(to name: ResourceName, running: String?) -> String? {
        switch stage {
        case .open, .proven: return current?.version
        case .trying, .confirming:
            if chosen[name] != nil { return current?.version }
        case .held: break
        }
        return running == nil ? fallback : nil
    }

    // MARK: words of nodes

    mutating func gave(_ version: String, to name: ResourceName, at now: Int64) {
        guard version == current?.version, stage != .proven else { return }
        given[name] = now
    }

    mutating func accepted(_ version: String, by name: ResourceName, at now: Int64) {
        guard version == current?.version, stage == .trying else { return }
        stage = .confirming(name)
        acceptedAt = now
    }

    /// Another word after the acceptance, be it a request or a report.
    mutating func lives(_ name: ResourceName, at now: Int64) {
        // A clock that was set back must not make the trial longer.
        guard stage == .confirming(name), now < acceptedAt || now - acceptedAt >= limits.trial else { return }
        stage = .open(since: now)
    }

    /// Its process ended unasked: it began with nothing again, or that was reported.
    mutating func crashed(_ name: ResourceName, at now: Int64) -> FleetHold? {
        guard let since = given.removeValue(forKey: name), now - since <= limits.suspicion else { return nil }
        switch stage {
        case .trying, .confirming, .open: return hold(.restarted, by: name, since: since, at: now)
        case .proven, .held: return nil
        }
    }

    /// It stopped because it was told to.
    mutating func left(_ name: ResourceName) { given[name] = nil }

    /// It would not take the edition or clusters that it needs.
    mutating func refused(by name: ResourceName, at now: Int64) -> FleetHold? {
        guard stage == .trying, let since = chosen[name] else { return nil }
        return hold(.refused, by: name, since: given[name] ?? since, at: now)
    }

    private mutating func hold(_ cause: FleetHold.Cause, by name: ResourceName, since: Int64, at now: Int64)
        -> FleetHold?
    {
        guard let current else { return nil }
        let hold = FleetHold(
            network: network, plan: current.plan, node: name, cause: cause, at: Timestamp(milliseconds: now),
            after: max(0, now - since))
        stage = .held(hold)
        return hold
    }

    mutating func tick(at now: Int64) {
        guard case .open(let since) = stage, now - since >= limits.suspicion, let current else { return }
        stage = .proven
        (fallback, given, chosen, first) = (nil, [:], [:], nil)
        provenVersions.removeAll { $0 == current.version }
        provenVersions = (provenVersions + [current.version]).suffix(Self.memory)
    }
}
