internal import EdgeModel

/// Answers that Envoy accepted together: what a node can be started with while `serve` is away.
struct LastGood: Hashable, Sendable {
    var responses: [Subscription: DiscoveryResponse]

    init(_ responses: [Subscription: DiscoveryResponse] = [:]) { self.responses = responses }

    subscript(_ subscription: Subscription) -> DiscoveryResponse? { responses[subscription] }

    var isEmpty: Bool { responses.isEmpty }
    /// The newest place in `serve`'s journal that any of it stands for.
    var journal: JournalPosition? { responses.values.compactMap(\.journal).max { $0.at < $1.at } }
    var versions: [Subscription: String] { responses.mapValues(\.version) }

    /// What of these accepted answers belongs together: clusters, listeners, and each route table that the listeners
    /// fetch, or the scopes through which they do and each table that these name. nil as long as one of them is missing: half a configuration must never replace a whole one.
    /// - Parameter references: what an answer leads to; one who asks often may remember it.
    init?(
        complete accepted: [Subscription: DiscoveryResponse],
        references: (DiscoveryResponse) -> DiscoveryResponse.References = { $0.references }
    ) {
        guard let clusters = accepted[.clusters], let listeners = accepted[.listeners] else { return nil }
        var whole: [Subscription: DiscoveryResponse] = [.clusters: clusters, .listeners: listeners]
        let first = references(listeners)
        var names = first.routes
        if first.scopes {
            guard let scopes = accepted[.scopes] else { return nil }
            whole[.scopes] = scopes
            names += references(scopes).routes
        }
        for name in names {
            guard let routes = accepted[.routes(name)] else { return nil }
            whole[.routes(name)] = routes
        }
        self.init(whole)
    }
}
