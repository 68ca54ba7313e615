internal import EdgePlan

/// What `normalize_path` does to `:path`: percent-encoded unreserved characters are decoded (RFC 3986 §6.2.2.2, the
/// case of other triples stays), dot segments are removed (§5.2.4), `\` becomes `/`, slashes merge, and characters that a path may not
/// hold are encoded. Parameters of dot segments go first (`/a/..;x/b` is `/b`). The query stays as it is.
///
/// Every line was compared with Envoy 1.39.3.
package enum PathNormalization {
    /// - Returns: nil for what Envoy answers with 400: no `/` in front, `#`, `%00` in the path, and bytes that are no
    ///   printable ASCII.
    package static func normalize(_ target: [UInt8]) -> [UInt8]? {
        guard target.first == slash, target.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: "#") }) else {
            return nil
        }
        let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        guard let path = canonical(withoutDotParameters(target[..<mark])) else { return nil }
        return (ConnectionSettings.mergeSlashes ? merged(path) : path) + target[mark...]
    }

    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")
    private static let dot = UInt8(ascii: ".")

    /// A path of nothing but slashes becomes two of them: Envoy keeps the first and the last.
    private static func merged(_ path: [UInt8]) -> [UInt8] {
        if path.count > 1, path.allSatisfy({ $0 == slash }) { return [slash, slash] }
        return path.reduce(into: []) { if $1 != slash || $0.last != slash { $0.append($1) } }
    }

    /// `.;x` and `..;x` as `.` and `..`. Only `/` parts segments here and only plain dots count.
    private static func withoutDotParameters(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let segments = path.split(separator: slash, omittingEmptySubsequences: false).map { segment in
            let end = segment.firstIndex(of: UInt8(ascii: ";")) ?? segment.endIndex
            let name = segment[..<end]
            return end != segment.endIndex && (name.elementsEqual([dot]) || name.elementsEqual([dot, dot]))
                ? name : segment
        }
        return Array(segments.joined(separator: [slash]))
    }

    private static func canonical(_ path: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = [slash]
        var index = 1
        while index < path.count {
            if output.last == slash, let (dots, next) = dotSegment(path, at: index) {
                if dots == 2 { removeLastSegment(&output) }
                index = next
                continue
            }
            let byte = path[index]
            if byte == backslash {
                output.append(slash)
            } else if byte == UInt8(ascii: "%"), index + 2 < path.count, let high = hexadecimal(path[index + 1]),
                let low = hexadecimal(path[index + 2])
            {
                let decoded = high << 4 | low
                if decoded == 0 { return nil }
                output += isUnreserved(decoded) ? [decoded] : path[index...index + 2]
                index += 2
            } else if mustEncode(byte) {
                output += [UInt8(ascii: "%")] + Array((byte < 16 ? "0" : "").utf8)
                output += Array(String(byte, radix: 16, uppercase: true).utf8)
            } else {
                output.append(byte)
            }
            index += 1
        }
        return output
    }

    /// One or two dots, plain or `%2e`, that are a whole segment: how many, and where the next segment begins.
    private static func dotSegment(_ path: [UInt8], at start: Int) -> (dots: Int, next: Int)? {
        var (index, dots) = (start, 0)
        while dots < 3, index < path.count {
            if path[index] == dot {
                index += 1
            } else if index + 2 < path.count, path[index] == UInt8(ascii: "%"), path[index + 1] == UInt8(ascii: "2"),
                path[index + 2] | 0x20 == UInt8(ascii: "e")
            {
                index += 3
            } else {
                break
            }
            dots += 1
        }
        guard (1...2).contains(dots) else { return nil }
        if index == path.count { return (dots, index) }
        return path[index] == slash || path[index] == backslash ? (dots, index + 1) : nil
    }

    /// `/a/b/` becomes `/a/`; `/` stays.
    private static func removeLastSegment(_ output: inout [UInt8]) {
        guard output.count > 1 else { return }
        output.removeLast()
        while output.last != slash { output.removeLast() }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), dot, UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func mustEncode(_ byte: UInt8) -> Bool { "\"<>^`{|}".utf8.contains(byte) }
}
