internal import EdgePlan

/// Where routes come in shards: the header by which Envoy finds the shard of a request's host.
enum ShardHeader {
    /// Names the shard and makes Envoy look the route up again, now in it. Port and trailing dot are gone already: the
    /// connection manager strips them, and Envoy looks the same bytes up that are hashed here.
    static func set(_ stream: Stream, host: UnsafeRawBufferPointer, network: UInt8) {
        let shard = UInt8(truncatingIfNeeded: RouteShard.of(host))
        let digits = (network, UInt8(ascii: "0") &+ shard / 10, UInt8(ascii: "0") &+ shard % 10)
        withUnsafeBytes(of: digits) { stream.set(UnsafeRawBufferPointer("x-edge-shard"), $0) }
        stream.clearRoute()
    }
}
