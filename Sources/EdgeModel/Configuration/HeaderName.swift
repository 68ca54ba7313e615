/// Names and values of HTTP header fields (RFC 9110 §5), and the names that rules may not touch.
package enum HeaderName {
    private static let tokenBytes: Set<UInt8> = Set(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    /// Names on which message framing or the edge itself depends.
    private static let protected: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive",
        "proxy-connection", "proxy-authorization", "expect",
    ]

    package static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 256 && text.utf8.allSatisfy { tokenBytes.contains($0) }
    }

    package static func isValue(_ text: String) -> Bool {
        text.utf8.count <= 8192 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && text.utf8.first != 0x20
            && text.utf8.last != 0x20
    }

    /// Why a rule may not edit this header, for people; nil when it may. The name is lower case.
    package static func problem(with name: String, response: Bool) -> String? {
        if !isToken(name) { return "'\(name)' is no header name" }
        if protected.contains(name) || (response && name == "date") {
            return "'\(name)' belongs to the connection and cannot be edited"
        }
        if name.hasPrefix("x-edge-") || name.hasPrefix("x-envoy-") {
            return "'\(name)' belongs to the edge and cannot be edited"
        }
        return nil
    }
}
