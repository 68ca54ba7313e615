import TestKit
import Testing

@testable import TerminalUI

@Suite("Text field")
struct TextFieldTests {
    private func field(_ text: String, _ keys: String...) -> TextField {
        var field = TextField(text)
        for key in keys { KeyPress(key).map { _ = field.handle($0) } }
        return field
    }

    @Test func keysEditAsInAShell() {
        #expect(field("one two", "Ctrl-W", "x").text == "one x")
        #expect(field("one two", "Home", "Ctrl-K").text == "")
        #expect(field("one two", "Ctrl-U", "a", "Ctrl-Y").text == "aone two")
        #expect(field("one two", "Alt-b", "Ctrl-U", "End", "Ctrl-Y").text == "twoone ")
        #expect(field("abc", "Left", "Left", "Delete", "Backspace").text == "c")
        #expect(field("shop@3/versions", "Alt-b", "Alt-b", "Ctrl-K").text == "shop@")
    }

    @Test func aLetterAndItsMarksAreOneStep() {
        #expect(field("e\u{301}", "Backspace").text == "")
        #expect(field("ae\u{301}", "Left", "x").text == "axe\u{301}")
    }

    @Test func pastedLinesBecomeOne() {
        var field = TextField("a", limit: 6)
        field.paste("b\nc\r\n")
        #expect(field.text == "ab c")
        field.paste("too long")
        #expect(field.text.unicodeScalars.count == 6)
    }

    @Test func theCaretIsAlwaysSeen() {
        var surface = Surface(TerminalSize(columns: 8, rows: 1))
        let field = field("0123456789\u{4F5C}\u{8005}")
        #expect(field.draw(into: &surface, in: surface.bounds) == Point(7, 0))
        #expect(surface.text == "789\u{4F5C}\u{8005}\n")
        var moved = field
        for _ in 0..<3 { _ = moved.handle(KeyPress(.left)) }
        #expect(moved.draw(into: &surface, in: surface.bounds) == Point(7, 0))
        #expect(surface.text == "23456789\n")
    }

    @Test func whatIsTypedIsNeverDrawnRaw() {
        var field = TextField()
        field.paste("a\u{1B}[2J")
        var surface = Surface(TerminalSize(columns: 20, rows: 1))
        field.draw(into: &surface, in: surface.bounds)
        #expect(surface.text == "a\u{27E8}1B\u{27E9}[2J\n")
        #expect(field.text == "a\u{1B}[2J")
    }
}

@Suite("Prompt")
struct PromptTests {
    private func press(_ prompt: inout Prompt, _ keys: String) -> Prompt.Outcome {
        keys.split(separator: " ").compactMap { KeyPress($0) }.map { prompt.handle($0) }.last ?? .ignored
    }

    @Test func historyKeepsWhatWasTyped() {
        var prompt = Prompt(.command, history: ["promote shop", "rollback shop"])
        _ = press(&prompt, "x y Up")
        #expect(prompt.text == "rollback shop")
        _ = press(&prompt, "Up Up Down Down")
        #expect(prompt.text == "xy")
        #expect(Prompt.remember("a", in: ["a", "b"]) == ["b", "a"])
    }

    @Test func theGhostIsTakenByRight() {
        var prompt = Prompt(.command, text: "pro")
        prompt.candidates = ["promote", "probe"]
        #expect(prompt.ghost == "mote")
        #expect(press(&prompt, "Right") == .edited)
        #expect(prompt.text == "promote")
    }

    @Test func tabWalksTheCandidates() {
        var prompt = Prompt(.command, text: "pro")
        prompt.candidates = ["promote", "probe"]
        #expect(press(&prompt, "Tab Tab") == .walked)
        #expect(prompt.text == "probe")
        _ = press(&prompt, "Tab")
        #expect(prompt.text == "promote")
        _ = press(&prompt, "Shift-Tab")
        #expect(prompt.text == "probe")
    }

    @Test func itEndsByEnterEscOrBackspaceOnNothing() {
        var prompt = Prompt(.filter, text: "a")
        #expect(press(&prompt, "Enter") == .accepted("a"))
        #expect(press(&prompt, "Esc") == .cancelled)
        #expect(press(&prompt, "Backspace") == .edited)
        #expect(press(&prompt, "Backspace") == .cancelled)
        #expect(press(&prompt, "F5") == .ignored)
    }

    @Test func theBarShowsCandidatesGhostAndFault() throws {
        var prompt = Prompt(.command, text: "pro")
        prompt.candidates = ["promote", "probe", "provision"]
        prompt.fault = "no such verb"
        var surface = Surface(TerminalSize(columns: 40, rows: 6))
        let cursor = prompt.draw(into: &surface, in: surface.bounds, DrawContext())
        try Golden.check(Frame(surface, cursor: cursor).screen, "prompt.screen")
    }
}
