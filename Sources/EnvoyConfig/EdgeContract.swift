package import EdgePlan

/// Names that Envoy's configuration and the edge module must agree on.
package enum EdgeContract {
    /// Library `lib<name>.so` in the module search path.
    package static let library = "signalbox_edge"
    /// Name of the filter in the chain, of its factory in the module, and key of a zone's plan in its virtual host.
    package static let filter = "edge"
    /// Request header in which the module names the origin; overwritten on every path, removed before the origin.
    package static let originHeader = "x-edge-origin"
    /// Request header that the module sets while the route is chosen when a rule chose the host to send, and removes.
    package static let hostHeader = "x-edge-host"
    /// Namespace of the dynamic metadata the module sets for the access log.
    package static let metadata = "signalbox"
    /// Filter configuration of the listener that answers with counters instead of serving zones.
    package static let figuresMode = "figures"
    /// Request header in which the module names the shard of the route table that a host is looked up in; overwritten on
    /// every path, removed before the origin. `p07`: production's eighth.
    package static let shardHeader = "x-edge-shard"
    /// Filter configuration where routes come in shards.
    package static func shardedMode(_ network: Network) -> String { "shards \(network.rawValue)" }
    /// Variable that tells Envoy where modules lie.
    package static let searchPathVariable = "ENVOY_DYNAMIC_MODULES_SEARCH_PATH"
}
