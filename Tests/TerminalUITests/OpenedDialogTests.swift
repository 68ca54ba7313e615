import Testing

@testable import TerminalUI

struct OpenedDialogTests {
    /// Whoever is asked something hears all of the question, and hears it anew when it is another one.
    @Test func allOfADialogIsReadOutWhenItOpens() {
        var printer = AccessiblePrinter()
        _ = printer.lines(AccessTree([AccessNode(.table, id: "table", label: "applications")]))
        func dialog(_ stage: String, _ lines: [TerminalText]) -> AccessTree {
            let children = lines.enumerated().map { AccessNode(.text, id: "line.\($0)", label: $1) }
            return AccessTree([AccessNode(.dialog, id: stage, label: "promote", isFocused: true, children: children)])
        }
        #expect(printer.lines(dialog("planning", ["planning"])).map(\.string) == ["dialog: promote", "text: planning"])
        let review = printer.lines(dialog("review", ["one", "two", "cancel"])).map(\.string)
        #expect(review == ["dialog: promote", "text: one", "text: two", "text: cancel"])
        #expect(printer.lines(dialog("review", ["one", "two", "cancel"])).isEmpty)
    }
}
