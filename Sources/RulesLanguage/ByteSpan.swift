/// A stretch of an expression's text, in bytes of its UTF-8 from the start.
///
/// Expressions are at most 4,096 characters long, so 16 bits suffice; programs carry spans in this form too.
package struct ByteSpan: Hashable, Sendable {
    package var start: UInt16
    /// One past the last byte; never below `start`.
    package var end: UInt16

    package init(start: UInt16, end: UInt16) {
        self.start = start
        self.end = max(start, end)
    }

    /// Clamps positions that do not fit; the parser never makes such ones.
    package init(_ start: Int, _ end: Int) {
        self.init(start: UInt16(clamping: start), end: UInt16(clamping: end))
    }

    package var range: Range<Int> { Int(start)..<Int(end) }

    func union(_ other: ByteSpan) -> ByteSpan {
        ByteSpan(start: min(start, other.start), end: max(end, other.end))
    }
}
