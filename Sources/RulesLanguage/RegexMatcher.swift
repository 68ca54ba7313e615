import CRE2

/// One pattern in RE2's syntax over bytes, for looking through text in linear time whatever the pattern is. A console's
/// filter uses it; rules are matched by programs.
package final class RegexMatcher: Sendable {
    private let table: RegexTable

    /// - Throws: `RegexError` with the reason when the pattern is none.
    package init(_ pattern: String) throws(RegexError) {
        table = try RegexTable(compiling: [Array(pattern.utf8)])
    }

    package func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let regex = table.base(at: 0).pointee else { return false }
        let bytes = text.bindMemory(to: UInt8.self)
        return cre2_matches(regex, bytes.baseAddress, bytes.count) == 1
    }
}
