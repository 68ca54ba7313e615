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
        (set.ascending, set.descending, set.thumb) = ("^", "v", "#")
        (set.marker, set.bar, set.barTrack, set.bullet, set.moved) = ("^", "#", ".", "-", "~")
        let signs: [Role: TerminalText] = [
            .statusOk: "o", .statusProgress: "+", .statusWarn: "!", .statusBad: "x", .statusPaused: "=",
            .statusRetired: "-", .statusStale: "~", .changeMoved: "^", .toastOk: "o", .toastError: "x",
        ]
        set.signs.merge(signs) { $1 }
        return set
    }()
}
