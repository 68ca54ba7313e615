import TerminalUI
import TestKit
import Testing

@testable import Console

@Suite struct KeyManualTests {
    static let golden = "keys.md"

    @Test func everyKeyIsInTheManual() throws {
        let manual = KeyManual()
        #expect(manual.problems.isEmpty)
        try Golden.check(manual.text, Self.golden)
    }

    @Test func aPersonsOwnKeyStandsInPlaceOfOurs() throws {
        let own = KeyOverride("undo", [try #require(KeySequence("F9"))])
        let manual = KeyManual([own, KeyOverride("fly", [])])
        #expect(manual.text.contains("| `F9` | "))
        #expect(!manual.text.contains("| `u` | "))
        #expect(manual.problems.count == 1)
    }
}
