package import RulesLanguage

/// What a list holds, and so which fields `in $list` may stand behind.
package enum ListKind: String, CaseIterable, Hashable, Sendable, Codable {
    /// Addresses, networks and ranges: `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1..192.0.2.9`.
    case ip
    /// Host names, paths, tokens: compared byte for byte.
    case text
    /// Whole numbers and ranges: `64512`, `64512..65534`.
    case integer

    /// The value's usual form, so that one value has one spelling; nil when it is none of this kind.
    package func canonical(_ text: String) -> String? {
        switch self {
        case .ip: IPRange(text)?.description
        case .text: Self.isLine(text) && (1...ListLimit.value).contains(text.utf8.count) ? text : nil
        case .integer: Self.range(text).map(Self.text)
        }
    }

    /// Why a text is no value of this kind, for people.
    package func problem(with text: String) -> (message: String, remedy: String)? {
        guard canonical(text) == nil else { return nil }
        let shown = "'\(text.prefix(60))\(text.count > 60 ? "…" : "")'"
        switch self {
        case .ip:
            if let slash = text.firstIndex(of: "/"), let address = IPAddress(String(text[..<slash])),
                let bits = Int(text[text.index(after: slash)...]), (0...address.width).contains(bits)
            {
                return (
                    "\(shown) has bits set behind its prefix",
                    "write \(address.masked(to: bits))/\(bits) or one address"
                )
            }
            return ("\(shown) is no IP address or network", "write it like 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32")
        case .text:
            return (
                "\(shown) is empty, too long or holds control characters",
                "write 1 to \(ListLimit.value) bytes on one line"
            )
        case .integer: return ("\(shown) is no whole number", "write it like 64512 or 64512..65534")
        }
    }

    /// Values in the order people expect: addresses and numbers by size, texts by their bytes.
    package func sorted(_ items: [ListItem]) -> [ListItem] {
        switch self {
        case .ip:
            items.map { ($0, IPRange($0.value)) }.sorted { Self.order($0.1, $1.1) ?? ($0.0 < $1.0) }.map(\.0)
        case .integer:
            items.map { ($0, Self.range($0.value)?.lowerBound ?? 0) }
                .sorted { $0.1 != $1.1 ? $0.1 < $1.1 : $0.0 < $1.0 }.map(\.0)
        case .text: items.sorted()
        }
    }

    /// What programs are compiled with. A value that is none of this kind is left out: it was checked when it came in.
    package func contents(_ items: [ListItem]) -> ListContents {
        switch self {
        case .ip: .ips(items.compactMap { IPRange($0.value) })
        case .text: .bytes(items.map(\.key))
        case .integer: .ints(items.compactMap { Self.range($0.value) })
        }
    }

    /// No control characters: it has to stand on a line of its own.
    static func isLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    private static func range(_ text: String) -> ClosedRange<Int64>? {
        guard let dots = text.firstRange(of: "..") else { return Int64(text).map { $0...$0 } }
        guard let first = Int64(text[..<dots.lowerBound]), let last = Int64(text[dots.upperBound...]), first <= last
        else { return nil }
        return first...last
    }

    private static func text(_ range: ClosedRange<Int64>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
    }

    /// nil when neither comes first by its first address.
    private static func order(_ a: IPRange?, _ b: IPRange?) -> Bool? {
        guard let a = a?.first, let b = b?.first, a != b else { return nil }
        return (a.isIPv6 ? 1 : 0, a.high, a.low) < (b.isIPv6 ? 1 : 0, b.high, b.low)
    }
}
