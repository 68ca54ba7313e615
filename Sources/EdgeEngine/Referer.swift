internal import RulesLanguage

/// Which values of `referer` Envoy lets through; it takes a header with any other out of the request before any filter.
///
/// Envoy reads an absolute URL without user and fragment, or a relative reference without fragment; everything else
/// goes. Found by asking Envoy 1.39.3 with each byte in each part; its rules are those of `isValidRefererValue`.
enum Referer {
    static func isKept(_ value: [UInt8]) -> Bool { isAbsolute(value[...]) ?? isRelative(value) }

    /// No colon before the first slash (RFC 3986 §3.3), and only characters of a path or a query.
    private static func isRelative(_ value: [UInt8]) -> Bool {
        let first = value.prefix { $0 != UInt8(ascii: "/") }
        return !first.contains(UInt8(ascii: ":"))
            && value.allSatisfy { isAlphanumeric($0) || "!$%&'()*+,-./:;=?@_~".utf8.contains($0) }
    }

    /// Nil: this is no `scheme://`.
    private static func isAbsolute(_ value: ArraySlice<UInt8>) -> Bool? {
        guard let colon = value.firstIndex(of: UInt8(ascii: ":")), let letter = value.first, isLetter(letter),
            value[..<colon].allSatisfy({ isAlphanumeric($0) || "+-.".utf8.contains($0) }),
            value[(colon + 1)...].starts(with: "//".utf8)
        else { return nil }
        let rest = value[(colon + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        guard isHost(rest[..<end]), rest[end...].allSatisfy({ (0x21...0x7e).contains($0) }) else { return false }
        // An empty fragment is none, and it stays empty however many `#` begin it.
        let fragment = rest[end...].drop { $0 != UInt8(ascii: "#") }
        return fragment.allSatisfy { $0 == UInt8(ascii: "#") }
    }

    /// Host and port behind an empty user.
    private static func isHost(_ authority: ArraySlice<UInt8>) -> Bool {
        let text = authority.first == UInt8(ascii: "@") ? authority.dropFirst() : authority
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return false }
            return isAddress(text[..<end].dropFirst()) && isPort(text[(end + 1)...])
        }
        let end = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        let host = text[..<end]
        return !host.isEmpty && host.allSatisfy { isAlphanumeric($0) || "-.".utf8.contains($0) } && isPort(text[end...])
    }

    /// What stands between brackets. Of the zone behind a percent sign Envoy asks its host; a number always passes.
    private static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
        let zone = text.drop { $0 != UInt8(ascii: "%") }
        let address = text[..<zone.startIndex]
        guard zone.isEmpty || zone.count > 1 && zone.dropFirst().allSatisfy(isDigit) else { return false }
        guard address.contains(UInt8(ascii: ":")) else {
            return !address.isEmpty && address.allSatisfy { isHexadecimal($0) || $0 == UInt8(ascii: ".") }
        }
        return IPAddress(String(decoding: address, as: UTF8.self))?.isIPv6 == true
    }

    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        guard let colon = text.first else { return true }
        guard colon == UInt8(ascii: ":"), text.count > 1 else { return false }
        var port = 0
        for digit in text.dropFirst() {
            guard isDigit(digit) else { return false }
            port = port * 10 + Int(digit - 0x30)
            guard port <= 65_535 else { return false }
        }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    private static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
}
