import Testing

@testable import TerminalUI

@Suite("Key presses")
struct KeyPressTests {
    @Test(arguments: [
        "g", "G", "Space", "Ctrl-P", "Alt-x", "Shift-Tab", "F5", "Enter", "PgDn", "-", "Ctrl--", "?", ":",
    ])
    func everyNameReadsBack(_ name: String) throws {
        #expect(try #require(KeyPress(name)).name == name)
    }

    @Test(arguments: ["", "gg", "Ctrl-", "F0", "F99", "Hyper-x", "Shift-g", "Return"])
    func otherWordsAreNoKeys(_ name: String) { #expect(KeyPress(name) == nil) }

    @Test func controlIsLowerCaseInside() { #expect(KeyPress("Ctrl-P") == KeyPress(.character("p"), .control)) }
}
