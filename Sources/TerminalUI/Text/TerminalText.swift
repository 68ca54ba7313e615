/// Text that may be drawn: it has passed the ``Sanitizer``, and knows its width.
///
/// There is no way to draw a `String`. Text comes from a literal in the source, from a number, or from
/// ``init(untrusted:ascii:)``, and is put together from such pieces, also by interpolation:
/// `"\(name) row \(3)"`.
package struct TerminalText: Sendable, Hashable {
    /// What is drawn, escapes included. Not the original: never parse it back.
    package let string: String
    /// In columns.
    package let width: Int

    init(clean string: String, width: Int) {
        self.string = string
        self.width = width
    }

    package static let empty = TerminalText(clean: "", width: 0)

    /// Text from outside: everything that is not a letter, mark or sign in the open is shown by its number.
    ///
    /// - Parameters:
    ///   - ascii: for terminals without UTF-8: `<1B>` in place of `⟨1B⟩`, also for every other non-ASCII character.
    ///   - tabStop: columns between tab stops, for text that is laid out by tabs; without it a tab is shown as `⟨09⟩`.
    package init(untrusted text: some StringProtocol, ascii: Bool = false, tabStop: Int? = nil) {
        let clean = Sanitizer.clean(String(text), ascii: ascii, tabStop: tabStop.map { max(1, $0) })
        self.init(clean: clean.text, width: clean.width)
    }

    /// A literal of the source code.
    package init(_ literal: StaticString) {
        self.init(untrusted: literal.description)
    }

    package init(_ number: some BinaryInteger) {
        let digits = String(number)
        self.init(clean: digits, width: digits.utf8.count)
    }

    /// A number with a fixed count of digits after the point, rounded half away from zero.
    package init(_ number: Double, decimals: Int) {
        guard number.isFinite, abs(number) < 1e15 else {
            self.init(untrusted: number.isNaN ? "-" : String(number))
            return
        }
        let places = min(max(0, decimals), 6)
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (abs(number) * scale).rounded()
        let whole = UInt64(scaled / scale)
        let rest = String(UInt64(scaled - Double(whole) * scale))
        let sign = number < 0 && scaled > 0 ? "-" : ""
        let fraction = String(repeating: "0", count: max(0, places - rest.count)) + rest
        let digits = sign + String(whole) + (places > 0 ? "." + fraction : "")
        self.init(clean: digits, width: digits.utf8.count)
    }

    package var isEmpty: Bool { string.isEmpty }

    package static func + (left: TerminalText, right: TerminalText) -> TerminalText {
        if left.isEmpty { return right }
        return right.isEmpty ? left : TerminalText(clean: left.string + right.string, width: left.width + right.width)
    }

    package static func += (left: inout TerminalText, right: TerminalText) { left = left + right }
}

extension Sequence<TerminalText> {
    package func joined(separator: TerminalText = .empty) -> TerminalText {
        var result = TerminalText.empty
        for (index, text) in enumerated() { result += index == 0 ? text : separator + text }
        return result
    }
}

extension TerminalText: ExpressibleByStringInterpolation {
    package init(stringLiteral value: StaticString) { self.init(value) }
    package init(stringInterpolation: Pieces) { self = stringInterpolation.text }

    /// Takes literals, numbers and text that is safe already; a `String` has to be named untrusted.
    package struct Pieces: StringInterpolationProtocol {
        fileprivate(set) var text = TerminalText.empty

        package init(literalCapacity: Int, interpolationCount: Int) {}
        package mutating func appendLiteral(_ literal: StaticString) { text += TerminalText(literal) }
        package mutating func appendInterpolation(_ piece: TerminalText) { text += piece }
        package mutating func appendInterpolation(_ number: some BinaryInteger) { text += TerminalText(number) }
        package mutating func appendInterpolation(untrusted piece: some StringProtocol) {
            text += TerminalText(untrusted: piece)
        }
    }
}
