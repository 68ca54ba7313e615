/// `envoy.config.core.v3.ConfigSource`: fetching from `signalbox serve` by long poll.
struct ConfigSource: Encodable {
    /// Name of the cluster that leads to the control plane.
    static let cluster = "xds"

    struct API: Encodable {
        var apiType = "REST"
        var transportApiVersion = "V3"
        var clusterNames = [ConfigSource.cluster]
        /// Between an answer and the next request; what a change waits at worst behind another.
        var refreshDelay = Seconds(milliseconds: 10)
        /// Longer than the server holds a request (25 s).
        var requestTimeout = Seconds(35)
    }

    var resourceApiVersion = "V3"
    /// Longer than the server holds routes back until their clusters are warm (5 s).
    var initialFetchTimeout = Seconds(15)
    var apiConfigSource = API()

    /// For certificates. Each is a question of its own with some 70 kB, so they are asked less often; and a listener
    /// does not wait for them longer than a client would.
    static let secrets = ConfigSource(
        initialFetchTimeout: Seconds(5), apiConfigSource: API(refreshDelay: Seconds(2)))
}
