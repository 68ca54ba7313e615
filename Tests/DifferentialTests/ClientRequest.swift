import EdgeEngine
import RulesLanguage
import TestKit

/// A request as a client writes it, down to the byte; texts are one code point a byte.
struct ClientRequest: Sendable {
    var method: String
    var target: String
    var host: String
    /// In order, names as written, repeated names repeated.
    var headers: [(name: String, value: String)]
    var body = ""
    /// The client's own address.
    var source: String
    /// Where it connects to.
    var server: HostPort

    /// What goes over the wire.
    var bytes: [UInt8] {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            text += "Content-Length: \(body.utf8.count)\r\n"
        }
        return Latin1.bytes(text + "\r\n" + body) ?? []
    }

    /// The same for the engine in this process.
    func edgeRequest(seconds: Int64) -> EdgeRequest {
        var request = EdgeRequest(
            method: method, host: host, clientAddress: IPAddress(source), destinationAddress: IPAddress(server.host),
            destinationPort: server.port, isTLS: false, seconds: seconds, milliseconds: 500)
        request.target = Latin1.bytes(target) ?? []
        request.headers = headers.map { EdgeRequest.Header(name: $0.name, value: Latin1.bytes($0.value) ?? []) }
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            request.headers.append(EdgeRequest.Header("Content-Length", "\(body.utf8.count)"))
        }
        return request
    }
}

extension ClientRequest: CustomStringConvertible {
    /// Enough to send it again by hand.
    var description: String {
        let text = Latin1.string(bytes).unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\r": ""
            case "\n": "\n    "
            case " "..."~": String(scalar)
            default: "\\x" + String(scalar.value, radix: 16)
            }
        }.joined()
        return "from \(source) to \(server)\n    " + text
    }
}
