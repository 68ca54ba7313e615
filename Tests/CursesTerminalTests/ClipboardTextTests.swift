import CursesTerminal
import Testing

@Suite("Copies through the terminal")
struct ClipboardTextTests {
    typealias Tmux = ClipboardText.Tmux

    @Test(arguments: [
        (nil, false, ClipboardText.Route.direct), (nil, true, .screen),
        (Tmux(setClipboard: "on", allowPassthrough: "off"), false, .direct),
        (Tmux(setClipboard: "external", allowPassthrough: "off"), false, .blocked),
        (Tmux(setClipboard: "external", allowPassthrough: "on"), false, .tmuxPassthrough),
        (Tmux(setClipboard: "off", allowPassthrough: "all"), true, .tmuxPassthrough),
        // Not to be asked: it may still take it.
        (Tmux(), false, .direct),
    ])
    func theMultiplexerDecidesTheWay(tmux: Tmux?, isScreen: Bool, route: ClipboardText.Route) {
        #expect(ClipboardText.route(tmux: tmux, isScreen: isScreen) == route)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("é\u{1B}", "w6kb"),
    ])
    func theTextTravelsAsBase64(text: String, coded: String) throws {
        let bytes = try #require(ClipboardText.sequence(text, .direct))
        #expect(String(decoding: bytes, as: UTF8.self) == "\u{1B}]52;c;\(coded)\u{07}")
    }

    @Test func tmuxGetsItWrappedAndScreenInPieces() throws {
        let wrapped = try #require(ClipboardText.sequence("foo", .tmuxPassthrough))
        #expect(String(decoding: wrapped, as: UTF8.self) == "\u{1B}Ptmux;\u{1B}\u{1B}]52;c;Zm9v\u{07}\u{1B}\\")
        let pieces = try #require(ClipboardText.sequence(String(repeating: "x", count: 900), .screen))
        let parts = String(decoding: pieces, as: UTF8.self).split(separator: "\u{1B}\\")
        #expect(parts.count == 3)
        #expect(parts.allSatisfy { $0.hasPrefix("\u{1B}P") && $0.utf8.count <= 768 })
        #expect(ClipboardText.sequence("foo", .blocked) == nil)
    }
}
