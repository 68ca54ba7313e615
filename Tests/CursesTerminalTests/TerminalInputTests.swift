import TestKit
import Testing

/// Keys, pastes and clicks that come in through a real pseudo terminal.
@Suite("A terminal's input", .timeLimit(.minutes(5)))
struct TerminalInputTests {
    @Test(arguments: [
        ("\u{1B}[A", "key Up"), ("\u{1B}OA", "key Up"), ("\u{1B}[1;5C", "key Ctrl-Right"),
        ("\u{1B}[Z", "key Shift-Tab"),
        ("\u{1B}j", "key Alt-j"), ("\u{1B}", "key Esc"), ("é", "key é"), ("作", "key 作"), ("\u{03}", "key Ctrl-C"),
        ("\u{13}", "key Ctrl-S"), ("\r", "key Enter"), ("\u{7F}", "key Backspace"), ("\u{1B}[15~", "key F5"),
        ("\u{1B}[I", "focus true"), ("\u{1B}[O", "focus false"), ("\u{1B}[<0;5;3M", "mouse press left 4,2 0"),
        ("\u{1B}[<64;1;1M", "mouse wheelUp none 0,0 0"),
    ])
    func whatIsTypedIsTold(bytes: String, event: String) async throws {
        let run = try await ProbeRun()
        run.terminal.type(bytes)
        try await run.logs("event \(event)")
    }

    @Test func aPasteIsOneEventWithEveryByteOfIt() async throws {
        let run = try await ProbeRun()
        try await run.terminal.shows("\u{1B}[?2004h")
        run.terminal.type("\u{1B}[200~q\u{1B}[31m\r\nx\u{1B}[201~1")
        try await run.logs("shown 1")
        #expect(run.log.contains("event paste 71 1b 5b 33 31 6d d a 78"))
        #expect(!run.log.contains("event key q"))
        run.terminal.type("q")
        try await run.terminal.ended()
        #expect(run.terminal.text.contains("\u{1B}[?2004l"))
    }

    @Test func theMouseIsOursOnlyWhenAskedFor() async throws {
        let run = try await ProbeRun()
        try await run.terminal.shows("end")
        #expect(!run.terminal.text.contains("\u{1B}[?1000h"))
        run.terminal.type("m")
        try await run.terminal.shows("\u{1B}[?1000h\u{1B}[?1006h")
        run.terminal.type("\u{1B}[<0;1;1M\u{1B}[<0;1;1m\u{1B}[<0;1;1M\u{1B}[<0;1;1m")
        try await run.logs("event mouse doublePress left 0,0 0")
        run.terminal.type("m")
        try await run.terminal.shows("\u{1B}[?1006l\u{1B}[?1000l")
    }

    @Test func theFocusIsAskedForAndLeftAlone() async throws {
        let run = try await ProbeRun()
        try await run.terminal.shows("\u{1B}[?1004h")
        run.terminal.type("q")
        try await run.terminal.ended()
        #expect(run.terminal.text.contains("\u{1B}[?1004l"))
    }
}
