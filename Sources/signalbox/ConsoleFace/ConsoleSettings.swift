internal import InterfaceText

/// What somebody chose in the console and keeps: `signalbox/console.toml` below the XDG configuration directory.
enum ConsoleSettings {
    private static func path(_ session: Session) -> String {
        session.environment.directory("XDG_CONFIG_HOME", home: ".config") + "/signalbox/console.toml"
    }

    /// The theme that was chosen last; nil: none, or the file cannot be read, which is told.
    static func theme(_ session: Session) -> String? {
        let path = path(session)
        guard let bytes = (try? TextFile.readIfPresent(path)).flatMap(\.self) else { return nil }
        let (settings, faults) = ConsoleSettingsText.read(String(decoding: bytes, as: UTF8.self))
        for fault in faults { session.output.note("\(path): \(fault.description)", .warning) }
        return settings.theme
    }

    /// - Returns: where it is kept.
    static func keep(theme: String, _ session: Session) throws -> String {
        let path = path(session)
        try TextFile.makeDirectory(TextFile.parent(of: path))
        try TextFile.write(ConsoleSettingsText(theme: theme).text, to: path)
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
