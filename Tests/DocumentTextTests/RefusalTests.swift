import DocumentText
import EdgeModel
import TestKit
import Testing

@Suite struct RefusalTests {
    private func findings(_ text: String) -> [Finding] {
        do throws(DocumentTextError) {
            _ = try DocumentText.read(text)
            return []
        } catch {
            return error.findings
        }
    }

    /// Text, then code and line of the first finding.
    @Test(arguments: [
        ("a: &x 1\nb: *x\n", "anchor", 1),
        ("a: 1\nb: *x\n", "alias", 2),
        ("a: !!str 1\n", "tag", 1),
        ("a: !ruby/object:Gem 1\n", "tag", 1),
        ("a: 1\n---\nb: 2\n", "several-documents", 2),
        ("? [a, b]\n: 1\n", "bad-key", 1),
        ("? {a: b}\n: 1\n", "bad-key", 1),
        ("?\n: 1\n", "bad-key", 1),
        ("{\"a\": b}", "syntax", 1),
        ("a: 1\nb: \"x\u{1}\"\n", "control-character", 2),
        ("a: 99999999999999999999\n", "number-out-of-range", 1),
        ("a: 1e999\n", "number-out-of-range", 1),
        ("{\"a\": 99999999999999999999}", "number-out-of-range", 1),
        ("a: b: c\n", "syntax", 1),
        ("a: 1\n  b: 2\n", "syntax", 2),
        ("a:\n\t- b\n", "syntax", 2),
        ("a: 'x\n", "syntax", 2),
        ("{\"a\": 1,\n}", "syntax", 2),
        ("{\"a\": 01}", "syntax", 1),
        ("{\"a\": \"\\ud800\"}", "syntax", 1),
        ("[\"1\"] 2", "syntax", 1),
    ])
    func isRefused(text: String, code: String, line: Int) {
        let first = findings(text).first
        #expect(first?.code == code, "\(text.debugDescription): \(String(describing: first))")
        #expect(first?.line == line, "\(text.debugDescription): \(String(describing: first))")
        #expect(first?.remedy != nil)
    }

    /// Text, then code, line, column and excerpt of the first finding.
    @Test(arguments: [
        ("zone: a\nnote: &x b\n", "anchor", 2, 7, "note: &x b\n      ^"),
        ("<<: *base\n", "alias", 1, 5, "<<: *base\n    ^"),
        ("é: !!python/object/apply:os.system [ls]\n", "tag", 1, 4, "é: !!python/object/apply:os.system [ls]\n   ^"),
        ("a: [1, 99999999999999999999]\r\n", "number-out-of-range", 1, 8, "a: [1, 99999999999999999999]\n       ^"),
        ("a: 1\nb:\n\t- c\n", "syntax", 3, 1, " - c\n^"),
        ("a: \"x\u{0}\"\n", "control-character", 1, 6, "a: \"x?\"\n     ^"),
        ("{\"a\": 1,\n \"b\": [1, tru]}", "syntax", 2, 11, " \"b\": [1, tru]}\n          ^"),
        ("{\"a\": 1e400}", "number-out-of-range", 1, 7, "{\"a\": 1e400}\n      ^"),
    ])
    func theFindingPointsAtTheCharacter(text: String, code: String, line: Int, column: Int, excerpt: String) {
        let first = findings(text).first
        #expect(first?.code == code, "\(String(describing: first))")
        #expect(first?.line == line && first?.column == column, "\(String(describing: first))")
        #expect(first?.excerpt == excerpt, "\(String(describing: first?.excerpt))")
    }

    /// What a line of a text may hold that an editor or another system left there.
    @Test(arguments: ["\u{FEFF}zone: a\nhosts: [b]\n", "zone: a\r\nhosts: [b]\r\n", "zone:\ta\nhosts:\t[b]\n"])
    func markOfByteOrderReturnsAndTabsBetweenWordsAreRead(text: String) throws {
        #expect(
            try DocumentText.read(text).value == .object(["zone": .string("a"), "hosts": .array([.string("b")])]))
    }

    @Test func everyRefusedValueIsToldAtOnce() {
        #expect(findings("a: &x 1\nb: *x\nc: !!int 3\n").map(\.code) == ["anchor", "alias", "tag"])
    }

    @Test func aSyntaxErrorPointsAtItsPlace() {
        #expect(findings("zone: a\nnote: b: c\n").first?.excerpt == "note: b: c\n       ^")
        #expect(findings("{\"a\": [\u{4}\u{1B}\n x]}").first?.excerpt == "{\"a\": [??\n       ^")
        #expect(findings("{\"zone\": \"a\",\n \"é\": nope}").first?.excerpt == " \"é\": nope}\n      ^")
    }

    /// A line as long as a text may be is neither decoded nor shown whole.
    @Test func anExcerptOfAnEndlessLineIsShort() {
        let text = "a: '" + String(repeating: "é", count: 3_000_000) + "' x"
        let first = findings(text).first
        #expect(first?.code == "syntax" && first?.column == 3_000_007)
        #expect((first?.excerpt?.unicodeScalars.count ?? 0) < 200)
    }

    @Test func aliasesAreRefusedBeforeTheyExplode() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<40 {
            let alias = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(alias)]\n"
        }
        bomb += "? *a39\n: boom\n"
        #expect(findings(bomb).allSatisfy { ["anchor", "alias", "bad-key"].contains($0.code) })
        #expect(findings(bomb).count == 20)
    }

    @Test(arguments: [
        String(repeating: "[", count: 101), String(repeating: "{\"a\":", count: 101),
        String(repeating: "- ", count: 101),
        String(repeating: "{a: ", count: 101), String(repeating: "[", count: 2_000_000),
        String(repeating: "? ", count: 101), "a: " + String(repeating: "[", count: 500),
    ])
    func nestingHasAnEnd(text: String) {
        #expect(findings(text).last?.code == "too-deep")
    }

    @Test func oneHundredLevelsAreFine() throws {
        let text = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: Never.self) { try DocumentText.read(text) }
        #expect(throws: Never.self) { try DocumentText.read("# yaml\n" + text) }
    }

    @Test func sizeHasAnEnd() {
        #expect(findings(String(repeating: "#", count: DocumentText.Limit.bytes + 1)).map(\.code) == ["text-too-large"])
        #expect(findings("[" + String(repeating: "1,", count: 1_000_001) + "1]").map(\.code) == ["too-many-values"])
        #expect(findings("a:\n" + String(repeating: " - \n", count: 1_000_001)).map(\.code) == ["too-many-values"])
    }

    @Test func bytesThatAreNotUTF8AreRefusedWithTheirLine() {
        for bytes: [UInt8] in [
            [0x61, 0x0A, 0xFF], [0x61, 0x0A, 0xC0, 0x80], [0x0A, 0xED, 0xA0, 0x80], [0x0A, 0xC3],
        ] {
            do throws(DocumentTextError) {
                _ = try DocumentText.read(bytes: bytes)
                Issue.record("was read")
            } catch {
                #expect(error.findings.map(\.code) == ["not-utf-8"])
                #expect(error.findings.first?.line == 2 && error.findings.first?.column == 1)
            }
        }
    }

    /// Bytes that continue no character are no characters, and yet each would be shown.
    @Test func anExcerptOfStrayBytesIsShort() {
        do throws(DocumentTextError) {
            _ = try DocumentText.read(bytes: Array("a: ".utf8) + [UInt8](repeating: 0x9C, count: 10_000))
            Issue.record("was read")
        } catch {
            let excerpt = error.findings.first?.excerpt ?? ""
            #expect(excerpt.hasSuffix("^"))
            #expect(excerpt.unicodeScalars.count < 200)
        }
    }

    @Test func hostileBytesNeverTrap() {
        var random = SeededGenerator.announced("hostile documents")
        let seed = random.seed
        let marks = Array("{}[]:,-?&*!|>'\"%@` \n\t#~.0aeE+\\u".utf8) + [0, 0x1B, 0xC3, 0xA9, 0xFF, 0xEF, 0xBB, 0xBF]
        var refused = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                marks.randomElement(using: &random) ?? 0
            }
            do throws(DocumentTextError) {
                let value = try DocumentText.read(bytes: bytes).value
                #expect(try DocumentText.read(DocumentText.yaml(value)).value == value, "seed \(seed): \(bytes)")
            } catch {
                refused += 1
                #expect(!error.findings.isEmpty, "seed \(seed): \(bytes)")
            }
        }
        #expect(refused > 1000)
    }
}
