import TestKit
import Testing

@testable import TerminalUI

@Suite("Table")
struct TableTests {
    static let columns = [
        TableColumn("version", "VERSION", priority: 9),
        TableColumn("state", "STATE", priority: 5),
        TableColumn("share", "SHARE", .right, priority: 4),
        TableColumn("note", "NOTE", minimum: 6, isFlexible: true, priority: 2),
    ]

    static func row(_ number: Int, _ state: String, _ note: String = "") -> TableRow<String> {
        TableRow(
            "v\(number)",
            [
                StyledLine("v\(number)", .textStrong), StyledLine(TerminalText(untrusted: state), .statusOk),
                StyledLine("\(number * 7 % 100) %"), StyledLine(TerminalText(untrusted: note), .textMuted),
            ], sortKeys: [0: .number(number), 2: .number(number * 7 % 100)])
    }

    static func rows(_ numbers: some Sequence<Int>) -> TableRows<String> {
        TableRows(
            numbers.map {
                row($0, $0 % 3 == 0 ? "live" : "locked", $0 % 4 == 0 ? "Canary for the \u{4F5C}\u{8005}" : "")
            })
    }

    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    private func table(_ source: TableRows<String>, page: Int = 5) -> TableState<String> {
        var table = TableState<String>(Self.columns)
        table.resize(rows: page)
        table.reload(source, at: .zero)
        return table
    }

    private func screen(
        _ table: TableState<String>, _ source: TableRows<String>, _ columns: Int = 44, _ rows: Int = 6, now: Int64 = 0
    ) -> Surface {
        var surface = Surface(TerminalSize(columns: columns, rows: rows))
        table.draw(
            into: &surface, in: surface.bounds, source, DrawContext(now: Instant(milliseconds: now)))
        return surface
    }

    @Test(arguments: [60, 44, 24, 9]) func theTableFitsItsWidth(_ width: Int) throws {
        let source = Self.rows(1...12)
        var table = table(source)
        table.sort(by: 2, source)
        table.filter("l", source)
        table.handle(.mark, at: .zero)
        try Golden.check(screen(table, source, width).screen, "table-\(width).screen")
    }

    @Test func theSelectedRowStaysOnItsLineWhenRowsComeBeforeIt() {
        let source = Self.rows(10...40)
        var table = table(source)
        for _ in 0..<8 { table.handle(.down, at: at(0)) }
        #expect(table.selected == "v18")
        let before = screen(table, source).text(row: 5)
        let more = Self.rows(Array(1...9) + Array(10...40))
        table.reload(more, at: at(9000))
        #expect(table.selected == "v18")
        #expect(screen(table, more, now: 20000).text(row: 5) == before)
    }

    @Test func whileTheCursorMovesTheOrderIsHeld() {
        var source = Self.rows(1...5)
        var table = table(source)
        table.sort(TableSort(column: 2, isDescending: true), source)
        let order = (0..<5).map { table.index.id(at: $0) }
        table.handle(.down, at: at(1000))
        source = TableRows(source.rows.reversed() + [Self.row(14, "new")])
        source.rows[0].sortKeys[2] = .number(999)
        table.reload(source, at: at(2000))
        #expect((0..<5).map { table.index.id(at: $0) } == order)
        #expect(table.position(at: at(2000)).string == "2/5 of 6 \u{00B7} order held, 1 new")
        #expect(table.isHeld(at: at(5999)))
        #expect(table.wakeUp(at: at(2000)) == at(4000))
        #expect(table.wakeUp(at: at(4000)) == at(6000))
        #expect(!table.isHeld(at: at(6000)))
        table.reload(source, at: at(6000))
        #expect(table.index.id(at: 0) == "v5")
        #expect(table.index.count == 6)
    }

    @Test func aFreshTableShowsWhatComesFirst() {
        var source = Self.rows(1...5)
        var table = table(source)
        source.rows.insert(Self.row(99, "bad"), at: 0)
        table.reload(source, at: at(100))
        #expect(table.selected == "v99")
        table.handle(.up, at: at(200))
        source.rows.insert(Self.row(98, "bad"), at: 0)
        table.reload(source, at: at(9000))
        #expect(table.selected == "v99")
    }

    @Test func aRowThatIsGoneLeavesTheCursorToItsNeighbour() {
        let source = Self.rows(1...9)
        var table = table(source)
        table.handle(.down, at: at(0))
        table.reload(Self.rows([1, 3, 4, 5]), at: at(9000))
        #expect(table.selected == "v3")
        table.reload(Self.rows([]), at: at(19000))
        #expect(table.selected == nil)
        #expect(screen(table, Self.rows([])).text.contains("nothing to show"))
        table.handle(.pageDown, at: at(20000))
    }

    @Test(arguments: [
        ("live", 4), ("LIVE", 4), ("!live", 8), ("state:live", 4), ("state:=loc", 0), ("state:=locked", 8),
        ("share:>50", 5), ("share:<50 live", 2), ("version:1", 4), ("re:^v1.*canary", 1), ("re:(", 0), ("\u{8005}", 3),
        ("nobody:here", 0), ("\"for the\"", 3), ("", 12), ("!", 0), ("canary v8", 1),
    ])
    func filters(_ text: String, _ count: Int) {
        let source = Self.rows(1...12)
        var table = TableState<String>(Self.columns, patterns: Self.onePattern)
        table.reload(source, at: .zero)
        table.filter(text, source)
        #expect(table.count == count, "\(text)")
        #expect(table.index.hasBadPattern == (text == "re:("))
    }

    /// A stand-in for the console's regular expressions: one pattern is known, and finds the row of v12.
    private static func onePattern(_ pattern: String) -> (@Sendable (UnsafeRawBufferPointer) -> Bool)? {
        guard pattern == "^v1.*canary" else { return nil }
        return { row in String(decoding: row, as: UTF8.self).hasPrefix("v12\u{1F}") }
    }

    /// Typing on gives the same rows as asking afresh.
    @Test func narrowingFindsWhatAFreshSearchFinds() async {
        var random = SeededGenerator(seed: 3)
        let source = Self.rows(1...60)
        for _ in 0..<60 {
            await Task.yield()
            var typed = table(source)
            var text = ""
            for _ in 0..<6 {
                text.append(
                    ["1", "2", "l", "i", "v", "o", " ", "!", "c", ":", "state:"].randomElement(using: &random) ?? "")
                typed.filter(text, source)
                var fresh = table(source)
                fresh.filter(text, source)
                #expect(
                    (0..<typed.count).map { typed.index.id(at: $0) }
                        == (0..<fresh.count).map { fresh.index.id(at: $0) }, "\(text)")
            }
        }
    }

    @Test func signsAreReadAsWords() throws {
        var table = TableState<String>([TableColumn("state", "", .left), TableColumn("name", "NAME", .left)])
        let rows = [("✗", Role.statusBad), ("●", .statusOk), ("○", .textMuted), ("4", .statusBad)].map { sign, ink in
            TableRow(sign, [StyledLine(TerminalText(untrusted: sign), ink), StyledLine("shop")])
        }
        table.reload(TableRows(rows), at: .zero)
        table.resize(rows: 10)
        let read = table.access(TableRows(rows), id: "table", label: "list").children.map {
            "\($0.label.string), \($0.value.string)"
        }
        #expect(read == ["failing, NAME shop", "well, NAME shop", "shop, ", "4, NAME shop"])
    }

    @Test func marksAreTargets() {
        let source = Self.rows(1...9)
        var table = table(source)
        #expect(table.targets == ["v1"])
        table.handle(.mark, at: .zero)
        table.handle(.down, at: .zero)
        table.handle(.markRange, at: .zero)
        table.handle(.down, at: .zero)
        table.handle(.markRange, at: .zero)
        #expect(table.targets == ["v1", "v3", "v4"])
        table.handle(.invertMarks, at: .zero)
        #expect(table.marks.count == 6)
        table.reload(Self.rows([1, 2, 3]), at: at(9000))
        #expect(table.targets == ["v2"])
    }

    @Test func changedRowsAreSetOffForTwoSeconds() {
        var source = Self.rows(1...30)
        var table = table(source)
        source.rows[1].cells[3] = "changed"
        table.reload(source, at: at(100))
        #expect(screen(table, source, now: 200).legend.contains("change.modified"))
        #expect(table.wakeUp(at: at(200)) == at(2100))
        #expect(!screen(table, source, now: 2100).legend.contains("change.modified"))
    }

    @Test func missingKeysComeLastEitherWay() {
        var source = Self.rows(1...4)
        source.rows[1].sortKeys[2] = .missing
        var table = table(source)
        table.sort(by: 2, source)
        #expect((0..<4).map { table.index.id(at: $0) } == ["v1", "v3", "v4", "v2"])
        table.sort(by: 2, source)
        #expect((0..<4).map { table.index.id(at: $0) } == ["v4", "v3", "v1", "v2"])
    }

    @Test func textIsSortedWithoutCaseAndBeyondItsBeginning() {
        let names = ["zone-alpha-9", "Zone-Alpha-10", "beta", "ZONE-ALPHA-1", "beta2", "\u{4F5C}"]
        let source = TableRows(names.map { TableRow($0, [StyledLine(TerminalText(untrusted: $0))]) })
        var table = TableState<String>([TableColumn("name", "NAME")])
        table.reload(source, at: .zero)
        table.sort(by: 0, source)
        #expect(
            (0..<6).map { table.index.id(at: $0) } == [
                "beta", "beta2", "ZONE-ALPHA-1", "Zone-Alpha-10", "zone-alpha-9", "\u{4F5C}",
            ])
    }

    /// Keys and reloads at random: the cursor is a shown row on the screen, or there is none.
    @Test func randomUseKeepsTheCursorInside() async {
        var random = SeededGenerator(seed: 0xF00D)
        for _ in 0..<60 {
            await Task.yield()
            var table = table(Self.rows(1...20), page: .random(in: 1...8, using: &random))
            var source = Self.rows(1...20)
            var now: Int64 = 0
            for _ in 0..<40 {
                now += .random(in: 0...4000, using: &random)
                switch Int.random(in: 0...6, using: &random) {
                case 0:
                    source = Self.rows((1...60).filter { _ in Bool.random(using: &random) }.shuffled(using: &random))
                    table.reload(source, at: at(now))
                case 1: table.filter(["", "l", "v1", "!live", "zzz"].randomElement(using: &random) ?? "", source)
                case 2: table.sort(by: Int.random(in: 0...3, using: &random), source)
                case 3: table.resize(rows: .random(in: 0...9, using: &random))
                default: table.handle(TableMove.allCases.randomElement(using: &random) ?? .up, at: at(now))
                }
                let rows = Int.random(in: 0...9, using: &random)
                var surface = Surface(TerminalSize(columns: .random(in: 0...50, using: &random), rows: rows))
                let cursor = table.draw(into: &surface, in: surface.bounds, source, DrawContext(now: at(now)))
                if let cursor { #expect(surface.bounds.contains(cursor)) }
                #expect((table.selected == nil) == table.isEmpty)
                if let selected = table.selected { #expect(table.index.place(of: selected) == table.place) }
            }
        }
    }
}
