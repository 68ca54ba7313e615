/// Which header names may be written where. Shared by the compiler, the verifier and the engine, so that a name one of
/// them accepts is accepted by all.
package enum HeaderNames {
    /// Headers that frame the message or steer the connection; no rule may touch them, on either side.
    private static let framing: [StaticString] = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// Whether a rule may not edit the header: framing and routing headers, pseudo-headers, the edge's own (`x-edge-`)
    /// and Envoy's own (`x-envoy-`, which its router obeys).
    package static func isProtected(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { isProtected(UnsafeRawBufferPointer($0)) }
    }

    package static func isProtected(_ name: UnsafeRawBufferPointer) -> Bool {
        if name.first == UInt8(ascii: ":") { return true }
        if name.starts(with: "x-edge-") || name.starts(with: "x-envoy-") { return true }
        return framing.contains { name.equals($0) }
    }

    /// Whether bytes are a header name as plans carry it: a token (RFC 9110 §5.6.2) without capital letters.
    package static func isLowerCaseToken(_ name: UnsafeRawBufferPointer) -> Bool {
        !name.isEmpty
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
                    UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }

    /// Whether bytes may be a header's value (RFC 9110 §5.5): no control character but the tab. A line's end or NUL could
    /// end the header early, and for any other Envoy answers the request with 503.
    package static func isSafeValue(_ value: UnsafeRawBufferPointer) -> Bool {
        !value.contains { $0 < 32 && $0 != 9 || $0 == 127 }
    }
}

extension UnsafeRawBufferPointer {
    /// Byte-wise equality with a text known at compile time.
    @inlinable @inline(__always)
    package func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(with: text)
    }

    /// Compares eight, four, two bytes at a time: of a text known at compile time no more than that remains.
    @inlinable @inline(__always)
    package func starts(with text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length, let start = baseAddress else { return length == 0 }
        let other = UnsafeRawPointer(text.utf8Start)
        var place = 0
        while place &+ 8 <= length {
            guard start.isSame(as: other, place, UInt64.self) else { return false }
            place &+= 8
        }
        if length & 4 != 0 {
            guard start.isSame(as: other, place, UInt32.self) else { return false }
            place &+= 4
        }
        if length & 2 != 0 {
            guard start.isSame(as: other, place, UInt16.self) else { return false }
            place &+= 2
        }
        return length & 1 == 0 || start.isSame(as: other, place, UInt8.self)
    }

    /// Byte-wise equality.
    @inlinable @inline(__always)
    package func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let start = baseAddress, let otherStart = other.baseAddress, start != otherStart else { return true }
        var place = 0
        while place &+ 8 <= count {
            guard start.isSame(as: otherStart, place, UInt64.self) else { return false }
            place &+= 8
        }
        while place < count {
            guard start.isSame(as: otherStart, place, UInt8.self) else { return false }
            place &+= 1
        }
        return true
    }
}

extension UnsafeRawPointer {
    @inlinable @inline(__always)
    package func isSame<T: FixedWidthInteger & BitwiseCopyable>(
        as other: UnsafeRawPointer, _ place: Int, _ type: T.Type
    ) -> Bool {
        loadUnaligned(fromByteOffset: place, as: type) == other.loadUnaligned(fromByteOffset: place, as: type)
    }
}
