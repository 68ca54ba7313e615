import Glibc
import TestKit
import Testing

@testable import TerminalUI

@Suite("Terminal text")
struct TerminalTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[2Jb", "a\u{27E8}1B\u{27E9}[2Jb"), ("tab\t", "tab\u{27E8}09\u{27E9}"),
        ("x\r\n", "x\u{27E8}0D\u{27E9}\u{27E8}0A\u{27E9}"), ("\u{9B}31m", "\u{27E8}9B\u{27E9}31m"),
        ("user\u{202E}gpj", "user\u{27E8}202E\u{27E9}gpj"),
        ("a\u{200B}b\u{AD}", "a\u{27E8}200B\u{27E9}b\u{27E8}AD\u{27E9}"),
        ("\u{301}x", "\u{27E8}301\u{27E9}x"), ("\u{2028}", "\u{27E8}2028\u{27E9}"), ("\u{4F5C}", "\u{4F5C}"),
        ("a\u{FE0F}", "a\u{27E8}FE0F\u{27E9}"), ("\u{2764}\u{FE0F}", "\u{2764}"),
        ("e\u{301}\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}\u{301}\u{301}\u{27E8}301\u{27E9}"),
    ])
    func whatIsUnsafeIsShown(_ raw: String, _ shown: String) {
        #expect(Array(TerminalText(untrusted: raw).string.unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test func withoutUnicodeEverythingElseIsANumber() {
        #expect(TerminalText(untrusted: "\u{4F5C}\u{1B}", ascii: true).string == "<4F5C><1B>")
    }

    @Test func tabsMayBeBlanks() {
        #expect(TerminalText(untrusted: "ab\tc", tabStop: 4).string == "ab  c")
    }

    @Test func numbersAreRounded() {
        #expect(TerminalText(0.125, decimals: 2).string == "0.13")
        #expect(TerminalText(-3.96, decimals: 1).string == "-4.0")
        #expect(TerminalText(-0.01, decimals: 1).string == "0.0")
        #expect(TerminalText(12, decimals: 0).string == "12")
        #expect(TerminalText(.nan, decimals: 1).string == "-")
    }

    @Test func interpolationTakesSafePieces() {
        let name = TerminalText(untrusted: "a\u{7}")
        let text: TerminalText = "row \(3) of \(name) \(untrusted: "\u{8}")"
        #expect(text.string == "row 3 of a\u{27E8}07\u{27E9} \u{27E8}08\u{27E9}")
        #expect(text.width == 19)
    }

    @Test func fittingKeepsTheWidth() {
        let text: TerminalText = "ab\u{4F5C}\u{8005}cd"
        #expect(text.truncated(to: 5).string == "ab\u{4F5C}\u{2026}")
        #expect(text.truncated(to: 4).string == "ab\u{2026}")
        #expect(text.truncated(to: 6, at: .middle).string == "ab\u{2026}cd")
        #expect(text.truncated(to: 6, at: .start).string == "\u{2026}\u{8005}cd")
        #expect(text.fitted(to: 10, .right).string == "  ab\u{4F5C}\u{8005}cd")
        #expect(text.fitted(to: 4).width == 4)
        #expect(text.fitted(to: 4).string == "ab\u{2026} ")
    }

    @Test func linesBreakAtBlanks() {
        let text: TerminalText = "one two extraordinary"
        #expect(text.wrapped(to: 8).map(\.string) == ["one two", "extraord", "inary"])
    }

    /// The width is always that of the scalars, whatever was put in, cut or joined.
    @Test func randomTextKeepsItsWidth() {
        var random = SeededGenerator(seed: 7)
        let pool: [Unicode.Scalar] = [
            "a", "\u{1B}", "\u{301}", "\u{4F5C}", "\u{202E}", "\u{200D}", "\u{1F600}", "\t", " ",
        ]
        for _ in 0..<2000 {
            var raw = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                raw.append(pool.randomElement(using: &random) ?? "a")
            }
            let text = TerminalText(untrusted: String(raw))
            let columns = Int.random(in: 0...14, using: &random)
            for place in [Truncation.end, .middle, .start] {
                let cut = text.truncated(to: columns, at: place)
                #expect(cut.width <= max(columns, 0))
                #expect(cut.width == cut.string.unicodeScalars.reduce(0) { $0 + (TextWidth.of($1) ?? 99) })
            }
            #expect(text.fitted(to: columns).width == columns)
            for scalar in text.string.unicodeScalars { #expect(!Sanitizer.isDeceptive(scalar)) }
        }
    }
}
