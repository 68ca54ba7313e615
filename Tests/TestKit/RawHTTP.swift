/// An answer exactly as it came: fields in order with their case, the body with its framing removed.
package struct RawHTTPResponse: Sendable, Equatable {
    package let head: WireHead
    package let body: [UInt8]

    package init(head: WireHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    package var status: Int { head.status ?? 0 }
    package var fields: [WireHead.Field] { head.fields }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package func first(_ name: String) -> String? { head.first(name) }
    package func all(_ name: String) -> [String] { head.all(name) }

    /// Whether the connection ends with this answer by agreement (RFC 9112 §9.3): not a failure.
    package var closesConnection: Bool {
        head.lists("close", in: "connection") || (head.isHTTP10 && !head.lists("keep-alive", in: "connection"))
            || (head.first("content-length") == nil && !head.lists("chunked", in: "transfer-encoding")
                && !(status < 200 || status == 204 || status == 304) && !body.isEmpty)
    }
}

/// Sends exact bytes over TCP and reads the whole answer; for requests that no well-behaved client can make.
package enum RawHTTP {
    /// One request on a connection of its own. An answer that came before the request was sent completely (a refusal)
    /// counts. `source` binds the client's address, which lets a test be many clients on 127.0.0.0/8.
    /// Throws ``SocketFailure``.
    package static func exchange(
        _ bytes: [UInt8], with server: HostPort, source: String? = nil, within limit: Duration = .seconds(10)
    ) async throws -> RawHTTPResponse {
        try await Blocking.run {
            let connection = try RawHTTPConnection(to: server, source: source, within: limit)
            return try connection.exchange(bytes, within: limit)
        }
    }

    package static func exchange(
        _ text: String, with server: HostPort, source: String? = nil, within limit: Duration = .seconds(10)
    ) async throws -> RawHTTPResponse {
        try await exchange(Array(text.utf8), with: server, source: source, within: limit)
    }

    /// A plain request; header values must be clean, as they are put in as they are.
    package static func request(
        _ method: String = "GET", _ target: String, at server: HostPort, host: String? = nil,
        headers: [(String, String)] = [], body: [UInt8] = [], source: String? = nil,
        within limit: Duration = .seconds(10)
    ) async throws -> RawHTTPResponse {
        let bytes = format(method, target, host: host ?? server.description, headers: headers, body: body)
        return try await exchange(bytes, with: server, source: source, within: limit)
    }

    /// The bytes of a plain request.
    package static func format(
        _ method: String = "GET", _ target: String, host: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) -> [UInt8] {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !body.isEmpty { text += "Content-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + body
    }
}
