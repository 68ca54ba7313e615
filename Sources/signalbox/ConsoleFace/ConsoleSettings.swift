internal import Console
internal import InterfaceText

/// What somebody chose in the console and keeps: `signalbox/console.toml` below the XDG configuration directory.
enum ConsoleSettings {
    private static func path(_ session: Session) -> String {
        session.environment.directory("XDG_CONFIG_HOME", home: ".config") + "/signalbox/console.toml"
    }

    /// What was chosen last; what cannot be read is told and left out.
    static func read(_ session: Session) -> ConsoleSettingsText {
        let path = path(session)
        guard let bytes = (try? TextFile.readIfPresent(path)).flatMap(\.self) else { return ConsoleSettingsText() }
        let (settings, faults) = ConsoleSettingsText.read(String(decoding: bytes, as: UTF8.self))
        for fault in faults { session.output.note("\(path): \(fault.description)", .warning) }
        return settings
    }

    /// Beside what is kept already.
    ///
    /// - Returns: where it is kept.
    /// - Throws: when the file holds what this does not understand: nothing of it is written over.
    static func keep(_ choice: Choice, _ session: Session) throws -> String {
        let path = path(session)
        let text = try TextFile.readIfPresent(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var (settings, faults) = ConsoleSettingsText.read(text)
        guard faults.isEmpty else {
            throw ErrorReport(
                .invalid, at: path, "it was not written to, as it cannot be read: \(faults[0].description)",
                remedy: "mend the file or remove it")
        }
        switch choice {
        case .theme(let name): settings.theme = name
        case .hidden(let columns, let kind): settings.hidden[kind] = columns
        }
        try TextFile.makeDirectory(TextFile.parent(of: path))
        try TextFile.write(settings.text, to: path)
        return path
    }
}

/// How editors are told on which line to begin.
enum EditorLine {
    static func options(_ editor: String, line: Int) -> [String] {
        // The program among the words of the variable, without its folder.
        let word = editor.split(separator: " ").first.map { String($0) } ?? ""
        let name = word.split(separator: "/").last.map { String($0) } ?? ""
        let known: Set<String> = [
            "vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "joe", "mg", "kak", "ne", "jed",
        ]
        return line > 1 && known.contains(name) ? ["+\(line)"] : []
    }
}
