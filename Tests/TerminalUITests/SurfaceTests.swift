import TestKit
import Testing

@testable import TerminalUI

@Suite("Surface")
struct SurfaceTests {
    @Test func aWideCharacterAtTheEdgeLeavesABlank() {
        var surface = Surface(TerminalSize(columns: 4, rows: 1))
        surface.put("a\u{4F5C}\u{8005}", at: Point(0, 0))
        #expect(surface.text == "a\u{4F5C}\n")
        surface.put("\u{4F5C}", at: Point(-1, 0))
        #expect(surface.text == " \u{4F5C}\n")
        #expect(surface[Point(0, 0)]?.glyph == .blank)
    }

    @Test func drawingOverOneHalfBlanksTheOther() {
        var surface = Surface(TerminalSize(columns: 4, rows: 1))
        surface.put("\u{4F5C}\u{8005}", at: Point(0, 0))
        surface.put("x", at: Point(1, 0))
        #expect(surface.text == " x\u{8005}\n")
        surface.put("y", at: Point(2, 0))
        #expect(surface.text == " xy\n")
    }

    @Test func marksStayInTheCellOfTheirLetter() {
        var surface = Surface(TerminalSize(columns: 3, rows: 1))
        surface.put("e\u{301}f", at: Point(0, 0))
        #expect(surface[Point(0, 0)]?.glyph.count == 2)
        #expect(surface[Point(1, 0)]?.glyph.text == "f")
    }

    @Test func theLegendNamesRoles() {
        var surface = Surface(TerminalSize(columns: 8, rows: 2))
        surface.put("ok", at: Point(1, 1), style: CellStyle(.statusOk, on: .tableCursor, .bold))
        #expect(surface.screen == "\n ok\n----\nrow 1: 1-2 status.ok on table.cursor+bold\n")
    }

    /// Whatever is drawn, wherever: the size stays, row widths sum up, and no half is alone.
    @Test func randomDrawingKeepsTheShape() {
        var random = SeededGenerator(seed: 0x5EED)
        let words: [TerminalText] = [
            "plain", "\u{4F5C}\u{8005}", "e\u{301}\u{302}", "\u{1F600}x", "", "mixed \u{4F5C} text",
        ]
        for _ in 0..<400 {
            let size = TerminalSize(
                columns: .random(in: 0...12, using: &random), rows: .random(in: 0...5, using: &random))
            var surface = Surface(size)
            for _ in 0..<12 {
                let point = Point(.random(in: -6...14, using: &random), .random(in: -2...6, using: &random))
                let rect = Rect(
                    column: .random(in: -3...12, using: &random), row: .random(in: -3...5, using: &random),
                    width: .random(in: -1...12, using: &random), height: .random(in: -1...5, using: &random))
                switch Int.random(in: 0...3, using: &random) {
                case 0: surface.fill(rect, .plain, with: "x")
                case 1: surface.copy(surface, from: rect, to: point)
                case 2: surface.box(rect)
                default:
                    surface.put(
                        words.randomElement(using: &random) ?? "", at: point,
                        within: Bool.random(using: &random) ? rect : nil)
                }
            }
            #expect(surface.cells.count == size.columns * size.rows)
            for row in 0..<size.rows {
                let glyphs = surface.row(row).map(\.glyph)
                #expect(glyphs.reduce(0) { $0 + Int($1.width) } == size.columns)
                for (index, glyph) in glyphs.enumerated() {
                    let next = index + 1 < glyphs.count ? glyphs[index + 1] : .blank
                    #expect((glyph.width == 2) == next.isRightHalf)
                }
            }
        }
    }

    @Test func aCellIsSmall() { #expect(MemoryLayout<Cell>.stride == 24) }
}
