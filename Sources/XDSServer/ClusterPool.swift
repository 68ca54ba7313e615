internal import EnvoyConfig

/// The clusters that every node is offered: those that route tables need, and for a while those that none needs any
/// more. Also knows who was in the answers made before, as an acceptance names no more than a version.
struct ClusterPool: Sendable {
    struct Answer: Sendable {
        var version: String
        var clusters: [ClusterResource]
    }

    private struct Pooled: Hashable, Sendable {
        var cluster: ClusterResource
        /// nil while something needs it.
        var leaves: Int64?
        /// It came before anything needed it.
        var isAhead = false
    }

    private struct State: Hashable, Sendable {
        var tables: Set<String>
        var change: Int
    }

    /// Milliseconds that a cluster stays after the last table that needs it.
    let settle: Int64
    private var pooled: [String: Pooled] = [:] {
        didSet { change += 1 }
    }
    private var change = 0
    /// What the pool was last brought in line with.
    private var tidied: State?
    /// How many only wait for their end.
    private var leaving = 0
    /// What is sent now; nil: nothing was published, or a predecessor made it.
    private(set) var answer: DiscoveryAnswer?
    /// The last 64, the oldest first.
    private(set) var answers: [Answer] = []

    init(settle: Int64) {
        self.settle = settle
    }

    subscript(name: String) -> ClusterResource? { pooled[name]?.cluster }

    /// Takes the place of a cluster of that name, and stays until nothing needs it.
    mutating func add(_ cluster: ClusterResource) {
        pooled[cluster.name] = Pooled(cluster: cluster)
    }

    /// Offers clusters that nothing needs yet, and keeps those that nothing needs any more, until then at least. A name
    /// stands for one definition: what is offered under it stays as it is.
    mutating func offer(ahead clusters: [ClusterResource], until end: Int64) {
        for cluster in clusters {
            guard let member = pooled[cluster.name] else {
                pooled[cluster.name] = Pooled(cluster: cluster, leaves: end, isAhead: true)
                continue
            }
            if let leaves = member.leaves, leaves < end { pooled[cluster.name]?.leaves = end }
        }
    }

    /// Ends the offer of everything that came before something needed it, and that still nothing needs.
    /// - Returns: whether there was any.
    mutating func withdrawAhead() -> Bool {
        let names = pooled.filter(\.value.isAhead).keys
        for name in names { pooled[name] = nil }
        return !names.isEmpty
    }

    /// What an answer consisted of; nil: it is too old, or not ours.
    func members(of version: String) -> [ClusterResource]? {
        answers.first { $0.version == version }?.clusters
    }

    /// Answers that a predecessor made.
    mutating func remember(_ answers: [Answer]) {
        self.answers = answers
    }

    /// Brings it in line with the tables that some node may run. Asked for with every word of a node and ten times a
    /// second: what is as it was is not looked through again.
    /// - Parameter isTaken: whether some node has taken a cluster on. One that none has goes with the table that needed it:
    ///   nothing uses it, and it may be why they take nothing else.
    /// - Returns: whether a new answer was made.
    mutating func tidy(
        for tables: [String: FleetRollout.Table], at now: Int64, isTaken: (_ name: String) -> Bool
    ) -> Bool {
        let versions = Set(tables.keys)
        guard State(tables: versions, change: change) != tidied || leaving > 0 else { return false }
        let needed = tables.values.reduce(into: Set<String>()) { $0.formUnion($1.clusters) }
        leaving = 0
        let end = now + settle
        for (name, member) in pooled {
            if needed.contains(name) {
                if member.leaves != nil { pooled[name] = Pooled(cluster: member.cluster) }
            } else if member.leaves.map({ $0 <= now }) ?? (settle <= 0 || !isTaken(name)) {
                pooled[name] = nil
            } else {
                if member.leaves == nil { pooled[name]?.leaves = end }
                leaving += 1
            }
        }
        tidied = State(tables: versions, change: change)
        return offer()
    }

    private mutating func offer() -> Bool {
        let members = pooled.values.map(\.cluster).sorted { $0.name < $1.name }
        // A successor knows what was sent last and has no answer yet.
        if answer != nil, let last = answers.last, last.clusters == members { return false }
        let answer = DiscoveryAnswer(members.map(\.resource))
        self.answer = answer
        answers.removeAll { $0.version == answer.version }
        answers.append(Answer(version: answer.version, clusters: members))
        if answers.count > 64 { answers.removeFirst() }
        return true
    }
}
