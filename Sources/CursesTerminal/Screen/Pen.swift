/// The colours and attributes with which a terminal writes: what "select graphic rendition" sets (ECMA-48 8.3.117,
/// `CSI … m`), as the parameters that set it.
package struct Pen: Sendable, Hashable {
    /// The parameter that sets the colour, such as `38;5;75`; empty: the terminal's own.
    package private(set) var foreground: [UInt8] = []
    package private(set) var background: [UInt8] = []
    /// Bit n: parameter n, from 1 (bold) to 9 (struck out).
    private var attributes: UInt16 = 0

    package static let plain = Pen()

    /// What is to be seen of it where nothing is written: lines, and the other colour when they are swapped.
    private static let seenOnBlanks = UInt16(1 << 4 | 1 << 7 | 1 << 9)

    /// A background and nothing else.
    var isGround: Bool { foreground.isEmpty && attributes == 0 }

    /// What erasing leaves of it.
    var ground: Pen {
        var result = Pen()
        result.background = background
        return result
    }

    /// This pen, changed in no more than what a blank shows of another. Erasing takes the background alone.
    func blanking(as other: Pen) -> Pen {
        // A line has a colour and a weight, and reversed a blank is a block of the foreground.
        if other.attributes & Self.seenOnBlanks != 0 { return other }
        var result = self
        result.background = other.background
        result.attributes &= ~Self.seenOnBlanks
        return result
    }

    // MARK: reading

    /// Takes the parameters of one sequence, and tells those that are no colour and no attribute.
    mutating func take(_ parameters: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var strange: [ArraySlice<UInt8>] = []
        var rest = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        while let part = rest.popFirst() {
            guard let number = Self.number(part.prefix { $0 != UInt8(ascii: ":") }) else {
                strange.append(part)
                continue
            }
            switch number {
            case 0: self = Pen()
            case 1...5, 7...9: attributes |= 1 << UInt16(number)
            case 22: attributes &= ~0b110
            case 23, 24, 25, 27, 28, 29: attributes &= ~(1 << UInt16(number - 20))
            case 30...37, 90...97: foreground = Array(part)
            case 40...47, 100...107: background = Array(part)
            case 39: foreground = []
            case 49: background = []
            case 38, 48:
                var color = Array(part)
                // With colons it is one parameter; with semicolons the next ones are its own.
                if !part.contains(UInt8(ascii: ":")) {
                    let more = rest.first.flatMap(Self.number) == 2 ? 4 : 2
                    for word in rest.prefix(more) { color += [UInt8(ascii: ";")] + word }
                    rest = rest.dropFirst(more)
                }
                if number == 38 { foreground = color } else { background = color }
            default: strange.append(part)
            }
        }
        return strange
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        if digits.isEmpty { return 0 }
        guard digits.count < 4 else { return nil }
        return digits.reduce(Int?(0)) { sum, digit in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) ? sum.map { $0 * 10 + Int(digit) - 48 } : nil
        }
    }

    // MARK: writing

    /// The shortest sequence from a pen to this one; nothing where they are the same.
    ///
    /// - Parameters:
    ///   - old: nil where it is not known.
    ///   - switchesOff: the terminal has a word for the end of each attribute, not only for that of all.
    func sequence(from old: Pen?, switchesOff: Bool) -> [UInt8] {
        if old == self { return [] }
        var fromNothing = Self.words([Array("0".utf8)] + words(added: attributes, to: Pen()))
        if self == Pen() { fromNothing = Array("\u{1B}[m".utf8) }
        guard let old else { return fromNothing }
        let lost = old.attributes & ~attributes
        let endsColor =
            old.foreground != foreground && foreground.isEmpty || old.background != background && background.isEmpty
        if !switchesOff, lost != 0 || endsColor { return fromNothing }
        var ends: [[UInt8]] = []
        var again: UInt16 = 0
        if lost & 0b110 != 0 {
            // One word ends both bold and dim.
            ends.append(Array("22".utf8))
            again = attributes & 0b110
        }
        for bit in [3, 4, 5, 7, 8, 9] where lost & 1 << UInt16(bit) != 0 { ends.append(Array("\(20 + bit)".utf8)) }
        let changed = Self.words(ends + words(added: attributes & ~old.attributes | again, to: old))
        return changed.count <= fromNothing.count ? changed : fromNothing
    }

    private func words(added: UInt16, to old: Pen) -> [[UInt8]] {
        var words = (1...9).filter { added & 1 << UInt16($0) != 0 }.map { Array("\($0)".utf8) }
        if old.foreground != foreground { words.append(foreground.isEmpty ? Array("39".utf8) : foreground) }
        if old.background != background { words.append(background.isEmpty ? Array("49".utf8) : background) }
        return words
    }

    private static func words(_ words: [[UInt8]]) -> [UInt8] {
        Array("\u{1B}[".utf8) + words.joined(separator: Array(";".utf8)) + Array("m".utf8)
    }
}
