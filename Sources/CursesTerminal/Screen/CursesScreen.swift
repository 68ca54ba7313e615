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
    private(set) var size: TerminalSize
    let isUnicode: Bool

    private struct Drawn {
        var pair: Int32
        var attributes: UInt16
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
    }

    func close() { ct_close(screen) }

    /// The text of a terminfo capability; nil when the terminal has no such thing.
    func text(_ capability: String) -> [UInt8]? {
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
        return (output(), rows)
    }

    /// As many curses cells as the row's glyphs and the blanks behind them need.
    private func fill(_ row: inout [ct_cell], from cells: ArraySlice<Cell>) -> Int {
        var count = 0
        var column = 0
        var lastStyle: CellStyle?
        var drawn = Drawn(pair: 0, attributes: 0)
        for cell in cells {
            if column >= size.columns { break }
            if cell.glyph.isRightHalf { continue }
            if cell.style != lastStyle {
                lastStyle = cell.style
                drawn = self.drawn(cell.style)
            }
            row[count].scalars = (cell.glyph[0], cell.glyph[1], cell.glyph[2], cell.glyph[3], cell.glyph[4])
            row[count].width = UInt16(cell.glyph.width)
            row[count].pair = drawn.pair
            row[count].attributes = drawn.attributes
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
        let colors = PairTable.Colors(
            foreground: numbers.number(resolved.foreground), background: numbers.number(resolved.background))
        var pair = 0
        switch pairs.number(for: colors) {
        case .standard, .full: break
        case .known(let number): pair = number
        case .new(let number):
            if ct_pair(screen, Int32(number), Int32(colors.foreground), Int32(colors.background)) { pair = number }
        }
        let drawn = Drawn(pair: Int32(pair), attributes: attributes)
        styles[style] = drawn
        return drawn
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
    }

    /// The next frame is drawn whole: what the terminal shows is not known any more.
    func redraw() {
        ct_redraw(screen)
        shown = nil
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
