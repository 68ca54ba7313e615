internal import CEnvoyModule
internal import EdgeEngine
internal import EdgePlan
internal import Glibc
internal import RulesLanguage

/// What is known about the connection of a request; only what its plan reads is asked for.
enum ConnectionFacts {
    static func fill(_ picture: inout RequestPicture, _ stream: Stream, _ needs: RequestNeeds) {
        if needs.client, let text = stream.attribute(SIGNALBOX_ATTRIBUTE_SOURCE_ADDRESS) {
            picture.clientAddress = SocketAddress.address(text)
        }
        if needs.destination, let text = stream.attribute(SIGNALBOX_ATTRIBUTE_DESTINATION_ADDRESS) {
            (picture.destinationAddress, picture.destinationPort) = (
                SocketAddress.address(text), SocketAddress.port(text)
            )
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
    static func address(_ text: UnsafeRawBufferPointer) -> IPAddress? {
        guard text.first == UInt8(ascii: "[") else { return v4(text) }
        guard let end = text.lastIndex(of: UInt8(ascii: "]")) else { return nil }
        return IPAddress(UnsafeRawBufferPointer(rebasing: text[1..<end]))
    }

    /// 0 when there is none.
    static func port(_ text: UnsafeRawBufferPointer) -> Int {
        guard let colon = text.lastIndex(of: UInt8(ascii: ":")) else { return 0 }
        return text[(colon + 1)...].reduce(0) { (48...57).contains($1) ? ($0 * 10 + Int($1 - 48)) % 100_000 : $0 }
    }

    /// Up to the colon. Without the allocations of the general parser: this runs for every request.
    private static func v4(_ text: UnsafeRawBufferPointer) -> IPAddress? {
        guard let start = text.baseAddress else { return nil }
        var (value, part, dots, place): (UInt32, UInt32, Int, Int) = (0, 0, 0, 0)
        while place < text.count {
            let byte = UInt32(start.load(fromByteOffset: place, as: UInt8.self))
            place &+= 1
            if byte &- 48 < 10 {
                part = part &* 10 &+ (byte &- 48)
                if part > 255 { return nil }
            } else if byte == 0x2E {
                (value, part, dots) = (value &<< 8 | part, 0, dots &+ 1)
            } else {
                return byte == 0x3A && dots == 3 ? IPAddress(v4: value &<< 8 | part) : nil
            }
        }
        return nil
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
