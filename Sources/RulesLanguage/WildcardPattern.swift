/// A wildcard pattern taken apart: the literal parts between its stars.
///
/// `a*b` has the parts `a` and `b`; a pattern without a star has one part and matches only itself. A part is empty only
/// at either end. `\*` and `\\` stand for the characters themselves.
package enum WildcardPattern {
    package enum Failure: Error, Equatable { case doubleStar, escape }

    package static func parse(_ pattern: [UInt8]) -> Result<[[UInt8]], Failure> {
        var parts: [[UInt8]] = [[]]
        var index = 0
        while index < pattern.count {
            let byte = pattern[index]
            index += 1
            if byte == UInt8(ascii: "*") {
                if parts.count > 1, parts[parts.count - 1].isEmpty { return .failure(.doubleStar) }
                parts.append([])
            } else if byte == UInt8(ascii: "\\") {
                guard index < pattern.count, [UInt8(ascii: "*"), UInt8(ascii: "\\")].contains(pattern[index]) else {
                    return .failure(.escape)
                }
                parts[parts.count - 1].append(pattern[index])
                index += 1
            } else {
                parts[parts.count - 1].append(byte)
            }
        }
        return .success(parts)
    }
}
