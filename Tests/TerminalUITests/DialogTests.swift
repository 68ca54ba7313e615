import TestKit
import Testing

@testable import TerminalUI

@Suite("Dialog")
struct DialogTests {
    static let diff = DiffView([
        DiffLine(.heading, "http_request_dynamic_redirect"),
        DiffLine(.removed, [.init("if path eq "), .init("\"/old\"", isWord: true)], change: "to-new"),
        DiffLine(.added, [.init("if path eq "), .init("\"/older\"", isWord: true)], change: "to-new"),
        DiffLine(.context, "unchanged: 4 rules"),
        DiffLine(.heading, "http_response_headers_transform"),
        DiffLine(.moved, "hsts: 3 \u{2192} 1", change: "hsts"),
    ])

    private func promote(_ at: Int64 = 1000, required: String? = nil) -> Dialog {
        let fields = required.map { [Dialog.Field("name", "name", required: $0)] } ?? []
        return Dialog(
            "Promote shop@4", banner: [StyledLine("prod-eu \u{25B8} PRODUCTION", .envProd, .bold)],
            body: ["3 of 42 rules change, 12 hosts.", ""], diff: Self.diff,
            command: "signalbox promote shop --to production", fields: fields,
            buttons: [Dialog.Button("promote", "Promote", key: .character("y")), .cancel], isDanger: required != nil,
            openedAt: Instant(milliseconds: at), openedBy: .character("p"))
    }

    private func press(_ dialog: inout Dialog, _ keys: String, at: Int64 = 2000) -> Dialog.Outcome {
        keys.split(separator: " ").compactMap { KeyPress($0) }
            .map { dialog.handle(.key($0), at: Instant(milliseconds: at)) }.last ?? .ignored
    }

    @Test func whatWasTypedAheadIsNoAnswer() {
        var dialog = promote()
        #expect(press(&dialog, "y", at: 1299) == .ignored)
        #expect(press(&dialog, "y", at: 1300) == .pressed("promote"))
    }

    @Test func enterIsCancelUntilAnotherButtonIsChosen() {
        var dialog = promote()
        #expect(press(&dialog, "Enter") == .cancelled)
        #expect(press(&dialog, "n") == .cancelled)
        #expect(press(&dialog, "Left Enter") == .pressed("promote"))
        #expect(press(&dialog, "Esc") == .cancelled)
    }

    @Test func theKeyThatOpenedItNeverAnswers() {
        var dialog = Dialog(
            "Delete?", buttons: [Dialog.Button("delete", "Delete", key: .character("d")), .cancel], openedAt: .zero,
            openedBy: .character("d"))
        #expect(press(&dialog, "d") == .ignored)
    }

    @Test func theNameMustBeTyped() {
        var dialog = promote(required: "shop")
        #expect(press(&dialog, "s h o y Tab Enter") == .ignored)
        #expect(press(&dialog, "Shift-Tab Backspace p Tab Enter") == .pressed("promote"))
        #expect(dialog.access().children.contains { $0.id == "dialog.button.promote" && !$0.isDisabled })
    }

    @Test(arguments: [80, 40]) func itShowsEverythingAtOnce(_ columns: Int) throws {
        for (name, required) in [("plain", nil), ("typed", "shop")] {
            var dialog = promote(required: required)
            _ = press(&dialog, required == nil ? "F5" : "s")
            var surface = Surface(TerminalSize(columns: columns, rows: 20))
            dialog.resize(surface.size)
            let cursor = dialog.draw(into: &surface, in: surface.bounds, DrawContext())
            try Golden.check(Frame(surface, cursor: cursor).screen, "dialog-\(name)-\(columns).screen")
        }
    }

    @Test func longTextScrolls() {
        var dialog = Dialog(
            "Long", body: (1...40).map { "line \($0)" }, buttons: [.cancel], openedAt: .zero)
        var surface = Surface(TerminalSize(columns: 60, rows: 16))
        dialog.resize(surface.size)
        dialog.draw(into: &surface, in: surface.bounds, DrawContext())
        #expect(surface.text.contains("line 1 "))
        _ = press(&dialog, "End")
        dialog.draw(into: &surface, in: surface.bounds, DrawContext())
        #expect(surface.text.contains("line 40"))
        #expect(!surface.text.contains("line 9 "))
    }
}

@Suite("Diff view")
struct DiffViewTests {
    @Test func countsAreOfChanges() {
        #expect(DialogTests.diff.summary.string == "1 changed, 1 moved")
        #expect(DialogTests.diff.changes == [1..<3, 5..<6])
        #expect(DiffView([DiffLine(.context, "same")]).summary.string == "no difference")
    }

    @Test func linesOfOneKindAreOneChangeWithoutANames() {
        let diff = DiffView([
            DiffLine(.added, "a"), DiffLine(.added, "b"), DiffLine(.removed, "c"), DiffLine(.context, "d"),
        ])
        #expect(diff.changes == [0..<2, 2..<3])
    }

    @Test func jumpsGoFromChangeToChange() throws {
        var lines: [DiffLine] = [DiffLine(.heading, "phase one")]
        for number in 0..<60 { lines.append(DiffLine(number % 20 == 15 ? .added : .context, "rule \(number)")) }
        var diff = DiffView(lines)
        diff.resize(rows: 8)
        diff.handle(.nextChange)
        diff.handle(.nextChange)
        #expect(diff.position.string == "change 2 of 3")
        var surface = Surface(TerminalSize(columns: 30, rows: 8))
        diff.draw(into: &surface, in: surface.bounds, DrawContext())
        try Golden.check(surface.screen, "diff-jump.screen")
        diff.handle(.previousChange)
        diff.handle(.previousChange)
        #expect(diff.position.string == "change 1 of 3")
        for move in DiffMove.allCases + DiffMove.allCases { diff.handle(move) }
    }
}
