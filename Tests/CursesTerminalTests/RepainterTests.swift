import CursesTerminal
import TerminalUI
import TestKit
import Testing

/// The same picture in other words.
@Suite("Repainter")
struct RepainterTests {
    private static let (rows, columns) = (6, 40)
    private static let begin = "\u{1B}(B\u{1B}[m\u{1B}[H\u{1B}[2J"

    /// xterm's description, as far as it is asked for, or without some of it.
    private static func abilities(
        switchesOff: Bool = true, characters: Bool = true, background: Bool = true, glitch: Bool = true,
        places: String = "\u{1B}[%i%p1%d;%p2%dH"
    ) -> Repainter.Abilities? {
        var words = [
            "cup": places, "hpa": "\u{1B}[%i%p1%dG", "vpa": "\u{1B}[%i%p1%dd", "cuf": "\u{1B}[%p1%dC",
            "cub": "\u{1B}[%p1%dD", "cuu1": "\u{1B}[A", "cud1": "\n", "cub1": "\u{08}", "cr": "\r", "el": "\u{1B}[K",
        ]
        if characters { words["ech"] = "\u{1B}[%p1%dX" }
        let flags = ["bce": background, "xenl": glitch]
        return Repainter.Abilities(
            switchesOff: switchesOff, text: { words[$0].map { Array($0.utf8) } }, flag: { flags[$0] ?? false })
    }

    private static func repainter(_ abilities: Repainter.Abilities? = abilities()) throws -> Repainter {
        Repainter(try #require(abilities), size: TerminalSize(columns: columns, rows: rows))
    }

    /// What is said of a second picture in place of `long`, `^` standing for the escape.
    private func short(_ long: String, after first: String = "", _ abilities: Repainter.Abilities? = abilities()) throws
        -> String?
    {
        func bytes(_ text: String) -> [UInt8] { Array(text.replacing("^", with: "\u{1B}").utf8) }
        var repainter = try Self.repainter(abilities)
        let before = repainter.repainted(bytes(Self.begin + first + "^[H"))
        #expect(before != nil)
        return repainter.repainted(bytes(long)).map {
            String(decoding: $0, as: UTF8.self).replacing("\u{1B}", with: "^")
        }
    }

    @Test(arguments: [
        // Places from where it is, and not by row and column.
        ("", "^[2;3Ha^[2;9Hb^[1;1H", "\n^[3Ga^[9Gb^[H"),
        ("", "^[4;3Ha^[5;3Ha^[6;3Ha^[1;1H", "^[4;3Ha\n\u{08}a\n\u{08}a^[H"),
        // What is there is passed over, or written where that is shorter.
        ("abcdefgh", "Abcdefgh^[1;1H", "A\r"),
        ("abcdefgh", "AbCdefgH^[1;1H", "AbCdefgH\r"),
        // A row that shall be blank is made blank at once.
        ("a bc  d   e     f      g", "^[1;1H ^[1;3H  ^[1;7H ^[1;11H ^[1;17H ^[1;24H ^[1;1H", "^[K"),
        ("a bc  d   e     f      g|", "^[1;1H ^[1;3H  ^[1;7H ^[1;11H ^[1;17H ^[1;24H ^[1;1H", "^[24X"),
        // What was the same anyway needs nothing.
        ("same", "^[31m^[1;1H^[39msame^[1;1H", ""),
        // Modes go through.
        ("", "^[?25lab^[?25h^[1;1H", "^[?25l^[?25hab\r"),
    ])
    func saysItShorter(first: String, long: String, expected: String) throws {
        let said = try short(long, after: first)
        #expect(said == expected)
    }

    @Test func aColourOfManyRowsIsPaintedAtOnce() throws {
        let rows = (1...6).map { "^[\($0);1H^[38;5;75mrow^[39m text of it ^[38;5;80mand^[39m^[1;1H" }.joined()
        let long = rows + (1...6).map { "^[\($0);30H^[38;5;75mend ^[38;5;80mhere^[39m" }.joined() + "^[1;1H"
        let said = try #require(try short(long))
        #expect(said.occurrences(of: "38;5;75m") == 1 && said.occurrences(of: "38;5;80m") == 1, "\(said)")
    }

    @Test func aTerminalGetsNoWordThatItDoesNotHave() throws {
        let first = "a bc  d   e     f      g|"
        let blank = "^[1;1H ^[1;3H  ^[1;7H ^[1;11H ^[1;17H ^[1;24H ^[1;1H"
        #expect(try short(blank, after: first, Self.abilities(characters: false))?.contains("X") == false)
        let colored = "^[41m" + String(repeating: " ", count: 24) + "^[49m^[1;1H"
        #expect(try short(colored, after: first)?.contains("X") == true)
        #expect(try short(colored, after: first, Self.abilities(background: false))?.contains("X") == false)
        #expect(Self.abilities(glitch: false) == nil)
        #expect(Self.abilities(places: "\u{1B}[%i%p1%d;%p2%dH$<5>") == nil)
    }

    @Test func rowsThatMoveAreLeftToCurses() throws {
        #expect(try short("^[2;1H^[2L^[1;1H", after: "one\r\ntwo") == nil)
        #expect(try short("^[6;1H\n^[1;1H", after: "one\r\ntwo") == nil)
    }

    @Test func whatIsNotUnderstoodOnceEndsIt() throws {
        var repainter = try Self.repainter()
        #expect(repainter.repainted(Array((Self.begin + "a").utf8)) != nil)
        #expect(repainter.repainted(Array("\u{1B}(0q".utf8)) == nil)
        #expect(repainter.repainted(Array((Self.begin + "a").utf8)) == nil)
    }

    @Test func beforeItIsClearedNothingIsKnown() throws {
        var repainter = try Self.repainter()
        #expect(repainter.repainted(Array("a".utf8)) == nil)
        #expect(repainter.repainted(Array((Self.begin + "\u{1B}[1;1H").utf8)) != nil)
        repainter.forget()
        #expect(repainter.repainted(Array("b".utf8)) == nil)
        let again = repainter.repainted(Array((Self.begin + "c").utf8)) ?? []
        #expect(String(decoding: again, as: UTF8.self) == "\u{1B}[m" + Self.begin + "c")
        repainter.resize(to: TerminalSize(columns: 10, rows: 2))
        #expect(repainter.repainted(Array("d".utf8)) == nil)
    }

    @Test(arguments: [(true, true, true), (false, true, true), (true, false, true), (true, false, false)])
    func thePictureIsTheSame(switchesOff: Bool, characters: Bool, background: Bool) throws {
        var random = SeededGenerator.announced("repainter")
        var (long, short, repainted, all) = (0, 0, 0, 0)
        for _ in 0..<300 {
            var (expected, painted) = (
                PaintedGrid(rows: Self.rows, columns: Self.columns), PaintedGrid(rows: Self.rows, columns: Self.columns)
            )
            var repainter = try Self.repainter(
                Self.abilities(switchesOff: switchesOff, characters: characters, background: background))
            for picture in 0..<5 {
                let text =
                    (picture == 0 ? Self.begin : "") + Self.stream(&random, erasesColored: background)
                    + "\u{1B}[\(Int.random(in: 1...Self.rows, using: &random));1H"
                let bytes = Array(text.utf8)
                let said = repainter.repainted(bytes)
                expected.take(bytes)
                painted.take(said ?? bytes)
                #expect(
                    expected == painted,
                    "\(text.debugDescription) said \(said.map { String(decoding: $0, as: UTF8.self).debugDescription } ?? "so")"
                )
                all += 1
                if let said {
                    repainted += 1
                    long += bytes.count
                    short += said.count
                }
            }
        }
        print("repainted \(repainted) of \(all) pictures, \(long) bytes as \(short)")
        #expect(repainted * 3 > all, "or this proves nothing")
        #expect(short < long)
    }

    /// What curses might say, and worse.
    private static func stream(_ random: inout SeededGenerator, erasesColored: Bool) -> String {
        var text = ""
        // Each of these comes to few columns, and at most ten of them follow on a place.
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            text += "\u{1B}[\(Int.random(in: 1...rows, using: &random));\(Int.random(in: 1...12, using: &random))H"
            for _ in 0..<Int.random(in: 0...7, using: &random) {
                let color = Int.random(in: 16...18, using: &random)
                switch Int.random(in: 0..<23, using: &random) {
                case 0: text += "\u{1B}(B\u{1B}[m"
                case 1: text += "\u{1B}[0;1m"
                case 2: text += "\u{1B}[0;2;4m"
                case 3: text += "\u{1B}[7m"
                case 4, 5: text += "\u{1B}[38;5;\(color)m"
                case 6: text += "\u{1B}[48;5;\(color)m"
                case 7: text += "\u{1B}[39;49m"
                case 8: text += "\u{1B}[24;27m"
                case 9: text += "\u{1B}[22m"
                case 10:
                    text += (erasesColored ? "" : "\u{1B}[49m") + "\u{1B}[\(Int.random(in: 1...9, using: &random))X"
                case 11: text += (erasesColored ? "" : "\u{1B}[49m") + "\u{1B}[K"
                case 12: text += "\u{1B}[\(Int.random(in: 1...3, using: &random))C"
                case 13: text += "\u{08}"
                case 14: text += "\r"
                case 15 where Int.random(in: 0..<12, using: &random) == 0:
                    text += "\u{1B}[49m\u{1B}[" + (["L", "M", "@", "P"].randomElement(using: &random) ?? "L")
                case 16 where Int.random(in: 0..<6, using: &random) == 0: text += "漢"
                case 17 where Int.random(in: 0..<6, using: &random) == 0: text += "e\u{301}"
                case 18, 19: text += String(repeating: " ", count: Int.random(in: 1...4, using: &random))
                case 20: text += String(repeating: "\u{2500}", count: Int.random(in: 1...3, using: &random))
                default: text += ["word", "w", "two"].randomElement(using: &random) ?? ""
                }
            }
        }
        return text
    }
}
