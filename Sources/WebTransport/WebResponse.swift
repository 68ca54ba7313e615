/// A complete answer, read to the last byte.
package struct WebResponse: Hashable, Sendable {
    package enum Version: String, Hashable, Sendable, Codable {
        case http10 = "HTTP/1.0"
        case http11 = "HTTP/1.1"
        case http2 = "HTTP/2"
        case http3 = "HTTP/3"
    }

    package var status: Int
    package var version: Version
    /// As received, in order; interim answers and trailers are left out.
    package var headers: WebHeaders
    /// As received: nothing is decompressed, since no encoding is asked for unless the request does.
    package var body: [UInt8]
    package var timings: WebTimings
    /// The address that answered, as `ip:port` or `unix:path`.
    package var peer: String
    /// Whether an open connection served it, so that lookup, connect and TLS cost nothing.
    package var reusedConnection: Bool
    /// How many redirects were followed to get it.
    package var redirectsFollowed: Int

    package init(
        status: Int, version: Version, headers: WebHeaders, body: [UInt8], timings: WebTimings, peer: String,
        reusedConnection: Bool, redirectsFollowed: Int
    ) {
        self.status = status
        self.version = version
        self.headers = headers
        self.body = body
        self.timings = timings
        self.peer = peer
        self.reusedConnection = reusedConnection
        self.redirectsFollowed = redirectsFollowed
    }
}
