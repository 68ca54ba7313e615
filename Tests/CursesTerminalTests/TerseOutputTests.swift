import CursesTerminal
import TestKit
import Testing

/// Fewer bytes for the same picture.
@Suite("Terse output")
struct TerseOutputTests {
    private static let esc = "\u{1B}["

    /// What is left of bytes, `^` standing for the escape in both.
    private func short(_ text: String, switchesOff: Bool = true) -> String {
        var output = TerseOutput(switchesOff: switchesOff)
        _ = output.shortened([])
        let bytes = output.shortened(Array(text.replacing("^", with: "\u{1B}").utf8))
        return String(decoding: bytes, as: UTF8.self).replacing("\u{1B}", with: "^")
    }

    @Test(arguments: [
        // Another foreground on the same background.
        ("^[38;5;75m^[48;5;233ma^[38;5;80m^[48;5;233mb^(B^[m", "^[38;5;75;48;5;233ma^[38;5;80mb^[m"),
        // The end of an attribute is the end of it alone.
        ("^[0;1m^[38;5;75ma^(B^[m^[38;5;75mb^(B^[m", "^[1;38;5;75ma^[22mb^[m"),
        ("^[0;1;2ma^[0;2mb^(B^[m", "^[1;2ma^[0;2mb^[m"),
        // To nothing it is shorter to end all.
        ("^[0;1;4;7m^[31;42ma^(B^[mb", "^[1;4;7;31;42ma^[mb"),
        // Nobody sees the colour of a blank.
        ("^[31ma^(B^[m ^[32mb^[39;49m", "^[31ma ^[32mb^[m"),
        ("^[41m ^[39;49m^[32ma^[39m", "^[41m ^[0;32ma^[m"),
        // Underlined or reversed it is seen.
        ("^[31ma^[7m ^(B^[m", "^[31ma^[7m ^[m"),
        ("^[4m^[31ma^(B^[m b", "^[4;31ma^[24m ^[mb"),
        // Erasing takes the background.
        ("^[1;48;5;9ma^(B^[m^[48;5;9m^[5X^[39;49m^[K", "^[1;48;5;9ma^[5X^[49m^[K^[m"),
        // Places go through, and nothing is said for them.
        ("^[31m^[2;3H^[39m^[5Ga", "^[2;3H^[5Ga"),
        // Fonts and private modes are not ours.
        ("^[0;10ma^[>4;1m^[?25l", "^[10ma^[>4;1m^[?25l"),
        // Direct colours, both ways of writing them.
        ("^[38:2::1:2:3ma^[38;2;1;2;3mb^[39;49m", "^[38:2::1:2:3ma^[38;2;1;2;3mb^[m"),
        ("^[90;101ma^[97mb^(B^[m", "^[90;101ma^[97mb^[m"),
        // Line drawing characters are switched on and off.
        ("^(0q^(B^(Ba", "^(0q^(Ba"),
        ("\u{0E}q\u{0F}\u{0F}a", "\u{0E}q\u{0F}a"),
        // A title is text of its own.
        ("^[31m^]2;a title\u{07}^[39m", "^]2;a title\u{07}"),
        // What is cut off at the end is passed on.
        ("a^[3", "a^[3"), ("a^", "a^"),
    ])
    func saysOnlyWhatIsSeen(long: String, expected: String) {
        #expect(short(long) == expected)
    }

    @Test func aTerminalThatEndsOnlyAllIsToldAllAgain() {
        #expect(
            short("^[0;1;4m^[31ma^[0;1m^[31mb^[39;49mc", switchesOff: false) == "^[1;4;31ma^[0;1;31mb^[0;1mc")
        #expect(short("^[41ma^[32mb^[39;49mc", switchesOff: false) == "^[41ma^[32mb^[mc")
    }

    @Test func whatIsNotKnownIsSaidWhole() {
        var output = TerseOutput(switchesOff: true)
        func short(_ text: String) -> String { String(decoding: output.shortened(Array(text.utf8)), as: UTF8.self) }
        #expect(short("\u{1B}(B\u{1B}[31ma") == "\u{1B}(B\u{1B}[0;31ma")
        #expect(short("b") == "b")
        output.forget()
        #expect(short("b") == "\u{1B}[0;31mb")
    }

    @Test(arguments: [true, false])
    func thePictureIsTheSame(switchesOff: Bool) {
        var random = SeededGenerator.announced("terse output")
        for _ in 0..<400 {
            var (long, terse) = (PaintedGrid(), PaintedGrid())
            var output = TerseOutput(switchesOff: switchesOff)
            // Two pictures, so that the second begins where the first has ended.
            for _ in 0..<2 {
                let bytes = Self.stream(&random)
                let short = output.shortened(bytes)
                long.take(bytes)
                terse.take(short)
                #expect(long == terse, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
            }
        }
    }

    /// What curses might say, and worse.
    private static func stream(_ random: inout SeededGenerator) -> [UInt8] {
        var text = ""
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            let color = Int.random(in: 16...20, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0: text += "\u{1B}(B\(esc)m"
            case 1: text += "\(esc)0;1m"
            case 2: text += "\(esc)0;2;4m"
            case 3: text += "\(esc)7m"
            case 4: text += "\(esc)38;5;\(color)m"
            case 5: text += "\(esc)48;5;\(color)m"
            case 6: text += "\(esc)39;49m"
            case 7: text += "\(esc)3\(color - 16)m\(esc)48:2::\(color):1:2m"
            case 8: text += "\(esc)\(Int.random(in: 1...5, using: &random));\(Int.random(in: 1...12, using: &random))H"
            case 9: text += "\(esc)\(Int.random(in: 1...9, using: &random))X"
            case 10: text += "\(esc)K"
            case 11: text += "\u{1B}7"
            case 12: text += "\u{1B}8"
            case 13: text += "\(esc)22m\(esc)1m"
            case 14: text += "\r\n"
            case 15: text += "\(esc)24;27m"
            case 16, 17: text += String(repeating: " ", count: Int.random(in: 1...4, using: &random))
            default: text += "w\u{2500}"
            }
        }
        return Array(text.utf8)
    }
}
