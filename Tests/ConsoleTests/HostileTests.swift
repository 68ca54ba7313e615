import ControlPlane
import EdgeModel
import TerminalUI
import TestKit
import Testing

@testable import Console

/// Whatever is in the state or typed, the screen stays whole.
struct HostileTests {
    /// Keys that the key map knows, and some that it does not.
    private static let keys: [KeyPress] =
        Keys.map.bindings.flatMap(\.sequences).flatMap(\.presses)
        + ["Tab", "Backspace", "Delete", "F5", "Alt-x", "r", "w", "f", "y", "é", "漢"].compactMap { KeyPress($0) }

    @Test func randomKeysNeverBreakTheScreen() async throws {
        var random = SeededGenerator.announced("console keys")
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "a draft", path: "/draft")
        for _ in 0..<6 {
            var console = try await shift.operatorAt(
                size: TerminalSize(
                    columns: 60 + Int.random(in: 0...80, using: &random),
                    rows: 16 + Int.random(in: 0...30, using: &random)))
            for _ in 0..<100 where console.simulator.status == nil {
                switch Int.random(in: 0..<12, using: &random) {
                case 0: await console.wait(Int64.random(in: 1...2_000, using: &random))
                case 1:
                    console.simulator.send(
                        event: .resize(
                            TerminalSize(
                                columns: Int.random(in: 0...150, using: &random),
                                rows: Int.random(in: 0...50, using: &random))))
                case 2: console.simulator.send(event: .paste("x\u{1B}[31m\n\t\u{202E}y"))
                default:
                    guard let key = Self.keys.randomElement(using: &random) else { continue }
                    console.simulator.send(event: .key(key))
                    await console.simulator.settle(console.handler)
                }
                let frame = console.simulator.frame
                #expect(frame.cursor.map { frame.surface.bounds.contains($0) } ?? true)
                #expect(frame.surface.cells.count == frame.surface.size.columns * frame.surface.size.rows)
            }
        }
    }

    @Test func hostileTextIsShownAndNeverSent() async throws {
        let shift = try NightShift.withShop()
        let hostile = "\u{1B}]52;c;aGk=\u{07}\u{1B}[2J\u{202E}evil\r\n\u{0}"
        let version = try shift.draft("shop", note: hostile, path: "/x")
        _ = try shift.plane().annotateVersion(
            VersionReference(application: name("shop"), selector: .number(version.number)), note: hostile)
        for path in ["shop", "shop@4", "audit", "deployments", "diff/shop@3/shop@4"] {
            var console = try await shift.operatorAt(path, size: TerminalSize(columns: 140, rows: 40))
            try await console.press("p")
            for cell in console.simulator.frame.surface.cells {
                for index in 0..<cell.glyph.count {
                    let scalar = cell.glyph[index]
                    #expect(scalar >= 0x20 && scalar != 0x7F && !(0x80...0x9F).contains(scalar) && scalar != 0x202E)
                }
            }
        }
    }

    @Test func theKeyMapHasNoConflictAndEveryActionItsKey() {
        #expect(Keys.map.problems == [])
        for command in KeyCommand.allCases {
            #expect(Keys.map.key(for: command, in: []) != nil, "\(command.rawValue)")
            #expect(KeyCommand(rawValue: command.rawValue) == command)
        }
    }
}
