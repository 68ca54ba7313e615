/// The host as `http.host` has it: lower case, without port and trailing dot.
///
/// Cloudflare keeps a port in `http.host`. This edge does not: Envoy strips it (`strip_any_host_port`), zones are
/// chosen without it, and a rule that compares a host should hold whatever port the client used.
enum HostName {
    static func normalized(_ authority: UnsafeRawBufferPointer, _ arena: inout Arena) -> UnsafeRawBufferPointer {
        arena.lowerCased(withoutPortAndDot(authority))
    }

    static func withoutPortAndDot(_ authority: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = authority.count
        if authority.first == UInt8(ascii: "[") {
            // The colons of an IPv6 literal are not the port's.
            if let bracket = authority.place(of: UInt8(ascii: "]")) { end = bracket &+ 1 }
        } else if let colon = authority.place(of: UInt8(ascii: ":")) {
            end = colon
        }
        if end > 1, authority[end &- 1] == UInt8(ascii: ".") { end &-= 1 }
        return authority.slice(0, end)
    }
}
