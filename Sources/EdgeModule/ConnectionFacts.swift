internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan
internal import Glibc
internal import RulesLanguage

/// What is known about the connection of a request; only what its plan reads is asked for.
enum ConnectionFacts {
    static func fill(_ picture: inout RequestPicture, _ stream: Stream, _ needs: RequestNeeds) {
        if needs.client {
            picture.clientAddress = stream.attribute(SIGNALBOX_ATTRIBUTE_SOURCE_ADDRESS).flatMap {
                SocketAddress.parse($0)?.address
            }
        }
        if needs.destination {
            let parsed = stream.attribute(SIGNALBOX_ATTRIBUTE_DESTINATION_ADDRESS).flatMap { SocketAddress.parse($0) }
            (picture.destinationAddress, picture.destinationPort) = (parsed?.address, parsed?.port ?? 0)
        }
        if needs.security {
            picture.isTLS = stream.attribute(SIGNALBOX_ATTRIBUTE_TLS_VERSION).map { !$0.isEmpty } ?? false
        }
        if needs.time { (picture.seconds, picture.milliseconds) = Clock.wall }
        if needs.version, let text = stream.attribute(SIGNALBOX_ATTRIBUTE_PROTOCOL) {
            // Envoy's memory is only good for now; there are few versions.
            picture.protocolVersion =
                text.equals("HTTP/2")
                ? .init("HTTP/2")
                : text.equals("HTTP/3")
                    ? .init("HTTP/3") : text.equals("HTTP/1.0") ? .init("HTTP/1.0") : .init("HTTP/1.1")
        }
    }
}

/// `192.0.2.1:80` and `[2001:db8::1]:80`, as Envoy writes addresses.
enum SocketAddress {
    static func parse(_ text: UnsafeRawBufferPointer) -> (address: IPAddress, port: Int)? {
        var colon = text.count &- 1
        while colon >= 0, text[colon] != UInt8(ascii: ":") { colon &-= 1 }
        guard colon > 0 else { return nil }
        var port = 0
        for byte in text[(colon &+ 1)...] where (48...57).contains(byte) {
            port = (port &* 10 &+ Int(byte &- 48)) % 100_000
        }
        if text[0] == UInt8(ascii: "["), colon >= 2 {
            let inside = UnsafeRawBufferPointer(rebasing: text[1..<colon &- 1])
            return IPAddress(inside).map { ($0, port) }
        }
        return v4(text, colon).map { ($0, port) }
    }

    /// Without the allocations of the general parser: this runs for every request.
    private static func v4(_ text: UnsafeRawBufferPointer, _ end: Int) -> IPAddress? {
        var (value, part, dots, index): (UInt32, UInt32, Int, Int) = (0, 0, 0, 0)
        while index < end {
            let byte = text[index]
            if byte == UInt8(ascii: ".") {
                (value, part, dots) = (value << 8 | part, 0, dots &+ 1)
            } else if (48...57).contains(byte) {
                part = part &* 10 &+ UInt32(byte &- 48)
                if part > 255 { return nil }
            } else {
                return nil
            }
            index &+= 1
        }
        return dots == 3 ? IPAddress(v4: value << 8 | part) : nil
    }
}

enum Clock {
    static var monotonicMicroseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec) / 1_000
    }

    static var wall: (seconds: Int64, milliseconds: Int64) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (Int64(time.tv_sec), Int64(time.tv_nsec) / 1_000_000)
    }
}
