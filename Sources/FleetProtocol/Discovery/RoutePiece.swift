/// Which piece of a network's routes a request asks for.
package enum RoutePiece: Hashable, Sendable {
    /// The whole network in one answer; also listeners and clusters, which have no pieces.
    case whole
    case shard(Int)
    /// What leads to the shards: the same for all networks of a node.
    case scopes
}
