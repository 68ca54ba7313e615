extension Theme {
    /// What every theme builds on: complete, and only the terminal's own sixteen colours on its own background, so it
    /// is right when no file can be read.
    package static let base = Theme(
        name: "base", variant: .any, parent: nil, author: "Signalbox", license: "Apache-2.0",
        palette: [
            "ground": .standard, "ink": .standard, "raised": .standard,
            "strong": .standard, "muted": .standard, "faint": ansi("bright-black"), "line": ansi("bright-black"),
            "accent": ansi("blue"), "accent-ink": ansi("bright-white"), "cursor": ansi("blue"),
            "cursor-ink": ansi("bright-white"), "blur": ansi("bright-black"), "blur-ink": ansi("bright-white"),
            "key": ansi("cyan"), "value": .standard, "number": ansi("cyan"), "link": ansi("blue"),
            "untrusted": .standard, "match": ansi("yellow"),
            "ok": ansi("green"), "progress": ansi("cyan"), "warn": ansi("yellow"), "bad": ansi("red"),
            "unknown": ansi("magenta"), "stale": ansi("bright-black"),
            "new": ansi("green"), "modified": ansi("yellow"), "removed": ansi("red"), "moved": ansi("cyan"),
            "dev": ansi("green"), "staging": ansi("yellow"), "prod": ansi("red"),
            "word": .standard, "selection": ansi("bright-black"), "selection-ink": ansi("bright-white"),
            "graph": ansi("blue"), "marker": ansi("magenta"), "track": ansi("bright-black"),
            "toast": .standard, "danger": ansi("red"),
        ],
        entries: baseEntries)

    private static func ansi(_ name: String) -> ThemeColor { ThemeColor(word: name) ?? .standard }

    private static let baseEntries: [Role: Entry] = [
        .text: Entry("ink"), .textMuted: Entry("muted", mono: .dim), .textStrong: Entry("strong", .bold),
        .textLink: Entry("link", .underline), .textKey: Entry("key"), .textValue: Entry("value"),
        .textNumber: Entry("number"), .textDisabled: Entry("faint", mono: .dim),
        .textUntrusted: Entry("untrusted"),

        .surface: Entry("ink", on: "ground"), .surfaceRaised: Entry("ink", on: "raised"),
        .border: Entry("line", mono: .dim), .borderFocus: Entry("accent", mono: .bold),
        .title: Entry("strong", .bold), .titleCount: Entry("muted"),
        .crumb: Entry("muted"), .crumbCurrent: Entry("strong", .bold),

        .hintKey: Entry("accent", .bold), .hintLabel: Entry("muted"),
        .prompt: Entry("strong"), .promptMatch: Entry("match", .bold), .promptGhost: Entry("faint", mono: .dim),

        .tableHeader: Entry("muted", .bold), .tableSort: Entry("accent", .bold),
        .tableCursor: Entry("cursor-ink", on: "cursor", mono: .reverse, covers: true),
        .tableCursorBlur: Entry("blur-ink", on: "blur", mono: .underline, covers: true),
        .tableMark: Entry("accent", .bold), .tableStripe: Entry("ink", on: "raised"),
        .match: Entry("match", .underline, mono: [.bold, .underline]),

        .statusOk: Entry("ok"), .statusProgress: Entry("progress"),
        .statusWarn: Entry("warn", .bold), .statusBad: Entry("bad", .bold, mono: [.bold, .reverse]),
        .statusUnknown: Entry("unknown", mono: .italic), .statusPaused: Entry("muted", mono: .underline),
        .statusRetired: Entry("faint", mono: .dim), .statusStale: Entry("stale", .italic, mono: [.dim, .italic]),

        .changeNew: Entry("new", .bold), .changeModified: Entry("modified", .underline),
        .changeRemoved: Entry("removed", [.strike], mono: [.strike, .dim]), .changeMoved: Entry("moved", mono: .italic),

        .diffAdd: Entry("new", mono: .bold), .diffRemove: Entry("removed", mono: .dim),
        .diffContext: Entry("muted", mono: []), .diffHunk: Entry("accent", .bold),
        .diffWord: Entry(on: "word", [.bold, .underline], mono: [.reverse]),

        .envDev: Entry("dev"), .envStaging: Entry("staging", .bold),
        .envProd: Entry("prod", .bold, mono: [.bold, .reverse]),

        .toastInfo: Entry("ink", on: "toast"), .toastOk: Entry("ok", on: "toast"),
        .toastWarn: Entry("warn", on: "toast", .bold),
        .toastError: Entry("bad", on: "toast", .bold, mono: [.bold, .reverse]),

        .dialog: Entry("ink", on: "raised"), .dialogDanger: Entry("danger", on: "raised", .bold),
        .button: Entry("ink"),
        .buttonFocus: Entry("accent-ink", on: "accent", .bold, mono: [.reverse, .bold], covers: true),

        .graphLine: Entry("graph"), .graphFill: Entry("graph"), .graphMarker: Entry("marker", .bold),
        .gaugeTrack: Entry("track", mono: .dim), .scrollbar: Entry("muted"),
        .stale: Entry("stale", .italic, mono: [.dim, .italic]),
        .selection: Entry("selection-ink", on: "selection", mono: .reverse, covers: true),
    ]
}
