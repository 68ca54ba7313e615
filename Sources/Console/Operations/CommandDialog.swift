internal import TerminalUI

/// The question after a command that changes what is served: what it printed of its plan, before it is done.
enum CommandDialog {
    static func make(
        _ words: [String], printed: String, _ around: ChangeDialog.Around, command: TerminalText, at now: Instant
    ) -> Dialog {
        var dialog = Dialog(
            "change", id: "command", banner: [StyledLine(title(printed), .textStrong, .bold), around.place],
            body: lines(printed), command: command,
            buttons: [Dialog.Button("apply", "Apply", key: .character("y")), .cancel], openedAt: now,
            openedBy: around.key)
        dialog.resize(around.size)
        return dialog
    }

    /// The command that does exactly what was shown.
    static func confirmed(_ words: [String], printed: String) -> [String] {
        let sums = printed.split(separator: "\n").filter { $0.hasPrefix("plan ") }.map { $0.dropFirst(5) }
            .filter { $0.count == 64 && $0.allSatisfy(\.isHexDigit) }
        let end = words.firstIndex(of: "--") ?? words.endIndex
        // Two plans cannot be named by one option.
        let plan = sums.count == 1 ? ["--plan", String(sums[0].prefix(12))] : []
        return words[..<end] + ["--yes"] + plan + words[end...]
    }

    private static func title(_ printed: String) -> TerminalText {
        printed.split(separator: "\n").first.map { Words.text($0) } ?? "change"
    }

    private static func lines(_ printed: String) -> [StyledLine] {
        printed.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map { line in
            let bare = line.drop { $0 == " " }
            let ink: Role =
                bare.hasPrefix("+ ")
                ? .diffAdd
                : bare.hasPrefix("- ")
                    ? .diffRemove
                    : bare.hasPrefix("~ ")
                        ? .changeModified
                        : bare.hasPrefix("warning") ? .statusWarn : bare.hasPrefix("plan ") ? .textMuted : .text
            return StyledLine(Words.text(line), ink)
        }
    }
}
