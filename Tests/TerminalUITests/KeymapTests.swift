import InterfaceText
import TestKit
import Testing

@testable import TerminalUI

@Suite("Keymap")
struct KeymapTests {
    enum Action: String, KeyAction, CaseIterable { case up, apps, audit, help, promote, rollback, close, quit }

    static let keymap = Keymap<Action>([
        KeyBinding(
            .promote, "p", in: "versions", "promote to the next environment", group: "Versions"),
        KeyBinding(.rollback, "b", in: "versions", "roll back", group: "Versions"),
        KeyBinding(.close, "q", in: "help", "close the help", group: "Help", replaces: true),
        KeyBinding(.up, "Up, k", "one row up", group: "Moving"),
        KeyBinding(.apps, "g a", "applications", group: "Going"),
        KeyBinding(.audit, "g A", "audit log", group: "Going"),
        KeyBinding(.help, "?", "this help", group: "Help"),
        KeyBinding(.quit, "q", "quit", group: "Help"),
    ])

    private func press(_ keys: String, _ contexts: [KeyContext], _ state: inout KeyState) -> [Keymap<Action>.Outcome] {
        keys.split(separator: " ").compactMap { KeyPress($0) }.map {
            Self.keymap.press($0, &state, in: contexts, at: Instant(milliseconds: 10))
        }
    }

    @Test func theInnermostContextComesFirst() {
        var state = KeyState()
        #expect(press("q", ["help"], &state) == [.action(.close)])
        #expect(press("q k", ["versions"], &state) == [.action(.quit), .action(.up)])
        #expect(press("p", [], &state) == [.unbound([.character("p")])])
    }

    @Test func sequencesWaitForTheirEnd() {
        var state = KeyState()
        #expect(press("g A", ["versions"], &state) == [.pending, .action(.audit)])
        #expect(press("g", [], &state) == [.pending])
        #expect(state.popUpAt == Instant(milliseconds: 410))
        #expect(Self.keymap.continuations(state, in: []).map(\.keys.string) == ["a", "A"])
        #expect(press("Esc", [], &state) == [.unbound([.character("g"), KeyPress(.escape)])])
        #expect(!state.isPending)
        #expect(press("g x", [], &state).last == .unbound([.character("g"), .character("x")]))
    }

    @Test func helpAndManualComeFromTheTable() throws {
        #expect(Self.keymap.help(["versions"], search: "ROLL").flatMap(\.rows).map(\.title.string) == ["roll back"])
        #expect(Self.keymap.help(["versions"]).map(\.title.string) == ["Versions", "Moving", "Going", "Help"])
        try Golden.check(Self.keymap.manual, "keymap-manual.md")
    }

    @Test func clashesAreFound() {
        #expect(Self.keymap.problems == [])
        let bad = Keymap<Action>([
            KeyBinding(.up, "k", "up"), KeyBinding(.quit, "k", "quit"), KeyBinding(.apps, "k a", "apps"),
            KeyBinding(.help, "Strg-H", "help"), KeyBinding(.close, "k", in: "help", "close"),
        ])
        #expect(
            bad.problems == [
                "help: \"Strg-H\" is no key", "up (everywhere) and quit (everywhere): both have k",
                "up (everywhere) and apps (everywhere): k a and k begin alike",
                "quit (everywhere) and apps (everywhere): k a and k begin alike",
                "up (everywhere) and close (help): both have k", "quit (everywhere) and close (help): both have k",
                "apps (everywhere) and close (help): k and k a begin alike",
            ])
    }

    @Test func peoplesOwnKeysReplaceOurs() throws {
        let (overrides, faults) = KeymapText.read(
            "[keys]\nquit = []\nup = [\"F2\", \"w\"]\n[keys.versions]\nrollback = \"x\"\n")
        #expect(faults.isEmpty)
        let (mine, problems) = Self.keymap.overridden(by: overrides)
        #expect(problems == [])
        #expect(mine.key(for: .rollback, in: ["versions"])?.string == "x")
        #expect(mine.key(for: .up, in: [])?.string == "F2")
        #expect(mine.key(for: .quit, in: []) == nil)
    }

    @Test func wrongKeysOfPeopleAreTold() {
        let (overrides, faults) = KeymapText.read("[keys]\nfly = \"f\"\nup = \"Hyper-X\"\nhelp = 3\nquit = \"k\"\n")
        #expect(faults.map(\.line) == [3, 4])
        let problems = Self.keymap.overridden(by: overrides).problems
        #expect(problems == ["there is no action \"fly\"", "up (everywhere) and quit (everywhere): both have k"])
        #expect(KeymapText.read("[keys").faults.count == 1)
        #expect(KeymapText.read("keys = 1\nother = 2").faults.count == 2)
    }
}
