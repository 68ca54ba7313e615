import TestKit
import Testing

@testable import TerminalUI

@Suite("Sparkline and gauge")
struct FiguresTests {
    private func draw(
        _ sparkline: Sparkline, _ columns: Int, _ rows: Int = 1, form: Sparkline.Form = .blocks,
        glyphs: GlyphSet = .unicode
    ) -> Surface {
        var surface = Surface(TerminalSize(columns: columns, rows: rows))
        sparkline.draw(into: &surface, in: surface.bounds, DrawContext(glyphs: glyphs), form: form)
        return surface
    }

    @Test func valuesStandAtTheRightAndGapsAreGaps() {
        #expect(draw(Sparkline([0, 1, 4, nil, 8]), 7).text == "   \u{2581}\u{2584} \u{2588}\n")
        #expect(draw(Sparkline([0, 1, 4, nil, 8]), 7, glyphs: .ascii).text == "   _- #\n")
        #expect(draw(Sparkline([1, 2, 4, 4]), 2, form: .braille).text == "\u{28E0}\u{28FF}\n")
        #expect(draw(Sparkline([]), 5).text == "\n")
    }

    @Test func aPeakIsNeverLost() {
        var values = [Double?](repeating: 1, count: 100)
        values[37] = 80
        let low = String(repeating: "\u{2581}", count: 6)
        #expect(draw(Sparkline(values), 10).text == "\u{2581}\u{2581}\u{2581}\u{2588}" + low + "\n")
        #expect(Sparkline.buckets(100, into: 30).count == 25)
        #expect(Sparkline.buckets(7, into: 3) == [0..<1, 1..<4, 4..<7])
    }

    @Test func whatIsNotZeroIsSeen() { #expect(draw(Sparkline([0.001, 100]), 2).text == "\u{2581}\u{2588}\n") }

    @Test func markersStandUnderTheirValue() throws {
        let values = (0..<20).map { Double?.some(Double($0 * $0 % 17)) }
        let sparkline = Sparkline(values, markers: [4, 15], isStale: true)
        try Golden.check(draw(sparkline, 20, 4).screen, "sparkline.screen")
        #expect(draw(sparkline, 10, 3).text(row: 2) == "  \u{25B2}    \u{25B2}")
    }

    @Test func randomFiguresNeverTrap() {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<300 {
            let values = (0..<Int.random(in: 0...90, using: &random)).map { _ -> Double? in
                [nil, .nan, .infinity, -5, 0, .random(in: 0...1e12, using: &random)].randomElement(using: &random)
                    ?? nil
            }
            let form = [Sparkline.Form.blocks, .braille, .ascii].randomElement(using: &random) ?? .ascii
            let sparkline = Sparkline(values, maximum: Bool.random(using: &random) ? 10 : nil, markers: [0, 5, 200])
            let surface = draw(
                sparkline, .random(in: 0...40, using: &random), .random(in: 0...4, using: &random), form: form)
            #expect(surface.cells.allSatisfy { $0.glyph.width == 1 })
        }
    }

    @Test func aGaugeIsFullOnlyWhenAllIsDone() {
        func bar(_ share: Double, _ label: TerminalText = .empty) -> String {
            var surface = Surface(TerminalSize(columns: 10, rows: 1))
            Gauge(share, label).draw(into: &surface, in: surface.bounds, DrawContext(glyphs: .ascii))
            return surface.text
        }
        #expect(bar(0.5, "50 %") == "##... 50 %\n" || bar(0.5, "50 %") == "###.. 50 %\n")
        #expect(bar(0.001) == "#.........\n")
        #expect(bar(0.999) == "#########.\n")
        #expect(bar(1) == "##########\n")
        #expect(bar(.nan) == "..........\n")
    }
}

@Suite("Menu")
struct MenuTests {
    private var menu = Menu<String>(
        "Actions",
        [
            .init("promote", "Promote", key: .character("p"), disabled: "nothing newer is locked"),
            .init("rollback", "Roll back", key: .character("b")), .init("diff", "Show the difference"),
        ])

    @Test mutating func whatCannotBeDoneSaysWhy() throws {
        var surface = Surface(TerminalSize(columns: 60, rows: 7))
        menu.draw(into: &surface, in: surface.bounds, DrawContext())
        try Golden.check(surface.screen, "menu.screen")
        #expect(menu.handle(.character("p")) == .ignored)
        #expect(menu.handle(.character("1")) == .ignored)
        #expect(menu.handle(.character("3")) == .chosen("diff"))
        #expect(menu.handle(KeyPress(.up)) == .changed)
        #expect(menu.handle(KeyPress(.enter)) == .chosen("rollback"))
        #expect(menu.handle(KeyPress(.escape)) == .cancelled)
    }
}

@Suite("Accessible printer")
struct AccessiblePrinterTests {
    private let source = TableTests.rows(1...40)

    private func table(_ moves: TableMove...) -> TableState<String> {
        var table = TableState<String>(TableTests.columns)
        table.resize(rows: 3)
        table.reload(source, at: .zero)
        for move in moves { table.handle(move, at: .zero) }
        return table
    }

    private func tree(_ table: TableState<String>, _ more: AccessNode...) -> AccessTree {
        AccessTree([table.access(source, id: "versions", label: "versions")] + more)
    }

    @Test func onlyWhatChangedIsSaid() {
        var printer = AccessiblePrinter()
        #expect(
            printer.lines(tree(table())).map(\.string) == [
                "table 1 of 40: versions", "row 1 of 40: v1, STATE locked, SHARE 7 %",
                "row 2 of 40: v2, STATE locked, SHARE 14 %",
                "row 3 of 40: v3, STATE live, SHARE 21 %", "row 1 of 40: v1, STATE locked, SHARE 7 %",
            ])
        #expect(printer.lines(tree(table())).isEmpty)
        #expect(printer.lines(tree(table(.down))).map(\.string) == ["row 2 of 40: v2, STATE locked, SHARE 14 %"])
        // A row that nobody is on changes without a word.
        var other = source
        other.rows[2].cells[1] = "failing"
        var quiet = table(.down)
        quiet.reload(other, at: .zero)
        #expect(printer.lines(AccessTree([quiet.access(other, id: "versions", label: "versions")])).isEmpty)
        #expect(printer.lines(tree(table(.last))).map(\.string).last?.hasPrefix("row 40 of 40: v40") == true)
    }

    @Test func aDialogSaysAllThatItOffers() {
        var printer = AccessiblePrinter()
        _ = printer.lines(tree(table()))
        let dialog = Dialog(
            "Promote?", buttons: [Dialog.Button("yes", "Promote", disabled: "read only"), .cancel], openedAt: .zero)
        let lines = printer.lines(tree(table(), dialog.access())).map(\.string)
        let promote = "button 1 of 2: Promote, read only, not possible"
        #expect(lines == ["dialog: Promote?", promote, "button 2 of 2: Cancel"])
    }
}
