import CursesTerminal
import TerminalUI
import Testing

@Suite("Which terminal, how many colours")
struct TerminalChoiceTests {
    private static let known: [String: TerminalFacts] = [
        "xterm-256color": TerminalFacts(colors: 256), "xterm": TerminalFacts(colors: 8),
        "xterm-direct": TerminalFacts(colors: 1 << 24, hasDirectColor: true), "vt100": TerminalFacts(colors: 0),
        "tmux-256color": TerminalFacts(colors: 256), "teletype": TerminalFacts(colors: 0, isAddressable: false),
        "dumb": TerminalFacts(colors: 0, isAddressable: false),
        // In terminfo, yet with no more colours than it says.
        "odd-direct": TerminalFacts(colors: 256, hasDirectColor: true),
    ]

    private func choice(_ environment: [String: String]) throws(TerminalOpenFailure) -> TerminalChoice {
        try TerminalChoice(environment: environment) { Self.known[$0] }
    }

    @Test(arguments: [
        (["TERM": "xterm-256color"], "xterm-256color", ColorDepth.indexed256),
        (["TERM": "xterm"], "xterm", .sixteen), (["TERM": "vt100"], "vt100", .mono),
        (["TERM": "xterm-direct"], "xterm-direct", .direct),
        (["TERM": "xterm-256color", "COLORTERM": "truecolor"], "xterm-direct", .direct),
        (["TERM": "xterm", "COLORTERM": "24bit"], "xterm-direct", .direct),
        // Another family's description would have other keys.
        (["TERM": "tmux-256color", "COLORTERM": "truecolor"], "tmux-256color", .indexed256),
        (["TERM": "xterm-256color", "COLORTERM": "yes"], "xterm-256color", .indexed256),
        (["TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"], "xterm-256color", .mono),
        (["TERM": "xterm-256color", "NO_COLOR": ""], "xterm-256color", .indexed256),
        (["TERM": "odd-direct"], "odd-direct", .indexed256),
    ])
    func theEnvironmentDecides(environment: [String: String], entry: String, depth: ColorDepth) throws {
        let choice = try choice(environment)
        #expect(choice.entry == entry)
        #expect(choice.depth == depth)
    }

    @Test(arguments: [
        ([:], TerminalOpenFailure.unnamed), (["TERM": ""], .unnamed), (["TERM": "dumb"], .dumb("dumb")),
        (["TERM": "teletype"], .dumb("teletype")), (["TERM": "nope"], .unknown("nope")),
    ])
    func whatCannotShowAScreenIsRefused(environment: [String: String], failure: TerminalOpenFailure) {
        #expect(throws: failure) { try choice(environment) }
    }

    @Test(arguments: [
        ([:], true), (["LANG": "C"], true), (["LANG": "POSIX"], true), (["LANG": "de_DE.UTF-8"], true),
        (["LANG": "de_DE.utf8@euro"], true), (["LANG": "de_DE.ISO-8859-1"], false),
        (["LC_ALL": "", "LC_CTYPE": "ru_RU.KOI8-R", "LANG": "C.UTF-8"], false),
        (["LC_ALL": "C.UTF-8", "LANG": "de_DE.ISO-8859-1"], true),
    ])
    func onlyALocaleOfAnotherCharacterSetForbidsUTF8(environment: [String: String], unicode: Bool) {
        #expect(TerminalChoice.isUnicode(environment: environment) == unicode)
    }
}
