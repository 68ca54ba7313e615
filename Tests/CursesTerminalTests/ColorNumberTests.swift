import CursesTerminal
import TerminalUI
import Testing

@Suite("Theme colours as a terminal's numbers")
struct ColorNumberTests {
    @Test func aTerminalWithEightColoursShowsBrightOnesAsBold() {
        let numbers = ColorNumbers(TerminalFacts(colors: 8), depth: .sixteen)
        #expect(numbers.number(.indexed(9)) == 1 && numbers.needsBold(.indexed(9)))
        #expect(numbers.number(.indexed(1)) == 1 && !numbers.needsBold(.indexed(1)))
        #expect(numbers.number(.standard) == -1)
    }
}
