package import EdgeModel
package import EdgePlan
internal import FleetProtocol
internal import FoundationEssentials

/// What a server that starts must know of what its predecessor sent: which clusters the routes of nodes still need,
/// when the plan changed while no server ran. Without it old clusters would go before new routes come.
package struct RolloutMemory: Hashable, Sendable, Codable {
    package struct Table: Hashable, Sendable, Codable {
        package var version: String
        package var network: Network
        package var plan: Digest
        package var clusters: [String]
    }

    package struct Cluster: Hashable, Sendable, Codable {
        package var name: String
        /// Envoy's JSON.
        package var definition: String
        package var warmUp: Int
    }

    package struct Membership: Hashable, Sendable, Codable {
        package var version: String
        package var clusters: [String]
    }

    package struct Node: Hashable, Sendable, Codable {
        package var name: ResourceName
        /// Milliseconds since 1970 from when the clusters it accepted are usable, by name.
        package var clusters: [String: Int64]
        /// Versions of routes that it runs or may run; nil: written before they were kept.
        package var routes: [String]?
        /// When it spoke last, in milliseconds since 1970.
        package var lastWord: Int64?
    }

    package var tables: [Table]
    package var clusters: [Cluster]
    /// Clusters that belong together in one answer; the last is the one on offer.
    package var memberships: [Membership]

    package var nodes: [Node]
    /// Who may have what, by network; nil: written before there were first nodes.
    var firstNodes: [FirstNode]?
    /// Routes that nodes which begin with nothing get while something is held, by version; Envoy's JSON.
    var fallbacks: [String: String]?
    /// What only nodes that have been away for long may still run; nil: written before it was kept.
    var putAside: [Table]?
    /// The newest place of the journal that a node has taken.
    package var acknowledged: JournalGuard.Word?

    package init(
        tables: [Table] = [], clusters: [Cluster] = [], memberships: [Membership] = [], nodes: [Node] = []
    ) {
        self.tables = tables
        self.clusters = clusters
        self.memberships = memberships
        self.nodes = nodes
    }
}

/// Keeps the memory in a file, replaced as a whole. A file that cannot be read is as good as none.
actor MemoryFile {
    private let path: String
    private var written = 0

    init(path: String) { self.path = path }

    static func load(_ path: String) -> RolloutMemory? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return try? JSONDecoder().decode(RolloutMemory.self, from: data)
    }

    /// - Parameter change: number of the state; an older one than written is passed over.
    /// - Returns: what went wrong, for the log.
    func save(_ memory: RolloutMemory, change: Int) -> String? {
        guard change > written else { return nil }
        written = change
        do {
            try JSONEncoder().encode(memory).write(to: URL(filePath: path), options: .atomic)
            return nil
        } catch {
            return LogText.visible("\(error)")
        }
    }
}
