import DocumentText
import EdgeModel
import TestKit
import Testing

@testable import signalbox

@Suite struct SafeTextTests {
    /// Text from outside, and what may be printed of it.
    @Test(arguments: [
        ("plain", "plain"), ("é 日本 😀 e\u{301}", "é 日本 😀 e\u{301}"), ("a\nb\tc", "a\\u{A}b\\u{9}c"),
        ("\u{1B}[31mred", "\\u{1B}[31mred"), ("\u{9B}31m", "\\u{9B}31m"), ("a\u{202E}b", "a\\u{202E}b"),
        ("a\u{200B}b", "a\\u{200B}b"), ("\u{7F}\u{0}", "\\u{7F}\\u{0}"), ("\u{2028}", "\\u{2028}"),
        ("\r\n", "\\u{D}\\u{A}"),
        ("\u{E000}\u{FEFF}", "\\u{E000}\\u{FEFF}"),
    ])
    func whatCannotBeSeenIsShown(untrusted: String, expected: String) {
        #expect(SafeText(untrusted).text == expected)
        #expect(("\(untrusted)" as SafeText).text == expected)
    }

    @Test func onlyLiteralsAndLinesKeepLineEnds() {
        let name = "a\nb"
        #expect(("one\n\(name)" as SafeText).text == "one\na\\u{A}b")
        #expect(SafeText(lines: "a\nb\u{1B}\n").text == "a\nb\\u{1B}\n")
    }

    @Test func nothingUnsafeEverComesThrough() {
        var random = SeededGenerator.announced("safe text")
        for _ in 0..<5000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<20, using: &random) {
                let top: UInt32 = Bool.random(using: &random) ? 0x100 : 0x2FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...top, using: &random)) { scalars.append(scalar) }
            }
            let text = String(scalars)
            let width = Int.random(in: 0..<10, using: &random)
            for safe in [SafeText(text), SafeText(lines: text), SafeText(text).truncated(to: width).padded(to: 3)] {
                let isSafe = safe.text.unicodeScalars.allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .control: scalar == "\n"
                    case .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
                    default: true
                    }
                }
                #expect(isSafe, "seed \(random.seed): \(text.debugDescription)")
            }
            #expect(SafeText(text).truncated(to: width).width <= width, "seed \(random.seed): \(text.debugDescription)")
            let value = DocumentValue.array([.string(text), .object([DocumentMember(text, .null)])])
            let json = SafeText(json: value, pretty: Bool.random(using: &random))
            #expect(json.text == SafeText(lines: json.text).text, "seed \(random.seed): JSON is not safe")
            #expect((try? DocumentText.read(json.text).value) == value, "seed \(random.seed): JSON is another document")
        }
    }
}
