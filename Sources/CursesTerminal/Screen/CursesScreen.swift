import CTerminal
import Glibc
import TerminalUI

/// The screen that curses keeps: turns a surface of roles into the bytes that change what the terminal shows.
///
/// A row that is as it was is not handed over at all, and of the others curses sends only what differs.
@TerminalActor
final class CursesScreen {
    private let screen: OpaquePointer
    private let numbers: ColorNumbers
    private var pairs: PairTable
    private var theme: ResolvedTheme?
    private var styles: [CellStyle: Drawn] = [:]
    private var shown: Surface?
    private var terse: TerseOutput
    private var repainter: Repainter?
    private(set) var size: TerminalSize
    let isUnicode: Bool

    /// How a style is drawn, and how a blank of it is.
    private struct Drawn {
        var pair: Int32
        var attributes: UInt16
        var blankPair: Int32
        var blankAttributes: UInt16
    }

    init(_ choice: TerminalChoice, pairs: Int, size: TerminalSize) throws(TerminalOpenFailure) {
        var unicode = false
        guard let opened = ct_open(choice.entry, Int32(size.rows), Int32(size.columns), &unicode) else {
            throw .unknown(choice.entry)
        }
        screen = opened
        isUnicode = unicode
        numbers = ColorNumbers(choice.facts, depth: choice.depth)
        self.pairs = PairTable(capacity: choice.depth == .mono ? 1 : pairs)
        self.size = size
        let switchesOff = Self.switchesOff(opened)
        terse = TerseOutput(switchesOff: switchesOff)
        repainter = Repainter.Abilities(
            switchesOff: switchesOff, text: { Self.text(opened, $0) }, flag: { ct_flag(opened, $0) }
        ).map { Repainter($0, size: size) }
    }

    /// Whether attributes can be ended one by one. A description has no word for the end of bold and dim: who knows dim
    /// and the ends of the others knows that too (ECMA-48, and every emulator since the VT220).
    private static func switchesOff(_ screen: OpaquePointer) -> Bool {
        let words = ["dim": "\u{1B}[2m", "rmul": "\u{1B}[24m", "op": "\u{1B}[39;49m"]
        return words.allSatisfy { name, text in ct_text(screen, name).map { String(cString: $0) == text } ?? false }
    }

    func close() { ct_close(screen) }

    /// The text of a terminfo capability; nil when the terminal has no such thing.
    func text(_ capability: String) -> [UInt8]? { Self.text(screen, capability) }

    private static func text(_ screen: OpaquePointer, _ capability: String) -> [UInt8]? {
        ct_text(screen, capability).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }

    func flag(_ capability: String) -> Bool { ct_flag(screen, capability) }

    /// The bytes that show a frame, and how many rows were handed over.
    func draw(_ frame: Frame, _ theme: ResolvedTheme) -> (bytes: [UInt8], rows: Int) {
        if theme != self.theme {
            self.theme = theme
            styles.removeAll(keepingCapacity: true)
            shown = nil
            if pairs.isFull {
                pairs.forget()
                ct_forget_pairs(screen)
            }
        }
        let surface = frame.surface
        let comparable = shown?.size == surface.size
        var row = [ct_cell](repeating: ct_cell(), count: size.columns)
        var rows = 0
        for line in 0..<size.rows {
            let cells = surface.row(line)
            if comparable, let shown, shown.row(line).elementsEqual(cells) { continue }
            let count = fill(&row, from: cells)
            ct_put_row(screen, Int32(line), row, count)
            rows += 1
        }
        shown = surface
        let place = frame.cursor ?? Point(0, 0)
        ct_cursor(
            screen, Int32(min(place.row, size.rows - 1)), Int32(min(place.column, size.columns - 1)),
            frame.cursor != nil)
        ct_flush(screen)
        return (shortest(output()), rows)
    }

    /// What curses says, in the fewest bytes that show it.
    private func shortest(_ bytes: [UInt8]) -> [UInt8] {
        let short = terse.shortened(bytes)
        guard let painted = repainter?.repainted(bytes), painted.count < short.count else { return short }
        return painted
    }

    /// As many curses cells as the row's glyphs and the blanks behind them need.
    private func fill(_ row: inout [ct_cell], from cells: ArraySlice<Cell>) -> Int {
        var count = 0
        var column = 0
        var lastStyle: CellStyle?
        var drawn = Drawn(pair: 0, attributes: 0, blankPair: 0, blankAttributes: 0)
        for cell in cells {
            if column >= size.columns { break }
            if cell.glyph.isRightHalf { continue }
            if cell.style != lastStyle {
                lastStyle = cell.style
                drawn = self.drawn(cell.style)
            }
            row[count].scalars = (cell.glyph[0], cell.glyph[1], cell.glyph[2], cell.glyph[3], cell.glyph[4])
            row[count].width = UInt16(cell.glyph.width)
            let isBlank = cell.glyph == .blank
            row[count].pair = isBlank ? drawn.blankPair : drawn.pair
            row[count].attributes = isBlank ? drawn.blankAttributes : drawn.attributes
            count += 1
            column += Int(cell.glyph.width)
        }
        while column < size.columns {
            row[count] = ct_cell(scalars: (0x20, 0, 0, 0, 0), attributes: 0, width: 1, pair: 0)
            count += 1
            column += 1
        }
        return count
    }

    private func drawn(_ style: CellStyle) -> Drawn {
        if let known = styles[style] { return known }
        let resolved = theme?.style(style) ?? ResolvedStyle()
        var attributes = Self.attributes(resolved.emphasis)
        if numbers.needsBold(resolved.foreground) { attributes |= UInt16(CT_BOLD) }
        let (foreground, background) = (numbers.number(resolved.foreground), numbers.number(resolved.background))
        let pair = pair(foreground, background)
        // Of a blank only the background is seen, unless it is underlined or a block of the foreground: all blanks of a
        // ground are the same to curses, which then leaves them as they are or erases them.
        let isSeen = !resolved.emphasis.isDisjoint(with: [.underline, .reverse])
        let drawn = Drawn(
            pair: pair, attributes: attributes, blankPair: isSeen ? pair : self.pair(-1, background),
            blankAttributes: isSeen ? attributes : 0)
        styles[style] = drawn
        return drawn
    }

    private func pair(_ foreground: Int, _ background: Int) -> Int32 {
        switch pairs.number(for: PairTable.Colors(foreground: foreground, background: background)) {
        case .standard, .full: 0
        case .known(let number): Int32(number)
        case .new(let number):
            ct_pair(screen, Int32(number), Int32(foreground), Int32(background)) ? Int32(number) : 0
        }
    }

    private static func attributes(_ emphasis: Emphasis) -> UInt16 {
        // curses has no struck-out text; dim is what themes pair it with.
        let known: [(Emphasis, Int)] = [
            (.bold, CT_BOLD), (.dim, CT_DIM), (.strike, CT_DIM),
            (.italic, CT_ITALIC), (.underline, CT_UNDERLINE), (.reverse, CT_REVERSE),
        ]
        return known.reduce(0) { emphasis.contains($1.0) ? $0 | UInt16($1.1) : $0 }
    }

    /// Follows the terminal's size; false when there is no memory for it. The next frame is drawn whole.
    func resize(to size: TerminalSize) {
        guard ct_resize(screen, Int32(size.rows), Int32(size.columns)) else { return }
        self.size = size
        shown = nil
        terse.forget()
        repainter?.resize(to: size)
    }

    /// The next frame is drawn whole: what the terminal shows is not known any more.
    func redraw() {
        ct_redraw(screen)
        shown = nil
        terse.forget()
        repainter?.forget()
    }

    /// The bytes that put the terminal's own screen back.
    func leave() -> [UInt8] {
        ct_leave(screen)
        return output()
    }

    private func output() -> [UInt8] {
        let size = ct_output_size(screen)
        return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            count = size > 0 ? ct_take_output(screen, bytes.baseAddress, size) : 0
        }
    }
}
