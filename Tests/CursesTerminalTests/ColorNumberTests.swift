import CursesTerminal
import TerminalUI
import Testing

@Suite("Theme colours as a terminal's numbers")
struct ColorNumberTests {
    @Test func aTerminalWithEightColoursShowsBrightOnesAsBold() {
        let numbers = ColorNumbers(TerminalFacts(colors: 8), depth: .sixteen)
        #expect(numbers.number(.indexed(9)) == 1 && numbers.needsBold(.indexed(9)))
        #expect(numbers.number(.indexed(1)) == 1 && !numbers.needsBold(.indexed(1)))
        #expect(numbers.number(.indexed(200)) == -1)
        #expect(numbers.number(.standard) == -1)
    }

    @Test func aTerminalWithSixteenHasThemAll() {
        let numbers = ColorNumbers(TerminalFacts(colors: 16), depth: .sixteen)
        #expect(numbers.number(.indexed(9)) == 9 && !numbers.needsBold(.indexed(9)))
    }

    @Test func directColoursNeverFallOnThePalette() {
        let numbers = ColorNumbers(TerminalFacts(colors: 1 << 24, hasDirectColor: true), depth: .direct)
        #expect(numbers.number(.direct(red: 90, green: 176, blue: 255)) == 0x5AB0FF)
        #expect(numbers.number(.direct(red: 0, green: 0, blue: 3)) == 8)
        #expect(numbers.number(.indexed(3)) == 3)
        #expect(numbers.number(.indexed(9)) == 0xFF0000)
        #expect(numbers.number(.indexed(196)) == 0xFF0000)
        #expect(numbers.number(.indexed(255)) == 0xEEEEEE)
        #expect(numbers.number(.indexed(110)) == 0x87AFD7)
    }

    @Test func withoutColourThereIsNone() {
        let numbers = ColorNumbers(TerminalFacts(colors: 256), depth: .mono)
        #expect(numbers.number(.indexed(3)) == -1)
        #expect(numbers.number(.direct(red: 1, green: 2, blue: 3)) == -1)
    }

    @Test func pairsAreNumberedOnceUntilTheyEnd() {
        typealias Colors = PairTable.Colors
        var table = PairTable(capacity: 3)
        #expect(table.number(for: Colors(foreground: -1, background: -1)) == .standard)
        #expect(table.number(for: Colors(foreground: 1, background: -1)) == .new(1))
        #expect(table.number(for: Colors(foreground: 2, background: -1)) == .new(2))
        #expect(table.number(for: Colors(foreground: 1, background: -1)) == .known(1))
        #expect(table.isFull)
        #expect(table.number(for: Colors(foreground: 3, background: -1)) == .full)
        table.forget()
        #expect(table.number(for: Colors(foreground: 3, background: -1)) == .new(1))
    }
}
