package import EdgeModel
internal import EdgePlan
internal import FoundationEssentials

package struct NodeRow: Hashable, Sendable {
    package var node: Node
    /// nil: it never asked for its configuration.
    package var status: NodeStatus?
}

extension ControlPlane {
    package func nodes() throws -> [NodeRow] {
        try store.read { tx in
            let statuses = try Self.statuses(in: tx)
            return try tx.nodes().map { NodeRow(node: $0, status: statuses[$0.name]) }
        }
    }

    /// Those that were heard of lately.
    package func liveNodes() throws -> [NodeRow] {
        let moment = now()
        return try nodes().filter { $0.status?.isLive(at: moment) ?? false }
    }

    package func node(named name: ResourceName) throws -> NodeRow {
        let all = try nodes()
        guard let row = all.first(where: { $0.node.name == name }) else {
            throw Find.noNode(name, among: all.map(\.node.name))
        }
        return row
    }

    static func statuses(in tx: any StoreReading) throws -> [ResourceName: NodeStatus] {
        // A status is derived data: one that an older program wrote differently is as good as none.
        try tx.nodeStatuses().compactMapValues { try? JSONDecoder().decode(NodeStatus.self, from: Data($0.utf8)) }
    }

    /// - Returns: the node and its token. The token is returned once and never stored.
    package func createNode(_ name: ResourceName, region: String) throws -> (Node, token: String) {
        let token = Self.token(random(32))
        let node = try mutate { tx in
            guard try tx.node(named: name) == nil else {
                throw ControlPlaneError(
                    .exists, at: "node \(name)", "there is a node of that name", remedy: "signalbox node token \(name)")
            }
            let node = Node(
                name: name, region: region, tokenDigest: Digest.sha256(of: token), createdAt: now(), author: actor.label
            )
            try tx.putNode(node)
            return (node, [AuditNote("node.create", "node/\(name)", "region \(region.isEmpty ? "not told" : region)")])
        }
        return (node, token)
    }

    /// A new token; the old one is worth nothing from the node's next request on.
    package func rotateToken(of name: ResourceName) throws -> String {
        let token = Self.token(random(32))
        try mutate { tx in
            guard var node = try tx.node(named: name) else {
                throw Find.noNode(name, among: try tx.nodes().map(\.name))
            }
            node.tokenDigest = Digest.sha256(of: token)
            try tx.putNode(node)
            return ((), [AuditNote("node.token", "node/\(name)", "token replaced")])
        }
        return token
    }

    package func removeNode(_ name: ResourceName) throws {
        try mutate { tx in
            guard try tx.node(named: name) != nil else {
                throw Find.noNode(name, among: try tx.nodes().map(\.name))
            }
            try tx.removeNode(named: name)
            return ((), [AuditNote("node.remove", "node/\(name)", "removed")])
        }
    }

    /// Whether the token is the node's. Digests are compared in full, whatever the first difference.
    package func authenticate(_ name: ResourceName, token: String) throws -> Bool {
        guard let node = try store.read({ try $0.node(named: name) }) else { return false }
        let given = Digest.sha256(of: token)
        let difference = zip(given.rawValue.utf8, node.tokenDigest.rawValue.utf8).reduce(UInt8(0)) {
            $0 | ($1.0 ^ $1.1)
        }
        return difference == 0
    }

    private static func token(_ bytes: [UInt8]) -> String { "sbx_" + Digest(bytes: bytes).rawValue }
}
