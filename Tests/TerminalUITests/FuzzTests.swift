import InterfaceText
import TestKit
import Testing

@testable import TerminalUI

@Suite("Fuzz")
struct FuzzTests {
    private static let hostile = [
        "plain", "\u{1B}[2J\u{1B}]0;x\u{7}", "\u{202E}evil\u{2066}", "\u{9B}31m\u{85}", "\u{301}\u{301}\u{301}",
        "a\u{200D}\u{FE0F}b",
        "\u{4F5C}\u{8005}\u{1F600}\u{1F468}\u{200D}\u{1F469}", "tab\tline\r\nnext\u{2028}", "\u{E0041}\u{AD}\u{34F}",
        "",
    ]

    private static let keys = [
        "/", "x", "d", "t", "s", "Enter", "Esc", "Tab", "Shift-Tab", "Up", "Down", "PgUp", "PgDn", "Home", "End",
        "Left",
        "Right", "Backspace", "Delete", "Ctrl-W", "Ctrl-K", "Ctrl-Y", "a", "b", "v", "!", ":", "Space", "n", "y", "g",
        "1", "Ctrl-P",
    ].compactMap { KeyPress($0) }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func keysAtRandomNeverTrapAndNothingRawIsDrawn(_ seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        for text in Self.hostile {
            var simulator = Simulator<WorkbenchProgram>(.init(text: text))
            for _ in 0..<50 {
                switch Int.random(in: 0...13, using: &random) {
                case 0:
                    simulator.send(
                        event: .resize(
                            TerminalSize(
                                columns: .random(in: 0...130, using: &random), rows: .random(in: 0...40, using: &random)
                            )))
                case 1: simulator.send(event: .paste(text + "\n" + text))
                case 2: simulator.send(.shuffle(.random(in: 0...99, using: &random)))
                case 3: simulator.advance(milliseconds: .random(in: 0...3000, using: &random))
                case 4:
                    let point = Point(.random(in: -3...90, using: &random), .random(in: -3...40, using: &random))
                    let action =
                        [MouseEvent.Action.press, .wheelUp, .wheelDown].randomElement(using: &random) ?? .press
                    simulator.send(event: .mouse(MouseEvent(action, at: point)))
                default: simulator.send(event: .key(Self.keys.randomElement(using: &random) ?? KeyPress(.enter)))
                }
                // Tests beside this one wait for things to happen: two threads are all there are.
                await Task.yield()
                check(simulator.frame, "seed \(seed), text \(text.unicodeScalars.map(\.value))")
            }
        }
    }

    /// Those that ``WorkbenchProgram`` does not hold.
    @Test(arguments: [TerminalSize(columns: 80, rows: 24), .init(columns: 30, rows: 9), .init(columns: 3, rows: 2)])
    func otherWidgetsDrawNothingRaw(_ size: TerminalSize) {
        for text in Self.hostile {
            let safe = TerminalText(untrusted: text)
            var tree = TreeState([.init("a", StyledLine(safe), [.init("b", StyledLine(safe + safe))])])
            tree.resize(rows: size.rows)
            var form = Form([.init("a", safe, text: text, placeholder: safe), .init("b", safe, placeholder: safe)])
            form.show(faults: ["b": safe])
            let help = HelpView([HelpSection(title: safe, rows: [.init(keys: safe, title: safe)])], in: Rect(size))
            var pager = TextPager(untrusted: text + "\n" + text)
            pager.resize(rows: size.rows, wrap: size.columns)
            let crumbs = Breadcrumbs([.init(safe), .init(safe + safe)])
            let draws: [(inout Surface, Rect) -> (Point?, AccessNode)] = [
                { (tree.draw(into: &$0, in: $1, DrawContext()), tree.access(id: "tree", label: safe)) },
                { (form.draw(into: &$0, in: $1, DrawContext()), form.access(id: "form", label: safe)) },
                { (help.draw(into: &$0, in: $1, DrawContext()), help.access()) },
                { surface, rect in
                    pager.draw(into: &surface, in: rect, DrawContext())
                    return (nil, AccessNode(.text, id: "pager", label: pager.lines.first?.text ?? .empty))
                },
                { surface, rect in
                    crumbs.draw(into: &surface, in: rect, DrawContext())
                    return (nil, crumbs.access())
                },
            ]
            for (place, draw) in draws.enumerated() {
                var surface = Surface(size)
                let (cursor, access) = draw(&surface, surface.bounds)
                check(
                    Frame(surface, cursor: cursor, access: AccessTree([access])),
                    "widget \(place), text \(text.unicodeScalars.map(\.value))")
            }
        }
    }

    private func check(_ frame: Frame, _ what: String) {
        let surface = frame.surface
        #expect(surface.cells.count == surface.size.columns * surface.size.rows)
        if let cursor = frame.cursor { #expect(surface.bounds.contains(cursor)) }
        for row in 0..<surface.size.rows {
            let widths = surface.row(row).reduce(0) { $0 + Int($1.glyph.width) }
            #expect(widths == surface.size.columns, "row \(row), \(what)")
        }
        // One expectation for all cells: a million of them would be most of the time.
        let raw = surface.cells.first { cell in
            (0..<cell.glyph.count).contains { place in
                guard let scalar = Unicode.Scalar(cell.glyph[place]) else { return true }
                return Sanitizer.isDeceptive(scalar) || TextWidth.of(scalar) == nil
            }
        }
        #expect(raw == nil, "\(what)")
        for node in frame.access.flat {
            for scalar in (node.label + node.value).string.unicodeScalars where Sanitizer.isDeceptive(scalar) {
                Issue.record("\(node.id) says U+\(String(scalar.value, radix: 16)), \(what)")
            }
        }
    }

    /// Texts near a theme and near a key map: read or told what is wrong, never a trap.
    @Test func brokenFilesNeverTrap() async {
        var random = SeededGenerator(seed: 99)
        let theme = """
            format = 1
            extends = "base"
            [palette]
            ok = { rgb = "#57c785", c256 = 78, c16 = "green" }
            [roles]
            "status.ok" = { fg = "ok", attrs = ["bold"], mono = [], glyph = "x", covers = true }
            [keys]
            up = ["k", "g a"]
            """
        let bits = Array(theme.unicodeScalars) + ["\u{0}", "\u{FFFF}", "\"", "[", "]", "{", "=", "\n", "#", "9"]
        for _ in 0..<1500 {
            await Task.yield()
            var scalars = Array(theme.unicodeScalars)
            for _ in 0..<Int.random(in: 1...6, using: &random) where !scalars.isEmpty {
                let place = Int.random(in: 0..<scalars.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: scalars.remove(at: place)
                case 1: scalars[place] = bits.randomElement(using: &random) ?? "x"
                default: scalars.insert(bits.randomElement(using: &random) ?? "x", at: place)
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            let (read, faults) = ThemeText.read(String(text))
            #expect(read != nil || !faults.isEmpty)
            #expect(faults.allSatisfy { $0.line >= 1 && $0.column >= 1 })
            if let read { _ = ThemeLint.check(read.over(.base)) }
            _ = KeymapText.read(String(text))
        }
    }
}
