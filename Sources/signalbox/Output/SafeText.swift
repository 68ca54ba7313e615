internal import EdgeModel

/// Text that may be printed: it holds no character that moves a cursor, changes a colour, reverses a line or hides.
///
/// It can only be made by sanitising, and printing takes nothing else. What is taken out is shown as `\u{1B}`. An
/// interpolated value is one line: its line ends are shown too; those of the literal around it are ours and are kept.
struct SafeText: Hashable, Sendable, CustomStringConvertible {
    private(set) var text: String

    /// One line.
    init(_ untrusted: String) { text = Self.sanitised(untrusted, keepsLines: false) }

    /// Any number of lines.
    init(lines untrusted: String) { text = Self.sanitised(untrusted, keepsLines: true) }

    /// JSON in which invisible characters are escaped the JSON way, so that it is the same document.
    init(json value: DocumentValue, pretty: Bool) {
        var result = String.UnicodeScalarView()
        for scalar in value.json(pretty: pretty).unicodeScalars {
            if Self.isVisible(scalar) || scalar == "\n" {
                result.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).unicodeScalars
                }
            }
        }
        text = String(result)
    }

    private init(checked text: String) { self.text = text }

    var description: String { text }
    var isEmpty: Bool { text.isEmpty }
    /// Columns of a terminal that the widest line takes.
    var width: Int { lines.map { TextWidth.of($0.text) }.max() ?? 0 }
    var lines: [SafeText] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { Self(checked: String($0)) }
    }

    static func + (a: SafeText, b: SafeText) -> SafeText { SafeText(checked: a.text + b.text) }

    func padded(to width: Int, right: Bool = false) -> SafeText {
        let space = String(repeating: " ", count: max(0, width - self.width))
        return SafeText(checked: right ? space + text : text + space)
    }

    /// At most that many columns; what is cut is shown as `…`.
    func truncated(to width: Int) -> SafeText {
        guard self.width > width else { return self }
        var result = ""
        var used = 0
        for character in text {
            let next = TextWidth.of(String(character))
            guard used + next <= width - 1 else { break }
            result.append(character)
            used += next
        }
        return SafeText(checked: width > 0 ? result + "…" : "")
    }

    func indented(by count: Int) -> SafeText {
        let space = String(repeating: " ", count: count)
        return SafeText(checked: lines.map { $0.text.isEmpty ? "" : space + $0.text }.joined(separator: "\n"))
    }

    /// Without one newline at the end, as texts that end their last line are printed by line.
    var trimmed: SafeText { text.hasSuffix("\n") ? SafeText(checked: String(text.dropLast())) : self }

    private static func sanitised(_ text: String, keepsLines: Bool) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || (keepsLines && $0 == 0x0A) }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isVisible(scalar) || (keepsLines && scalar == "\n") {
                result.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars
            }
        }
        return String(result)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}

extension SafeText: ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }
        mutating func appendLiteral(_ literal: String) { text += SafeText(lines: literal).text }
        mutating func appendInterpolation(_ value: SafeText) { text += value.text }
        mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += SafeText(value.description).text
        }
    }

    init(stringLiteral value: String) { self.init(lines: value) }
    init(stringInterpolation: StringInterpolation) { self.init(checked: stringInterpolation.text) }
}

extension Sequence where Element == SafeText {
    func joined(separator: SafeText = "") -> SafeText {
        var result: SafeText = ""
        for (index, element) in enumerated() { result = index == 0 ? element : result + separator + element }
        return result
    }
}
