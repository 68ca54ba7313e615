internal import EdgePlan

/// What a request's header is to the engine. Its length rules most names out, so that telling costs a few comparisons.
///
/// Hidden are headers that Envoy or this edge put there and those that end with the connection: conditions do not see
/// them, so that a trace, which has none of them, evaluates the same headers as the edge.
enum RequestHeader {
    case plain
    case hidden
    case cookie
    case referer
    case userAgent
    case acceptLanguage
    case forwardedFor

    /// - Parameter name: in lower case.
    @inline(__always)
    init(_ name: UnsafeRawBufferPointer) {
        self =
            switch name.count {
            case 0: .hidden
            case 2: name.equals("te") ? .hidden : .plain
            case 4: name.equals("host") ? .hidden : .plain
            case 6: name.equals("cookie") ? .cookie : .plain
            case 7: name.equals("referer") ? .referer : name.equals("upgrade") ? .hidden : .plain
            case 10:
                name.equals("user-agent")
                    ? .userAgent : name.equals("connection") || name.equals("keep-alive") ? .hidden : .plain
            case 12: name.equals("x-request-id") ? .hidden : .plain
            case 15:
                name.equals("accept-language")
                    ? .acceptLanguage : name.equals("x-forwarded-for") ? .forwardedFor : .plain
            case 16: name.equals("proxy-connection") ? .hidden : .plain
            case 17:
                name.equals("transfer-encoding") || name.equals("x-forwarded-proto") ? .hidden : .plain
            default: .plain
            }
        if case .plain = self, isReserved(name) { self = .hidden }
    }

    /// `x-forwarded-for` as the client sent it: without the peer that Envoy put at the end (on loopback it puts its
    /// address there). Nil: the client sent none.
    static func withoutPeer(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var end = value.count
        while end > 0 {
            end &-= 1
            if value[end] == UInt8(ascii: ",") { return value.slice(0, end) }
        }
        return nil
    }
}

enum ResponseHeader {
    /// Headers of a response that conditions do not see.
    @inline(__always)
    static func isHidden(_ name: UnsafeRawBufferPointer) -> Bool { name.isEmpty || isReserved(name) }
}

/// Pseudo-headers, the edge's own and Envoy's own.
@inline(__always)
private func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
    switch name[0] {
    case UInt8(ascii: ":"): true
    case UInt8(ascii: "x"): name.starts(with: "x-e") && (name.starts(with: "x-edge-") || name.starts(with: "x-envoy-"))
    default: false
    }
}
