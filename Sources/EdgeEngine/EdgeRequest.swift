internal import EdgePlan
package import RulesLanguage

/// A request as a client sends it, for traces, replays and tests.
package struct EdgeRequest: Hashable, Sendable {
    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: [UInt8]
        package init(_ name: String, _ value: String) { self.init(name: name, value: Array(value.utf8)) }
        package init(name: String, value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    package var method: String
    /// As in the `Host` header, port and all.
    package var host: String
    /// Path and query as on the request line.
    package var target: [UInt8]
    package var headers: [Header]
    package var clientAddress: IPAddress?
    package var destinationAddress: IPAddress?
    package var destinationPort: Int
    package var isTLS: Bool
    package var protocolVersion: String
    package var seconds: Int64
    package var milliseconds: Int64

    package init(
        method: String = "GET", host: String, target: String = "/", headers: [Header] = [],
        clientAddress: IPAddress? = nil, destinationAddress: IPAddress? = nil, destinationPort: Int = 443,
        isTLS: Bool = true, protocolVersion: String = "HTTP/1.1", seconds: Int64 = 0, milliseconds: Int64 = 0
    ) {
        self.method = method
        self.host = host
        self.target = Array(target.utf8)
        self.headers = headers
        self.clientAddress = clientAddress
        self.destinationAddress = destinationAddress
        self.destinationPort = destinationPort
        self.isTLS = isTLS
        self.protocolVersion = protocolVersion
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    /// What Envoy's connection manager makes of it. Throws why Envoy answers with 400 and no rule is asked.
    package func shaped() throws(RequestRefusal) -> ShapedRequest {
        guard ConnectionSettings.methods.contains(method) else {
            throw RequestRefusal(reason: "the method \(method) is unknown to Envoy")
        }
        let authority = Array(host.utf8)
        guard authority.allSatisfy(Self.mayStandInAuthority) else {
            throw RequestRefusal(reason: "the host holds characters that no host may hold")
        }
        guard let path = PathNormalization.normalize(target) else {
            throw RequestRefusal(reason: "the path is not one that Envoy accepts")
        }
        guard headers.count <= ConnectionSettings.maximumHeaders else {
            throw RequestRefusal(reason: "\(headers.count) headers, the limit is \(ConnectionSettings.maximumHeaders)")
        }
        return ShapedRequest(
            request: self, authority: Self.withoutPort(authority), path: path, headers: try shapedHeaders())
    }

    private func shapedHeaders() throws(RequestRefusal) -> [Header] {
        var shaped: [Header] = []
        // RFC 9110 §7.6.1: what Connection names ends here.
        let hops = headers.filter { $0.name.lowercased() == "connection" }.flatMap {
            String(decoding: $0.value, as: UTF8.self).lowercased().split(separator: ",").map {
                $0.filter { $0 != " " && $0 != "\t" }
            }
        }
        for header in headers {
            let name = header.name.lowercased()
            guard !name.isEmpty, name.utf8.allSatisfy(Self.mayStandInName) else {
                throw RequestRefusal(reason: "a header name holds characters that no header name may hold")
            }
            let value = Self.trimmed(header.value)
            guard value.allSatisfy({ $0 == 9 || $0 >= 32 && $0 != 127 }) else {
                throw RequestRefusal(reason: "the header \(name) holds control characters")
            }
            if ConnectionSettings.droppedHeaders.contains(name) || hops.contains(name) { continue }
            // `headers_with_underscores_action: DROP_HEADER`
            if name.contains("_") { continue }
            if ConnectionSettings.joinedHeaders.contains(name),
                let index = shaped.firstIndex(where: { $0.name == name })
            {
                shaped[index].value = Self.joined(shaped[index].value, value)
            } else {
                shaped.append(Header(name: name, value: value))
            }
        }
        shaped.removeAll { $0.name == "referer" && !Referer.isKept($0.value) }
        // Envoy adds the peer's address, and conditions look at what comes before it.
        let peer = Array((clientAddress.map { "\($0)" } ?? "").utf8)
        if let index = shaped.firstIndex(where: { $0.name == "x-forwarded-for" }) {
            shaped[index].value = Self.joined(shaped[index].value, peer)
        } else {
            shaped.append(Header(name: "x-forwarded-for", value: peer))
        }
        return shaped
    }

    /// As Envoy appends to a header: an empty part adds no comma.
    private static func joined(_ value: [UInt8], _ more: [UInt8]) -> [UInt8] {
        value.isEmpty ? more : more.isEmpty ? value : value + [UInt8(ascii: ",")] + more
    }

    /// Envoy's `strip_any_host_port`, then `strip_trailing_host_dot`.
    private static func withoutPort(_ authority: [UInt8]) -> [UInt8] {
        var host = authority[...]
        let bracket = host.lastIndex(of: UInt8(ascii: "]")) ?? host.startIndex
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), colon >= bracket {
            let port = host[(colon + 1)...]
            if !port.isEmpty, port.allSatisfy({ (48...57).contains($0) }) { host = host[..<colon] }
        }
        if host.last == UInt8(ascii: ".") { host = host.dropLast() }
        return Array(host)
    }

    private static func mayStandInAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "-._~%!$&'()[]*+,;=:@".utf8.contains(byte)
        }
    }

    private static func mayStandInName(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func trimmed(_ value: [UInt8]) -> [UInt8] {
        let rest = value.drop { $0 == 32 || $0 == 9 }
        return Array(rest.reversed().drop { $0 == 32 || $0 == 9 }.reversed())
    }
}

/// Why Envoy refuses a request before any rule is asked; answered with 400.
package struct RequestRefusal: Error, Hashable, Sendable {
    package let reason: String
}

/// A request as Envoy hands it to the edge's filter.
package struct ShapedRequest: Hashable, Sendable {
    package let request: EdgeRequest
    package let authority: [UInt8]
    package let path: [UInt8]
    /// Names in lower case.
    package let headers: [EdgeRequest.Header]

    /// Lends the engine a picture; valid only within `body`.
    package func withPicture<Result>(_ body: (RequestPicture) throws -> Result) rethrows -> Result {
        let texts = [Array(request.method.utf8), authority, path, Array(request.protocolVersion.utf8)]
        return try LentBytes.lend(texts) { fixed in
            try LentBytes.lend(headers) { pairs in
                try body(
                    RequestPicture(
                        method: fixed[0], authority: fixed[1], path: fixed[2], headers: pairs,
                        clientAddress: request.clientAddress, destinationAddress: request.destinationAddress,
                        destinationPort: request.destinationPort, isTLS: request.isTLS, protocolVersion: fixed[3],
                        seconds: request.seconds, milliseconds: request.milliseconds))
            }
        }
    }
}

/// A response for response rules: the origin's, or a made-up one in a trace.
package struct EdgeResponse: Hashable, Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [EdgeRequest.Header]

    package init(status: Int = 200, headers: [EdgeRequest.Header] = []) {
        self.status = status
        self.headers = headers
    }

    package func withPicture<Result>(_ body: (ResponsePicture) throws -> Result) rethrows -> Result {
        try LentBytes.lend(headers) { try body(ResponsePicture(status: status, headers: $0)) }
    }
}

/// Puts values into one piece of memory for the time of a call.
private enum LentBytes {
    typealias Bytes = UnsafeRawBufferPointer

    static func lend<Result>(_ values: [[UInt8]], _ body: ([Bytes]) throws -> Result) rethrows -> Result {
        let size = values.reduce(1) { $0 + $1.count }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { memory.deallocate() }
        var end = 0
        let lent = values.map { value in
            let place = UnsafeMutableRawBufferPointer(rebasing: memory[end..<end + value.count])
            place.copyBytes(from: value)
            end += value.count
            return Bytes(place)
        }
        return try body(lent)
    }

    static func lend<Result>(
        _ headers: [EdgeRequest.Header], _ body: (UnsafeBufferPointer<FieldTable.Pair>) throws -> Result
    ) rethrows -> Result {
        try lend(headers.flatMap { [Array($0.name.utf8), $0.value] }) { parts in
            let pairs = headers.indices.map { FieldTable.Pair(key: parts[2 * $0], value: parts[2 * $0 + 1]) }
            return try pairs.withUnsafeBufferPointer(body)
        }
    }
}
