package import TerminalUI

/// The sequences that switch what terminfo has no word for. (XTerm Control Sequences; a terminal that does not know one
/// ignores it.)
package enum TerminalModesText {
    package static func enter(keepsTitle: Bool) -> String { "\u{1B}[?1004h" + (keepsTitle ? "\u{1B}[22;2t" : "") }

    /// Everything that we may have switched on.
    package static func leave(keepsTitle: Bool) -> String {
        "\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?2004l\u{1B}[?1004l" + (keepsTitle ? "\u{1B}[23;2t" : "")
    }

    /// From one frame's modes to the next one's.
    package static func change(
        from old: TerminalModes, to new: TerminalModes, hasTitle: Bool, hasMouse: Bool
    ) -> String {
        var text = ""
        if old.bracketedPaste != new.bracketedPaste { text += "\u{1B}[?2004" + (new.bracketedPaste ? "h" : "l") }
        if hasMouse, old.mouse != new.mouse {
            // Presses, releases and the wheel, with places beyond column 223.
            text += new.mouse ? "\u{1B}[?1000h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1000l"
        }
        if hasTitle, let title = new.title, old.title != title { text += "\u{1B}]2;" + title.string + "\u{07}" }
        return text
    }
}
