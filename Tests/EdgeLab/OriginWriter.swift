import NIOCore
import TestKit

/// Writes an origin's answers by hand: an echo costs a few microseconds, so the edge in front is what is measured.
enum OriginWriter {
    static func write(
        status: Int, text: String, type: String, lifetime: Int? = nil, state: OriginState, close: Bool, isHead: Bool,
        into bytes: inout ByteBuffer
    ) {
        let mayHaveBody = status != 204 && status != 304
        writeHead(
            status: status, length: mayHaveBody ? text.utf8.count : nil, type: type, lifetime: lifetime, state: state,
            close: close, into: &bytes)
        if mayHaveBody && !isHead { bytes.writeString(text) }
    }

    static func writeHead(
        status: Int, length: Int?, type: String, lifetime: Int? = nil, state: OriginState, close: Bool,
        into bytes: inout ByteBuffer
    ) {
        bytes.writeString("HTTP/1.1 \(status) \(status < 400 ? "OK" : "Error")\r\nx-origin: \(state.name)\r\n")
        bytes.writeString("x-powered-by-region: \(state.region)\r\ncontent-type: \(type)\r\n")
        if let lifetime { bytes.writeString("cache-control: max-age=\(lifetime)\r\n") }
        if let length { bytes.writeString("content-length: \(length)\r\n") }
        bytes.writeString(close ? "connection: close\r\n\r\n" : "\r\n")
    }

    /// The request as JSON for ``OriginEcho``.
    static func echo(
        _ head: WireHead, request: (method: String, target: String, version: String), bodyLength: Int,
        state: OriginState, listener: HostPort
    ) -> String {
        var json = "{\"origin\":"
        quote(state.name, into: &json)
        json += ",\"region\":"
        quote(state.region, into: &json)
        json += ",\"listener\":\"\(listener)\",\"method\":"
        quote(request.method, into: &json)
        json += ",\"target\":"
        quote(request.target, into: &json)
        json += ",\"version\":"
        quote(request.version, into: &json)
        json += ",\"bodyLength\":\(bodyLength),\"headers\":["
        for (index, field) in head.fields.enumerated() {
            json += index == 0 ? "\n[" : ",\n["
            quote(field.name, into: &json)
            json += ","
            quote(field.value, into: &json)
            json += "]"
        }
        json += "]}\n"
        return json
    }

    /// A JSON string of ASCII only: anything else would leave it to the reader's decoder what the bytes were.
    private static func quote(_ text: String, into json: inout String) {
        json += "\""
        if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != 0x22 && $0 != 0x5c }) {
            json += text
        } else {
            for unit in text.utf16 {
                switch unit {
                case 0x22: json += "\\\""
                case 0x5c: json += "\\\\"
                case 0x20..<0x7f: json.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
                default:
                    let digits = String(unit, radix: 16)
                    json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        json += "\""
    }
}
