/// Headers that differ from one answer to the next even when the two edges behave alike, and so are not compared.
package struct VolatileHeaders: Hashable, Sendable {
    /// In lower case, sorted.
    package let names: [String]

    /// Times and ages, ids of a request, figures of a request, and headers of one connection (RFC 9110 §7.6.1).
    package static let standard = VolatileHeaders([
        "age", "alt-svc", "cf-ray", "connection", "date", "expires", "keep-alive", "nel", "report-to",
        "server-timing", "traceparent", "tracestate", "transfer-encoding", "via", "x-amz-cf-id", "x-amz-id-2",
        "x-amz-request-id", "x-amzn-trace-id", "x-envoy-attempt-count", "x-envoy-upstream-service-time", "x-request-id",
        "x-runtime", "x-served-by", "x-timer", "x-varnish",
    ])

    /// Compares every header.
    package static let none = VolatileHeaders([])

    package init(_ names: [String]) {
        self.names = Set(names.map { $0.lowercased() }).sorted()
    }

    package func adding(_ more: [String]) -> VolatileHeaders { VolatileHeaders(names + more) }

    package func contains(_ name: String) -> Bool { names.contains(name.lowercased()) }
}
