internal import EdgePlan
package import RulesLanguage

/// A request as the edge's filter sees it, after Envoy's connection manager has shaped it (`ConnectionSettings`).
///
/// Everything is borrowed and must stay valid during the calls that it is handed to. `EdgeRequest` makes one from a
/// request as a client writes it; the module makes one from Envoy's header map.
package struct RequestPicture: @unchecked Sendable {
    package typealias Bytes = UnsafeRawBufferPointer

    package var method: Bytes
    /// The `Host` header or `:authority`, port and case as they are.
    package var authority: Bytes
    /// `:path`: path and query.
    package var path: Bytes
    /// Names in lower case, in order, repeated names repeated. Pseudo-headers may be among them and are passed over.
    package var headers: UnsafeBufferPointer<FieldTable.Pair>
    /// Address of the client; also the peer that must be trusted for its country header to count.
    package var clientAddress: IPAddress?
    package var destinationAddress: IPAddress?
    package var destinationPort: Int
    package var isTLS: Bool
    /// `HTTP/1.1`, `HTTP/2`.
    package var protocolVersion: Bytes
    /// When the request came, as seconds since 1970 and milliseconds within the second.
    package var seconds: Int64
    package var milliseconds: Int64
    /// Empty: unknown.
    package var requestID: Bytes

    package init(
        method: Bytes, authority: Bytes, path: Bytes, headers: UnsafeBufferPointer<FieldTable.Pair>,
        clientAddress: IPAddress?, destinationAddress: IPAddress?, destinationPort: Int, isTLS: Bool,
        protocolVersion: Bytes, seconds: Int64, milliseconds: Int64, requestID: Bytes = Bytes(start: nil, count: 0)
    ) {
        self.method = method
        self.authority = authority
        self.path = path
        self.headers = headers
        self.clientAddress = clientAddress
        self.destinationAddress = destinationAddress
        self.destinationPort = destinationPort
        self.isTLS = isTLS
        self.protocolVersion = protocolVersion
        self.seconds = seconds
        self.milliseconds = milliseconds
        self.requestID = requestID
    }
}

/// A response before the edge's response rules: the origin's, or one that the edge made itself.
package struct ResponsePicture: BitwiseCopyable, @unchecked Sendable {
    package var status: Int
    /// Names in lower case, in order. Pseudo-headers may be among them and are passed over.
    package var headers: UnsafeBufferPointer<FieldTable.Pair>

    package init(status: Int, headers: UnsafeBufferPointer<FieldTable.Pair>) {
        self.status = status
        self.headers = headers
    }
}

/// Which headers conditions do not see: what Envoy or this edge put there and what ends with the connection, so that a
/// trace, which has none of it, evaluates the same headers as the edge.
enum HiddenHeaders {
    static func hidesRequest(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.first {
        case nil, UInt8(ascii: ":"): true
        case UInt8(ascii: "x"):
            name.starts(with: "x-edge-") || name.starts(with: "x-envoy-") || name.equals("x-request-id")
                || name.equals("x-forwarded-proto")
        case UInt8(ascii: "c"): name.equals("connection")
        case UInt8(ascii: "h"): name.equals("host")
        case UInt8(ascii: "k"): name.equals("keep-alive")
        case UInt8(ascii: "p"): name.equals("proxy-connection")
        case UInt8(ascii: "t"): name.equals("te") || name.equals("transfer-encoding")
        case UInt8(ascii: "u"): name.equals("upgrade")
        default: false
        }
    }

    static func hidesResponse(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.first {
        case nil, UInt8(ascii: ":"): true
        case UInt8(ascii: "x"): name.starts(with: "x-edge-") || name.starts(with: "x-envoy-")
        default: false
        }
    }

    /// `x-forwarded-for` as the client sent it: without the peer that Envoy put at the end (on loopback it puts its own
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
