/// `envoy.config.core.v3.ConfigSource`: fetching from `signalbox serve` by long poll.
struct ConfigSource: Encodable {
    /// Name of the cluster that leads to the control plane.
    static let cluster = "xds"

    struct API: Encodable {
        var apiType = "REST"
        var transportApiVersion = "V3"
        var clusterNames = [ConfigSource.cluster]
        var refreshDelay: Seconds
        /// Longer than the server holds a request (25 s).
        var requestTimeout = Seconds(35)
    }

    var resourceApiVersion = "V3"
    /// Longer than the server holds routes back until their clusters are warm (5 s).
    var initialFetchTimeout = Seconds(15)
    var apiConfigSource: API

    /// - Parameter refreshDelay: milliseconds between an answer and the next request, which a change that follows another
    ///   waits, and a word of a first node as well; Envoy adds up to as much again at random. Nothing slows Envoy down
    ///   when nobody takes its requests: each costs it about a millisecond of processor time (measured, 1.39.3), so that
    ///   only a relay beside it should be asked more often than by default.
    init(refreshDelay: Int? = nil) {
        apiConfigSource = API(refreshDelay: Seconds(milliseconds: refreshDelay ?? 10))
    }

    private init(initialFetchTimeout: Seconds, apiConfigSource: API) {
        self.initialFetchTimeout = initialFetchTimeout
        self.apiConfigSource = apiConfigSource
    }

    /// For certificates. Each is a question of its own with some 70 kB, so they are asked less often; and a listener
    /// does not wait for them longer than a client would.
    static let secrets = ConfigSource(
        initialFetchTimeout: Seconds(5), apiConfigSource: API(refreshDelay: Seconds(2)))
}
