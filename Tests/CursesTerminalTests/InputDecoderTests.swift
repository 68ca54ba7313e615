import CursesTerminal
import TerminalUI
import TestKit
import Testing

@Suite("Bytes to keys")
struct InputDecoderTests {
    private static let linux: [String: String] = ["kf1": "\u{1B}[[A", "khome": "\u{1B}[1~", "kcuu1": "\u{1B}[A"]

    private func decoder(_ capabilities: [String: String] = [:]) -> InputDecoder {
        InputDecoder(KeySequences { capabilities[$0].map { Array($0.utf8) } })
    }

    private func events(_ text: String, _ capabilities: [String: String] = [:]) -> [InputEvent] {
        var decoder = decoder(capabilities)
        let events = decoder.feed(Array(text.utf8))
        return events + decoder.flush()
    }

    private func keys(_ text: String, _ capabilities: [String: String] = [:]) -> [String] {
        events(text, capabilities).map { event in
            if case .key(let press) = event { press.name } else { "\(event)" }
        }
    }

    @Test(arguments: [
        ("abc", ["a", "b", "c"]), ("\u{1B}[B\u{1B}OD", ["Down", "Left"]), ("\u{1B}[1;2A", ["Shift-Up"]),
        ("\u{1B}[1;7D", ["Ctrl-Alt-Left"]), ("\u{1B}[3~\u{1B}[5;5~", ["Delete", "Ctrl-PgUp"]),
        ("\u{1B}[17~\u{1B}[24~\u{1B}[25~", ["F6", "F12", "F13"]), ("\u{1B}OP\u{1B}[1;2Q", ["F1", "Shift-F2"]),
        ("\u{1B}[[C", ["F3"]), ("\u{1B}\r", ["Alt-Enter"]), ("\u{1B}\u{7F}", ["Alt-Backspace"]),
        ("\u{1B}é", ["Alt-é"]), ("\u{1B}\u{1B}", ["Esc", "Esc"]), ("\u{1B}\u{1B}[A", ["Esc", "Up"]),
        ("\u{00}\u{01}\u{1A}\u{1C}", ["Ctrl-Space", "Ctrl-A", "Ctrl-Z", "Ctrl-\\"]), ("\n", ["Enter"]),
        ("\u{1B}[", ["Alt-["]), ("\u{1B}O", ["Alt-O"]), ("\u{1B}[97;5u", ["Ctrl-A"]), ("\u{1B}[27u", ["Esc"]),
    ])
    func aKeyIsReadFromWhatItSends(text: String, names: [String]) {
        #expect(keys(text) == names)
    }

    @Test func theTerminalsOwnDescriptionComesFirst() {
        #expect(keys("\u{1B}[[A\u{1B}[1~\u{1B}[Ax", Self.linux) == ["F1", "Home", "Up", "x"])
        #expect(keys("\u{1B}zz", ["kf5": "\u{1B}zz"]) == ["F5"])
        #expect(keys("\u{1B}z", ["kf5": "\u{1B}zz"]) == ["Alt-z"])
    }

    @Test(arguments: [
        "\u{1B}[?62;c", "\u{1B}[99~", "\u{1B}[201~", "\u{1B}[<35;4;4M", "\u{1B}[M !!", "\u{1B}[1;1", "\u{9B}",
        "\u{1B}[99999999999999999999~", "\u{1B}Ox",
    ])
    func whatMeansNothingTypesNothing(text: String) {
        #expect(keys(text).isEmpty)
        #expect(keys(text + "\u{1B}[A").last == "Up" || text == "\u{1B}[1;1")
    }

    @Test func escapeIsToldFromASequenceByWaiting() {
        var decoder = decoder()
        #expect(decoder.patience == nil)
        #expect(decoder.feed([0x1B]).isEmpty)
        #expect(decoder.patience == .milliseconds(10))
        #expect(decoder.flush() == [.key(KeyPress(.escape))])
        #expect(decoder.feed([0x1B]).isEmpty)
        #expect(decoder.feed([0x5B, 0x31]).isEmpty)
        // What has begun may be cut by a slow link.
        #expect(decoder.patience == .milliseconds(250))
        #expect(decoder.feed(Array(";5A".utf8)) == [.key(KeyPress(.up, .control))])
        #expect(decoder.patience == nil)
    }

    @Test func brokenUTF8IsLeftOutAndWhatFollowsIsRead() {
        var decoder = decoder()
        #expect(decoder.feed([0xFF, 0x61, 0xC3]) == [.key(KeyPress(.character("a")))])
        #expect(decoder.feed([0xA9]) == [.key(KeyPress(.character("é")))])
        #expect(decoder.feed([0xE4, 0xBD]).isEmpty)
        #expect(decoder.feed([0x62]) == [.key(KeyPress(.character("b")))])
    }

    @Test func clicksAndTheWheelHavePlacesAndModifiers() {
        #expect(
            events("\u{1B}[<2;300;40M\u{1B}[<2;300;40m\u{1B}[<81;1;2M") == [
                .mouse(MouseEvent(.press, at: Point(299, 39), button: .right)),
                .mouse(MouseEvent(.release, at: Point(299, 39), button: .right)),
                .mouse(MouseEvent(.wheelDown, at: Point(0, 1), button: .none, modifiers: .control)),
            ])
    }

    @Test func aPasteIsOneEventHoweverItArrives() {
        let text = "\u{1B}[200~a\u{1B}[A\n\u{1B}[20\u{1B}[201~b"
        #expect(events(text) == [.paste("a\u{1B}[A\n\u{1B}[20"), .key(KeyPress(.character("b")))])
        var decoder = decoder()
        var result: [InputEvent] = []
        for byte in text.utf8 { result += decoder.feed([byte]) }
        #expect(result == events(text))
    }

    @Test func aPasteWithoutEndIsGivenUpAfterASecond() {
        var decoder = decoder()
        #expect(decoder.feed(Array("\u{1B}[200~abc\u{1B}[2".utf8)).isEmpty)
        #expect(decoder.patience == .seconds(1))
        #expect(decoder.flush() == [.paste("abc\u{1B}[2")])
        #expect(decoder.feed(Array("x".utf8)) == [.key(KeyPress(.character("x")))])
    }

    @Test func aPasteIsBounded() {
        var decoder = decoder()
        _ = decoder.feed(Array("\u{1B}[200~".utf8))
        let part = [UInt8](repeating: 0x61, count: 300_000)
        for _ in 0..<5 { #expect(decoder.feed(part).isEmpty) }
        guard case .paste(let text) = decoder.feed(Array("\u{1B}[201~".utf8)).first else {
            Issue.record("no paste")
            return
        }
        #expect(text.utf8.count == InputDecoder.pasteLimit)
    }

    @Test func howBytesAreCutChangesNothing() {
        var random = SeededGenerator.announced("input decoder")
        let pieces = [
            "\u{1B}", "[", "O", "A", ";", "5", "~", "<", "M", "m", "200~", "201~", "\u{1B}[201~", "é", "x", "\r",
            "\u{7F}", "u",
        ]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            let bytes = Array(text.utf8) + [UInt8.random(in: 0...255, using: &random), 0x78]
            var whole = decoder(Self.linux)
            let expected = whole.feed(bytes) + whole.flush()
            var cut = decoder(Self.linux)
            var result: [InputEvent] = []
            for byte in bytes { result += cut.feed([byte]) }
            result += cut.flush()
            #expect(result == expected, "\(bytes)")
        }
    }

    @Test func twoPressesInAShortTimeAreADoubleClick() {
        var clicks = ClickCounter()
        let start = ContinuousClock.now
        let press = MouseEvent(.press, at: Point(1, 1))
        #expect(clicks.count(press, at: start).action == .press)
        #expect(clicks.count(press, at: start + .milliseconds(300)).action == .doublePress)
        #expect(clicks.count(press, at: start + .milliseconds(400)).action == .press)
        #expect(clicks.count(press, at: start + .milliseconds(900)).action == .press)
        #expect(clicks.count(MouseEvent(.press, at: Point(2, 1)), at: start + .milliseconds(950)).action == .press)
    }
}
