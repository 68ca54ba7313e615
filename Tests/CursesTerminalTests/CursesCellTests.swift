import CTerminal
import Testing

/// The last line before the terminal: what a cell holds that it should not, curses is never given.
@Suite("Cells for curses", .serialized)
struct CursesCellTests {
    private func sent(_ cells: [ct_cell], columns: Int = 20, term: String = "xterm-256color") throws -> String {
        var unicode = false
        let screen = try #require(ct_open(term, 2, Int32(columns), &unicode))
        defer { ct_close(screen) }
        #expect(unicode)
        ct_put_row(screen, 0, cells, cells.count)
        ct_cursor(screen, 0, 0, false)
        ct_flush(screen)
        let bytes = [UInt8](unsafeUninitializedCapacity: ct_output_size(screen)) { buffer, count in
            count = ct_take_output(screen, buffer.baseAddress, buffer.count)
        }
        #expect(ct_output_size(screen) == 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func cell(_ first: UInt32, _ second: UInt32 = 0, width: UInt16 = 1) -> ct_cell {
        ct_cell(scalars: (first, second, 0, 0, 0), attributes: 0, width: width, pair: 0)
    }

    @Test(arguments: [
        0x07, 0x1B, 0x7F, 0x9B, 0x200B, 0x200E, 0x202E, 0x2066, 0xFEFF, 0xD800, 0x11_0000, 0x0301, 0xFFFF_FFFF,
    ])
    func whatIsNoCharacterIsShownAsUnknown(scalar: UInt32) throws {
        let sent = try sent([cell(0x61), cell(scalar), cell(0x62)])
        #expect(sent.contains("a\u{FFFD}b"), "\(sent.debugDescription)")
    }

    @Test(arguments: [0x1B, 0x202E, 0x200D, 0xFE0F, 0x62] as [UInt32])
    func onlyMarksAreCombined(scalar: UInt32) throws {
        #expect(try sent([cell(0x61, scalar), cell(0x63)]).contains("ac"))
        #expect(try sent([cell(0x61, 0x0301), cell(0x63)]).contains("a\u{301}c"))
    }

    @Test func aWidthThatIsWrongMovesNothing() throws {
        #expect(try sent([cell(0x4F5C), cell(0x62)]).contains("\u{FFFD}b"))
        #expect(try sent([cell(0x61, width: 2), cell(0x62)]).contains("\u{FFFD} b"))
    }

    @Test func aWideCharacterIsNeverHalved() throws {
        let row = [cell(0x61), cell(0x4F5C, width: 2), cell(0x4F5C, width: 2), cell(0x7A)]
        let sent = try sent(row, columns: 4)
        #expect(sent.contains("a作"))
        #expect(sent.occurrences(of: "作") == 1)
        #expect(!sent.contains("z"))
    }

    @Test(arguments: ["vt100", "linux", "xterm-256color", "screen"])
    func pairsThatATerminalLacksAreRefused(term: String) throws {
        var unicode = false
        let screen = try #require(ct_open(term, 2, 10, &unicode))
        defer { ct_close(screen) }
        #expect(!ct_pair(screen, 0, 1, 1))
        #expect(!ct_pair(screen, 1 << 20, 1, 1))
        #expect(!ct_pair(screen, 1, 1 << 24, 1))
        #expect(ct_pair(screen, 1, 1, -1) == (term != "vt100"))
    }

    @Test func aTerminalIsDescribedWithoutBeingOpened() {
        var facts = ct_facts()
        #expect(ct_describe("linux", &facts) && facts.colors == 8 && facts.pairs == 64 && facts.addressable)
        #expect(ct_describe("dumb", &facts) && !facts.addressable)
        for name in ["", "no-such-terminal", "x/xterm", "../x/xterm"] { #expect(!ct_describe(name, &facts)) }
    }
}
