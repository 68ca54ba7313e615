import TestKit
import Testing

@testable import TerminalUI

@Suite("Pager, help, tree, form")
struct ReadingTests {
    private func press(_ keys: String, _ take: (KeyPress) -> Void) {
        for word in keys.split(separator: " ") { KeyPress(word).map(take) }
    }

    @Test func aPagerSearchesAndFollows() throws {
        var pager = TextPager(untrusted: (1...50).map { "line \($0)\t\u{1B}x\n" }.joined())
        #expect(pager.lines.count == 50)
        #expect(pager.lines[0].text.string == "line 1  \u{27E8}1B\u{27E9}x")
        pager.resize(rows: 6)
        pager.find("LINE 4")
        pager.handle(.nextChange)
        pager.handle(.nextChange)
        #expect(pager.position.string == "43/50 \u{00B7} match 2 of 11")
        var surface = Surface(TerminalSize(columns: 20, rows: 6))
        pager.draw(into: &surface, in: surface.bounds, DrawContext())
        try Golden.check(surface.screen, "pager.screen")
        pager.follows = true
        pager.replace(pager.lines + ["last"])
        pager.draw(into: &surface, in: surface.bounds, DrawContext())
        #expect(surface.text.contains("last"))
        pager.handle(.up)
        #expect(!pager.follows)
    }

    @Test func helpIsSearchedWhileOneTypes() throws {
        let window = Rect(TerminalSize(columns: 60, rows: 16))
        var help = HelpView(KeymapTests.keymap.help(["versions"]), in: window)
        press("r o l l") { #expect(help.handle($0) == .changed) }
        var surface = Surface(TerminalSize(columns: 60, rows: 16))
        let cursor = help.draw(into: &surface, in: surface.bounds, DrawContext())
        try Golden.check(Frame(surface, cursor: cursor).screen, "help.screen")
        #expect(help.access().children.map(\.value.string) == ["roll back"])
        #expect(help.handle(KeyPress(.escape)) == .changed)
        #expect(help.access().children.count == 7)
        #expect(help.handle(.character("?")) == .closed)
        #expect(help.handle(KeyPress(.escape)) == .closed)
    }

    private static let tree = [
        TreeState<String>.Node(
            "shop", "shop",
            [
                .init("shop@2", "version 2", [.init("hsts", "hsts"), .init("redirects", "redirects")]),
                .init("shop@1", "version 1"),
            ]),
        TreeState<String>.Node("blog", "blog"),
    ]

    @Test func aTreeOpensAndCloses() throws {
        var tree = TreeState(Self.tree)
        tree.resize(rows: 8)
        for move in [TreeState<String>.Move.open, .down, .down] { tree.handle(move) }
        #expect(tree.selected == "redirects")
        var surface = Surface(TerminalSize(columns: 24, rows: 6))
        tree.draw(into: &surface, in: surface.bounds, DrawContext())
        try Golden.check(surface.screen, "tree.screen")
        tree.handle(.close)
        #expect(tree.selected == "shop@2")
        tree.handle(.close)
        #expect(
            tree.access(id: "t", label: "t").children.map(\.label.string) == ["shop", "version 2", "version 1", "blog"])
        tree.handle(.last)
        tree.reload(Array(Self.tree.prefix(1)))
        #expect(tree.selected == "shop@1")
        tree.reload([])
        #expect(tree.selected == nil)
        for move in TreeState<String>.Move.allCases { tree.handle(move) }
    }

    @Test func aFormShowsWhatIsWrongBesideTheField() throws {
        var form = Form([
            .init("name", "name", text: "shop"), .init("host", "host name", placeholder: "www.example.com"),
            .init("note", "note"),
        ])
        press("Tab Tab a b") { _ = form.handle(.key($0)) }
        form.show(faults: ["host": "needs a dot"])
        #expect(form.focus == 1)
        var surface = Surface(TerminalSize(columns: 40, rows: 6))
        let cursor = form.draw(into: &surface, in: surface.bounds, DrawContext())
        try Golden.check(Frame(surface, cursor: cursor).screen, "form.screen")
        #expect(form.access(id: "f", label: "f").children.last?.value.string == "ab")
        #expect(form.handle(.paste("x.example\n")) == .changed)
        #expect(form.values == ["name": "shop", "host": "x.example", "note": "ab"])
        #expect(form.handle(.key(KeyPress(.enter))) == .changed)
        #expect(form.handle(.key(KeyPress(.enter))) == .submitted)
        #expect(form.handle(.key(KeyPress(.escape))) == .cancelled)
    }

    /// Moves at random in windows of any size: no trap, and the cursor is on what is drawn.
    @Test func randomReadingNeverTraps() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            var pager = TextPager((0..<Int.random(in: 0...30, using: &random)).map { "row \($0)" })
            var tree = TreeState(Self.tree)
            var form = Form((0..<Int.random(in: 1...5, using: &random)).map { .init("f\($0)", "field \($0)") })
            for _ in 0..<20 {
                var surface = Surface(
                    TerminalSize(
                        columns: .random(in: 0...40, using: &random), rows: .random(in: 0...12, using: &random)))
                pager.resize(rows: surface.size.rows)
                tree.resize(rows: surface.size.rows)
                if Bool.random(using: &random) { pager.find(["", "row 1", "zz"].randomElement(using: &random) ?? "") }
                pager.handle(DiffMove.allCases.randomElement(using: &random) ?? .up)
                tree.handle(TreeState<String>.Move.allCases.randomElement(using: &random) ?? .up)
                _ = form.handle(.key(KeyPress([Key.tab, .up, .character("a")].randomElement(using: &random) ?? .tab)))
                pager.draw(into: &surface, in: surface.bounds, DrawContext())
                let places = [
                    tree.draw(into: &surface, in: surface.bounds, DrawContext()),
                    form.draw(into: &surface, in: surface.bounds, DrawContext()),
                ]
                for case let place? in places where !surface.bounds.contains(place) {
                    Issue.record("cursor \(place) outside of \(surface.size)")
                }
            }
        }
    }
}
