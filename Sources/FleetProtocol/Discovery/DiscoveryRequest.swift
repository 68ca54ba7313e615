package import EdgeModel
internal import EdgePlan
internal import EnvoyConfig
internal import FoundationEssentials

/// One request of a node's Envoy, checked: who asks, for what, and what it runs already.
package struct DiscoveryRequest: Sendable {
    package var node: NodeDescription
    package var token: String
    package var kind: ResourceKind
    /// Version that the node runs; nil: none yet.
    package var version: String?
    /// Of what `kind` names.
    package var piece = RoutePiece.whole
    /// Whether the node's module knows the shards of this server.
    package var canFetchShards = false
    /// The place in a journal that the node was given last; nil: it does not say.
    package var journal: JournalPosition?
    /// Whether nothing of the clusters that the node runs warms up any more, as far as `node run` says.
    package var hasWarmClusters = false
    /// Whether this server's journal contains that place.
    package var isOfOurJournal = true

    /// What is wrong with a request; told to the node in a 400.
    package struct Malformed: Error, Hashable, Sendable {
        package var reason: String
    }

    /// - Parameters:
    ///   - type: last part of the path: `listeners`, `clusters` or `routes`.
    ///   - body: `envoy.service.discovery.v3.DiscoveryRequest` as JSON.
    /// - Throws: `Malformed`.
    package init(type: String, body: [UInt8]) throws(Malformed) {
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: Data(body))
        } catch {
            throw Malformed(reason: "the body is no discovery request of a node that 'node bootstrap' made")
        }
        guard let name = ResourceName(rawValue: wire.node.id) else {
            throw Malformed(reason: "node.id is no name of a node")
        }
        let metadata = wire.node.metadata.signalbox
        node = NodeDescription(
            name: name, region: LogText.visible(metadata.region ?? "", limit: 63),
            listen: try Self.addresses(metadata.listen), staging: try Self.addresses(metadata.staging),
            loadBalancers: metadata.loadBalancers.map { Array($0.prefix(256)) },
            accessLog: metadata.accessLog.flatMap { $0.isEmpty ? nil : $0 },
            envoyVersion: metadata.envoyVersion.map { LogText.visible($0, limit: 63) },
            moduleVersion: metadata.moduleVersion.map { LogText.visible($0, limit: 63) },
            planFormats: metadata.planFormats ?? [])
        node.refreshDelay = metadata.refreshDelay.flatMap { (1...60_000).contains($0) ? $0 : nil }
        token = metadata.token
        (kind, piece) = try Self.kind(type, names: wire.resourceNames)
        canFetchShards = metadata.shards == RouteShard.count
        version = wire.version
    }

    package init(
        node: NodeDescription, token: String, kind: ResourceKind, version: String?, piece: RoutePiece = .whole,
        canFetchShards: Bool = false
    ) {
        self.piece = piece
        self.canFetchShards = canFetchShards
        self.node = node
        self.token = token
        self.kind = kind
        self.version = version
    }

    private static func kind(_ type: String, names: [String]) throws(Malformed) -> (ResourceKind, RoutePiece) {
        switch type {
        case "listeners": return (.listeners, .whole)
        case "clusters": return (.clusters, .whole)
        // Of all networks at once: the kind says nothing here.
        case "scoped-routes": return (.productionRoutes, .scopes)
        case "routes":
            guard names.count == 1, let (network, shard) = EnvoyRenderer.routes(named: names[0]) else {
                throw Malformed(reason: "resource_names names no route configuration of this server")
            }
            return (.routes(network), shard.map { .shard($0) } ?? .whole)
        default:
            throw Malformed(reason: "only listeners, clusters, routes and scoped routes are served")
        }
    }

    private static func addresses(_ texts: [String]?) throws(Malformed) -> [ListenAddress] {
        var list: [ListenAddress] = []
        for text in texts ?? [] {
            guard let address = ListenAddress(text) else {
                throw Malformed(reason: "an address in the node's metadata is not IP:PORT")
            }
            list.append(address)
        }
        guard list.count <= 256 else { throw Malformed(reason: "more than 256 addresses") }
        return list
    }

    /// Only what is read here; Envoy sends some 70 kB more.
    struct Wire: Decodable {
        struct Node: Decodable {
            struct Metadata: Decodable { var signalbox: NodeMetadata }
            var id: String
            var metadata: Metadata
        }

        var node: Node
        var version: String?
        var resourceNames: [String]

        enum Key: String, CodingKey {
            case node
            case version = "version_info"
            case names = "resource_names"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            node = try container.decode(Node.self, forKey: .node)
            version = try container.decodeIfPresent(String.self, forKey: .version).flatMap { $0.isEmpty ? nil : $0 }
            resourceNames = try container.decodeIfPresent([String].self, forKey: .names) ?? []
        }
    }
}
