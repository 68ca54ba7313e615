/// A stretch of a request's life, in the order in which they happen.
package enum WebPhase: String, Hashable, Sendable, Codable, CaseIterable {
    case nameLookup = "name-lookup"
    case connect = "connect"
    case tls = "tls"
    case firstByte = "first-byte"
    case body = "body"

    package var label: String {
        switch self {
        case .nameLookup: "name lookup"
        case .connect: "connect"
        case .tls: "TLS"
        case .firstByte: "first byte"
        case .body: "body"
        }
    }
}

/// When each phase of a request ended, in microseconds since the request began.
///
/// The marks never go backwards. A phase that a reused connection skipped ends where the one before it ended.
package struct WebTimings: Hashable, Sendable, Codable {
    package let nameLookup: Int64
    package let connect: Int64
    /// Nil when no TLS handshake took place: plain HTTP, or a reused connection.
    package let tls: Int64?
    package let firstByte: Int64
    package let total: Int64

    package init(nameLookup: Int64, connect: Int64, tls: Int64?, firstByte: Int64, total: Int64) {
        self.nameLookup = max(0, nameLookup)
        self.connect = max(self.nameLookup, connect)
        let connected = self.connect
        self.tls = tls.map { max(connected, $0) }
        self.firstByte = max(self.tls ?? connected, firstByte)
        self.total = max(self.firstByte, total)
    }

    /// Microseconds spent in one phase alone; nil for TLS when there was none.
    package func spent(in phase: WebPhase) -> Int64? {
        switch phase {
        case .nameLookup: nameLookup
        case .connect: connect - nameLookup
        case .tls: tls.map { $0 - connect }
        case .firstByte: firstByte - (tls ?? connect)
        case .body: total - firstByte
        }
    }
}
