import EdgeModel
import Synchronization
import Testing

@testable import signalbox

/// Collects what an output writes.
final class Written: Sendable {
    private let texts = Mutex<[Output.Stream: String]>([:])
    var standard: String { texts.withLock { $0[.standard] ?? "" } }
    var error: String { texts.withLock { $0[.error] ?? "" } }

    func output(_ format: Output.Format = .table, width: Int? = nil, colours: Bool = false, quiet: Bool = false)
        -> Output
    {
        Output(
            format: format, quiet: quiet, width: width, colours: colours,
            now: Timestamp(milliseconds: 1_800_000_000_000),
            sink: { stream, text in self.texts.withLock { $0[stream, default: ""] += text } })
    }
}

@Suite struct OutputTests {
    private var listing: Listing {
        var listing = Listing(["NAME", .number("N"), .flexible("TEXT"), "AT"])
        listing.add(
            "a", .object(["name": .string("a")]), .text("a"), .text(7),
            .text("a long text that does not fit into a narrow terminal"),
            .time(Timestamp(milliseconds: 1_799_999_970_000)))
        listing.add(
            "b\u{1B}", .object(["name": .string("b\u{1B}")]), .text("b\u{1B}"), .text(12), .text("日本"), .time(nil))
        return listing
    }

    @Test func aPipeGetsEverythingInUTCWithoutColour() {
        let written = Written()
        written.output(colours: false).list(listing)
        #expect(
            written.standard == """
                NAME      N  TEXT                                                  AT
                a         7  a long text that does not fit into a narrow terminal  2027-01-15T07:59:30Z
                b\\u{1B}  12  日本                                                  -

                """)
    }

    @Test func aTerminalGetsWhatFitsItsWidth() {
        let written = Written()
        written.output(width: 40).list(listing)
        let lines = written.standard.split(separator: "\n").map { String($0) }
        #expect(lines.allSatisfy { TextWidth.of($0) <= 40 }, "\(lines)")
        #expect(lines[1] == "a         7  a long text that…  30 s ago")
    }

    @Test func coloursAreOnlyAddedWhereAsked() {
        let (plain, coloured) = (Written(), Written())
        plain.output(width: 80).pieces([Output.Piece("bad", .bad)])
        coloured.output(width: 80, colours: true).pieces([Output.Piece("bad", .bad)])
        #expect(plain.standard == "bad\n")
        #expect(coloured.standard == "\u{1B}[31mbad\u{1B}[0m\n")
    }

    @Test func otherForms() {
        let (json, lines, names) = (Written(), Written(), Written())
        json.output(.json).list(listing)
        lines.output(.jsonl).list(listing)
        names.output(.name).list(listing)
        #expect(json.standard == "[\n  {\n    \"name\": \"a\"\n  },\n  {\n    \"name\": \"b\\u001b\"\n  }\n]\n")
        #expect(lines.standard == "{\"name\":\"a\"}\n{\"name\":\"b\\u001b\"}\n")
        #expect(names.standard == "a\nb\\u{1B}\n")
    }

    @Test func quietLeavesOutNotesAndKeepsAnswersAndErrors() {
        let written = Written()
        let output = written.output(quiet: true)
        output.note("note")
        output.done("x", .null, "done")
        output.error("error")
        output.line("answer")
        #expect(written.standard == "answer\n")
        #expect(written.error == "error\n")
    }

    @Test func timesArePeopleTimesOnATerminal() {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        func text(_ seconds: Int64) -> String {
            TimeText.forPeople(now.advanced(byMilliseconds: -seconds * 1000), now: now).text
        }
        #expect(text(0) == "just now")
        #expect(text(90) == "90 s ago")
        #expect(text(600) == "10 min ago")
        #expect(text(3 * 3600) == "3 h ago")
        #expect(text(3 * 86400).hasPrefix("2027-01-1"))
    }
}
