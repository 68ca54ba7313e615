import Testing

@testable import signalbox

@Suite struct WatchedAnswerTests {
    private func answer(_ lines: String...) -> [WatchedAnswer.Written] {
        lines.map { .init(stream: .standard, text: $0 + "\n") }
    }

    private func text(_ written: [WatchedAnswer.Written]) -> String { written.map(\.text).joined() }

    @Test func whatIsTheSameIsNotWrittenAgain() {
        var watched = WatchedAnswer()
        #expect(watched.change(to: answer("a"), on: nil, isSeparated: true) == answer("a"))
        #expect(watched.change(to: answer("a"), on: nil, isSeparated: true).isEmpty)
    }

    @Test func aPipeGetsEachAnswerBelowTheOneBefore() {
        var (tables, lines) = (WatchedAnswer(), WatchedAnswer())
        for answer in [answer("a"), answer("b")] {
            let (table, line) = (
                tables.change(to: answer, on: nil, isSeparated: true),
                lines.change(to: answer, on: nil, isSeparated: false)
            )
            #expect(text(table) == (answer == self.answer("a") ? "a\n" : "\nb\n"))
            #expect(line == answer)
        }
    }

    @Test func onATerminalItTakesThePlaceOfTheOneBefore() {
        var watched = WatchedAnswer()
        let screen = WatchedAnswer.Screen(columns: 10, rows: 24)
        let first = watched.change(to: answer("one", "a line of two rows"), on: screen, isSeparated: true)
        #expect(text(first) == "one\u{1B}[K\na line of two rows\u{1B}[K\n\u{1B}[J")
        // Three rows up: the second line took two.
        let second = watched.change(to: answer("two"), on: screen, isSeparated: true)
        #expect(text(second) == "\u{1B}[3A\rtwo\u{1B}[K\n\u{1B}[J")
        #expect(watched.change(to: answer("two"), on: screen, isSeparated: true).isEmpty)
    }

    @Test func aWindowOfAnotherSizeIsDrawnFromItsTop() {
        var watched = WatchedAnswer()
        _ = watched.change(to: answer("a"), on: .init(columns: 10, rows: 24), isSeparated: true)
        let second = watched.change(to: answer("b"), on: .init(columns: 20, rows: 24), isSeparated: true)
        #expect(text(second) == "\u{1B}[H\u{1B}[2Jb\u{1B}[K\n\u{1B}[J")
    }

    @Test func coloursTakeNoColumns() {
        var watched = WatchedAnswer()
        let screen = WatchedAnswer.Screen(columns: 10, rows: 24)
        _ = watched.change(to: answer("\u{1B}[31mten letter\u{1B}[0m"), on: screen, isSeparated: true)
        #expect(text(watched.change(to: answer("x"), on: screen, isSeparated: true)).hasPrefix("\u{1B}[1A\r"))
    }

    @Test func whatHasNoRoomIsSaidAndNeverScrolls() {
        var watched = WatchedAnswer()
        let screen = WatchedAnswer.Screen(columns: 40, rows: 4)
        let lines = (1...9).map { WatchedAnswer.Written(stream: .standard, text: "line \($0)\n") }
        let shown = text(watched.change(to: lines, on: screen, isSeparated: true))
        #expect(shown == "line 1\u{1B}[K\nline 2\u{1B}[K\n… 7 more lines than this window has\u{1B}[K\n\u{1B}[J")
        #expect(text(watched.change(to: answer("x"), on: screen, isSeparated: true)).hasPrefix("\u{1B}[3A\r"))
    }
}
