import TerminalUI
import TestKit
import Testing

@testable import Console

@Suite struct KeyManualTests {
    @Test func everyKeyIsInTheManual() throws {
        let manual = KeyManual()
        #expect(manual.problems.isEmpty)
        try Golden.check(manual.text, "keys.md")
    }

    @Test func aPersonsOwnKeyStandsInPlaceOfOurs() throws {
        let own = KeyOverride("undo", [try #require(KeySequence("F9"))])
        let manual = KeyManual([own, KeyOverride("fly", [])])
        #expect(manual.text.contains("| `F9` | "))
        #expect(!manual.text.contains("| `u` | "))
        #expect(manual.problems.count == 1)
    }
}
