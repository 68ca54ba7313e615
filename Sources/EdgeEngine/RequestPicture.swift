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

    /// Of nothing yet.
    package init() {
        let empty = Bytes(start: nil, count: 0)
        self.init(
            method: empty, authority: empty, path: empty, headers: UnsafeBufferPointer(start: nil, count: 0),
            clientAddress: nil, destinationAddress: nil, destinationPort: 0, isTLS: false, protocolVersion: empty,
            seconds: 0, milliseconds: 0)
    }

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
