/// The signs that views draw beside text, for terminals with Unicode and for those without.
///
/// A theme may put single ones in place of ours; a view takes them from its context and never writes them itself.
package struct GlyphSet: Sendable, Hashable {
    package var isASCII = false
    package var horizontal: TerminalText = "\u{2500}"
    package var vertical: TerminalText = "\u{2502}"
    package var topLeft: TerminalText = "\u{250C}"
    package var topRight: TerminalText = "\u{2510}"
    package var bottomLeft: TerminalText = "\u{2514}"
    package var bottomRight: TerminalText = "\u{2518}"
    package var branch: TerminalText = "\u{251C}\u{2500} "
    package var lastBranch: TerminalText = "\u{2514}\u{2500} "
    package var trunk: TerminalText = "\u{2502}  "
    package var folded: TerminalText = "\u{25B8}"
    package var unfolded: TerminalText = "\u{25BE}"
    package var crumb: TerminalText = " \u{25B8} "
    package var cursor: TerminalText = "\u{258C}"
    package var mark: TerminalText = "*"
    package var ascending: TerminalText = "\u{2191}"
    package var descending: TerminalText = "\u{2193}"
    package var thumb: TerminalText = "\u{2588}"
    package var track: TerminalText = "\u{2502}"
    package var marker: TerminalText = "\u{25B2}"
    package var bar: TerminalText = "\u{2588}"
    package var barTrack: TerminalText = "\u{2591}"
    package var bullet: TerminalText = "\u{2022}"
    package var moved: TerminalText = "\u{2195}"

    /// The sign of a role, where it has one; a theme may name others.
    package var signs: [Role: TerminalText] = [
        .statusOk: "\u{25CF}", .statusProgress: "\u{25D0}", .statusWarn: "\u{25B2}", .statusBad: "\u{2717}",
        .statusUnknown: "?", .statusPaused: "\u{2016}", .statusRetired: "\u{25CB}", .statusStale: "\u{25CC}",
        .changeNew: "+", .changeModified: "~", .changeRemoved: "-", .changeMoved: "\u{2195}",
        .diffAdd: "+", .diffRemove: "-", .diffContext: " ", .diffHunk: "@",
        .toastInfo: "i", .toastOk: "\u{2713}", .toastWarn: "!", .toastError: "\u{2717}",
    ]

    /// The sign of a role; a bullet where it has none.
    package func sign(_ role: Role) -> TerminalText { signs[role] ?? bullet }

    package static let unicode = GlyphSet()

    package static let ascii: GlyphSet = {
        var set = GlyphSet()
        set.isASCII = true
        (set.horizontal, set.vertical) = ("-", "|")
        (set.topLeft, set.topRight, set.bottomLeft, set.bottomRight) = ("+", "+", "+", "+")
        (set.branch, set.lastBranch, set.trunk) = ("|- ", "`- ", "|  ")
        (set.folded, set.unfolded, set.crumb, set.cursor) = ("+", "-", " > ", ">")
        (set.ascending, set.descending, set.thumb, set.track) = ("^", "v", "#", "|")
        (set.marker, set.bar, set.barTrack, set.bullet, set.moved) = ("^", "#", ".", "-", "~")
        let signs: [Role: TerminalText] = [
            .statusOk: "o", .statusProgress: "+", .statusWarn: "!", .statusBad: "x", .statusPaused: "=",
            .statusRetired: "-", .statusStale: "~", .changeMoved: "^", .toastOk: "o", .toastError: "x",
        ]
        set.signs.merge(signs) { $1 }
        return set
    }()
}

extension Glyph {
    /// What a terminal without UTF-8 shows in place: the same width, only ASCII.
    ///
    /// The last line of defence of a driver: views draw with ``GlyphSet/ascii`` already.
    package var asciiFallback: Glyph {
        switch base {
        case 0...0x7E: count > 1 ? Glyph(base, width: width) : self
        case 0x2500, 0x2501, 0x2504, 0x2550, 0x2010...0x2015: Glyph(0x2D, width: 1)
        case 0x2502, 0x2503, 0x2551: Glyph(0x7C, width: 1)
        case 0x250C...0x254B, 0x2552...0x256C: Glyph(0x2B, width: 1)
        case 0x2018, 0x2019: Glyph(0x27, width: 1)
        case 0x201C, 0x201D: Glyph(0x22, width: 1)
        case 0x27E8: Glyph(0x3C, width: 1)
        case 0x27E9, 0x25B8, 0x25B6: Glyph(0x3E, width: 1)
        case 0x2026: Glyph(0x7E, width: 1)
        case 0x2580...0x2590, 0x2593: Glyph(0x23, width: 1)
        case 0x2591, 0x2592, 0xB7: Glyph(0x2E, width: 1)
        case 0x2191, 0x25B2: Glyph(0x5E, width: 1)
        case 0x2193, 0x25BE: Glyph(0x76, width: 1)
        default: width == 2 ? Glyph(0x3F, width: 2) : Glyph(0x3F, width: width)
        }
    }
}
