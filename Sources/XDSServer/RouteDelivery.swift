package import EdgeModel
internal import EdgePlan
package import EnvoyConfig
package import FleetProtocol

/// How routes reach a node in shards, while ``FleetRollout`` decides about whole networks only.
///
/// A node's Envoy keeps the way in which its listeners fetch routes as long as it runs; a network that grows is served in
/// shards to processes that start later. To the rollout a node with shards looks like one that fetches the whole: it
/// hears the version of the network once every shard runs that version's piece, and a refusal as soon as one shard
/// refuses. Then the others go back, so that a node runs a version as a whole or not at all.
package struct RouteDelivery: Sendable {
    /// One node's routes of one network.
    struct Progress: Sendable {
        var sessions = [DiscoverySession](repeating: DiscoverySession(), count: RouteShard.count)
        /// Version of the network that all shards run.
        var accepted: String?
        /// Version on its way.
        var target: String?
        /// Versions of which some shards may still run pieces, because others refused theirs.
        var mixed: Set<String> = []
        var hasAsked = false
        /// The shard whose word made the accepted version whole.
        var completedBy: Int?

        /// Whether every shard runs its piece.
        func runs(_ shards: [ShardTable]) -> Bool {
            zip(sessions, shards).allSatisfy { $0.accepted == $1.answer.version }
        }
    }

    struct Key: Hashable {
        var node: ResourceName
        var network: Network
    }

    private var progress: [Key: Progress] = [:]
    private var scopes: [ResourceName: DiscoverySession] = [:]
    /// What is sent of scopes, by the networks that a node listens for: it never changes, and every node is asked about
    /// with every word of any node.
    private var scopeAnswers: [[Network]: DiscoveryAnswer] = [:]
    /// Whether a node's Envoy fetches routes in shards; not there until it has said so or been told.
    private var fetchesShards: [ResourceName: Bool] = [:]
    /// Shards by version of the network: published, running or on their way.
    private var shards: [String: [ShardTable]] = [:]
    private var current: [Network: RouteTable] = [:]
    /// Nodes that could fetch shards and were not sent listeners yet.
    private var undecided: Set<ResourceName> = []

    /// What a listeners' version begins with when their routes come in shards, so that a node tells a server that has
    /// just started.
    static let tag = "shards."

    package init() {}

    // MARK: events

    /// To be told before the rollout publishes.
    package mutating func publish(_ set: ResourceSet, _ rollout: inout FleetRollout, at now: Int64) -> [FleetEvent] {
        for network in Network.allCases { current[network] = set.routes(network) }
        let used = Set(progress.values.flatMap { [$0.accepted, $0.target].compactMap(\.self) })
        shards = shards.filter { used.contains($0.key) }
        for table in current.values where !table.shards.isEmpty { shards[table.version] = table.shards }
        // A node that came before anything was published has no listeners yet: now it is known which it gets.
        guard isLarge else { return [] }
        return undecided.sorted().flatMap { name -> [FleetEvent] in
            guard var node = rollout.description(of: name), fetchesShards[name] != true else { return [] }
            fetchesShards[name] = true
            node.fetchesShards = true
            return rollout.hear(DiscoveryRequest(node: node, token: "", kind: .listeners, version: nil), at: now)
        }
    }

    private var isLarge: Bool { current.values.contains { !$0.shards.isEmpty } }

    /// Takes a request in and passes on to the rollout what it says about whole networks.
    package mutating func hear(_ request: DiscoveryRequest, _ rollout: inout FleetRollout, at now: Int64)
        -> [FleetEvent]
    {
        var request = request
        let name = request.node.name
        if request.kind == .clusters, request.version == nil {
            for network in Network.allCases { progress[Key(node: name, network: network)] = nil }
            (fetchesShards[name], scopes[name]) = (nil, nil)
        }
        learnLayout(request)
        request.node.fetchesShards = fetchesShards[name]
        switch request.piece {
        case .whole: return rollout.hear(request, at: now)
        case .scopes:
            _ = scopes[name, default: DiscoverySession()].hear(request.version)
            return []
        case .shard(let shard):
            guard let network = request.kind.network, (0..<RouteShard.count).contains(shard) else { return [] }
            return hear(shard, request, Key(node: name, network: network), &rollout, at: now)
        }
    }

    private mutating func learnLayout(_ request: DiscoveryRequest) {
        let name = request.node.name
        if request.kind == .listeners {
            fetchesShards[name] =
                request.version.map { $0.hasPrefix(Self.tag) } ?? (isLarge && request.canFetchShards)
            if request.version == nil, request.canFetchShards {
                undecided.insert(name)
            } else {
                undecided.remove(name)
            }
        } else if request.piece != .whole {
            fetchesShards[name] = true
        } else if request.kind.network != nil {
            fetchesShards[name] = false
        }
    }

    private mutating func hear(
        _ shard: Int, _ request: DiscoveryRequest, _ key: Key, _ rollout: inout FleetRollout, at now: Int64
    ) -> [FleetEvent] {
        var events: [FleetEvent] = []
        var asked = request
        asked.piece = .whole
        var state = progress[key] ?? Progress()
        let word = state.sessions[shard].hear(request.version)
        if !state.hasAsked, request.version == nil {
            asked.version = nil
            events += rollout.hear(asked, at: now)
        }
        state.hasAsked = true
        progress[key] = state
        // Its next word, which Envoy cannot have sent before the one that made the version whole.
        if word == nil, shard == state.completedBy { rollout.hearAgain(key.node, key.network, at: now) }
        if case .refused = word {
            events += refuse(asked, key, &rollout, at: now)
        } else {
            events += complete(asked, key, &rollout, by: shard, at: now)
        }
        return events
    }

    /// Whether a request is to be answered at once, so that the node shows with the next that it lives.
    package func isToAskAgain(
        _ name: ResourceName, _ kind: ResourceKind, _ piece: RoutePiece, _ rollout: FleetRollout
    ) -> Bool {
        if case .shard(let shard) = piece {
            guard let network = kind.network, progress[Key(node: name, network: network)]?.completedBy == shard else {
                return false
            }
        }
        return rollout.isToAskAgain(name, kind)
    }

    /// Tells the rollout when all shards run what is on its way; notes when all have gone back.
    private mutating func complete(
        _ request: DiscoveryRequest, _ key: Key, _ rollout: inout FleetRollout, by shard: Int?, at now: Int64
    ) -> [FleetEvent] {
        guard var state = progress[key], let version = state.target ?? state.accepted, let pieces = shards[version],
            state.target != nil || !state.mixed.isEmpty, state.runs(pieces)
        else { return [] }
        let isBack = state.target == nil
        (state.accepted, state.target, state.mixed, state.completedBy) = (version, nil, [], shard)
        progress[key] = state
        guard !isBack else { return [] }
        var request = request
        request.version = version
        return rollout.hear(request, at: now)
    }

    /// The rollout counts a version as refused when it was sent twice; the shard was.
    private mutating func refuse(
        _ request: DiscoveryRequest, _ key: Key, _ rollout: inout FleetRollout, at now: Int64
    ) -> [FleetEvent] {
        guard let target = progress[key]?.target else { return [] }
        progress[key]?.target = nil
        var request = request
        request.version = progress[key]?.accepted
        var events = rollout.hear(request, at: now)
        guard let again = rollout.due(key.node, request.kind, at: now)?.version else { return events }
        if again == target {
            events += rollout.hear(request, at: now)
        } else {
            aim(key, at: again)
        }
        return events
    }

    // MARK: answers

    /// What a waiting request is to be answered with now, noted as sent; nil: it waits on.
    package mutating func answer(
        _ name: ResourceName, _ kind: ResourceKind, _ piece: RoutePiece, _ rollout: inout FleetRollout, at now: Int64
    ) -> DiscoveryAnswer? {
        switch piece {
        case .whole:
            let answer = rollout.answer(name, kind, at: now)
            if kind == .listeners, answer != nil { undecided.remove(name) }
            return answer
        case .scopes: return scopes(for: name, rollout)
        case .shard(let shard):
            guard let network = kind.network else { return nil }
            return answer(shard, Key(node: name, network: network))
        }
    }

    private mutating func scopes(for name: ResourceName, _ rollout: FleetRollout) -> DiscoveryAnswer? {
        guard let node = rollout.description(of: name) else { return nil }
        let networks = Network.allCases.filter { !node.addresses(of: $0).isEmpty }
        guard let answer = scopeAnswers[networks] ?? (try? DiscoveryAnswer(EnvoyRenderer.scopes(networks))) else {
            return nil
        }
        scopeAnswers[networks] = answer
        return scopes[name, default: DiscoverySession()].send(answer.version) ? answer : nil
    }

    private mutating func answer(_ shard: Int, _ key: Key) -> DiscoveryAnswer? {
        guard let state = progress[key], let version = state.target ?? state.accepted,
            let pieces = shards[version], pieces.indices.contains(shard)
        else { return nil }
        let answer = pieces[shard].answer
        return progress[key]?.sessions[shard].send(answer.version) == true ? answer : nil
    }

    /// Asks the rollout, once for all shards, what nodes are to run next. To be called before answers.
    ///
    /// - Returns: what is told of nodes that run it already in every piece, and would not ask again for as long as
    ///   requests are held.
    package mutating func offer(_ rollout: inout FleetRollout, at now: Int64) -> [FleetEvent] {
        var events: [FleetEvent] = []
        for (key, state) in progress where state.target == nil && state.accepted != rollout.version(of: key.network) {
            let kind = ResourceKind.routes(key.network)
            guard let offer = rollout.due(key.node, kind, at: now), let node = rollout.description(of: key.node)
            else { continue }
            if shards[offer.version] == nil, let table = current[key.network], table.version == offer.version {
                shards[offer.version] = table.inShards
            }
            let request = DiscoveryRequest(node: node, token: "", kind: kind, version: state.accepted)
            if shards[offer.version] == nil {
                // Nothing is known of its pieces: as if the answer had been lost.
                events += rollout.hear(request, at: now)
            } else {
                aim(key, at: offer.version)
                events += complete(request, key, &rollout, by: nil, at: now)
            }
        }
        let mixed = progress.values.reduce(into: Set<String>()) { $0.formUnion($1.mixed) }
        if mixed != rollout.runningInPart { rollout.runningInPart = mixed }
        return events
    }

    private mutating func aim(_ key: Key, at version: String) {
        guard shards[version] != nil, var state = progress[key] else { return }
        // A piece refused as part of another version may be part of this one: unless it is tried again, the version
        // would neither be accepted nor refused.
        for shard in state.sessions.indices { state.sessions[shard].forgetRefusal() }
        progress[key] = state
        progress[key]?.target = version
        progress[key]?.mixed.insert(version)
    }
}
