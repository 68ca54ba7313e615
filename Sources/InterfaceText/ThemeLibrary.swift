package import TerminalUI

/// Finds themes by name and puts them together with their parents. What reads files comes in from outside.
package struct ThemeLibrary: Sendable {
    /// A theme's text by its name, from the first folder that has it; nil when none has.
    package typealias Source = @Sendable (_ name: String) -> String?

    private let source: Source

    package init(_ source: @escaping Source) { self.source = source }

    /// The text of a theme, as its file has it.
    package func text(_ name: String) -> String? { source(name) }

    /// Why a theme is not what was asked for. The theme beside it can always be used.
    package struct Trouble: Sendable, Hashable {
        package var theme: String
        /// Nil: not about a place in the text.
        package var fault: TextFault?
        package var message: String

        package var description: String { fault.map { "\(theme): \($0.description)" } ?? "\(theme): \(message)" }
    }

    /// The theme on top of all its parents. A broken one, or one that is not there, falls back to the base, and says so.
    package func theme(_ name: String) -> (theme: Theme, troubles: [Trouble]) {
        if name == Theme.base.name { return (.base, []) }
        guard let text = source(name) else {
            return (.base, [Trouble(theme: name, message: "there is no theme of this name; the built-in base is used")])
        }
        return theme(text, name: name, chain: [])
    }

    /// The same for a text that is at hand, such as a file named by its path.
    package func theme(text: String, name: String) -> (theme: Theme, troubles: [Trouble]) {
        theme(text, name: name, chain: [])
    }

    private func theme(_ text: String, name: String, chain: [String]) -> (theme: Theme, troubles: [Trouble]) {
        let (read, faults) = ThemeText.read(text, fallbackName: name)
        var troubles = faults.map { Trouble(theme: name, fault: $0, message: $0.message) }
        guard var theme = read else { return (.base, troubles) }
        if theme.name.isEmpty { theme.name = name }
        let parent = theme.parent ?? Theme.base.name
        let chain = chain + [name]
        if parent == Theme.base.name { return (theme.over(.base), troubles) }
        if chain.contains(parent) {
            let circle = (chain + [parent]).joined(separator: " extends ")
            troubles.append(Trouble(theme: name, message: "themes in a circle: \(circle)"))
            return (theme.over(.base), troubles)
        }
        guard let text = source(parent) else {
            troubles.append(Trouble(theme: name, message: "extends \"\(parent)\", and there is no theme of this name"))
            return (theme.over(.base), troubles)
        }
        let below = self.theme(text, name: parent, chain: chain)
        return (theme.over(below.theme), troubles + below.troubles)
    }
}

/// Where themes lie and which one is used: by environment and settings, without touching them.
package enum ThemeChoice {
    /// Folders to look in, the first one wins.
    ///
    /// - Parameter executable: the absolute path of the program, to find what was installed beside it.
    package static func folders(environment: [String: String], executable: String?) -> [String] {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME")
        var folders: [String] = []
        if let configuration = value("XDG_CONFIG_HOME") ?? home.map({ $0 + "/.config" }) {
            folders.append(configuration + "/signalbox/themes")
        }
        let data = value("XDG_DATA_DIRS") ?? "/usr/local/share:/usr/share"
        let mine = value("XDG_DATA_HOME") ?? home.map { $0 + "/.local/share" }
        for folder in [mine].compactMap({ $0 }) + data.split(separator: ":").map(String.init)
        where folder.hasPrefix("/") {
            folders.append(folder + "/signalbox/themes")
        }
        guard let executable, executable.hasPrefix("/") else { return folders }
        var parts = executable.split(separator: "/").dropLast()
        folders.append("/" + parts.dropLast().joined(separator: "/") + "/share/signalbox/themes")
        // A checkout that was built: the program lies in .build/TRIPLE/KIND below it.
        while let last = parts.popLast() {
            if last == ".build" {
                folders.append("/" + parts.joined(separator: "/") + "/themes")
                break
            }
        }
        return folders
    }

    /// Which theme to use when nobody is asked: what was named, or what suits the terminal.
    package static func name(
        asked: String?, environment: [String: String], configured: String?, depth: ColorDepth
    ) -> String {
        if let asked, !asked.isEmpty { return asked }
        if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false { return "mono" }
        if let named = environment["SIGNALBOX_THEME"], !named.isEmpty { return named }
        if let configured, !configured.isEmpty { return configured }
        switch depth {
        case .mono: return "mono"
        case .sixteen: return "terminal"
        case .indexed256, .direct: return isLight(environment["COLORFGBG"]) ? "edge-light" : "edge-dark"
        }
    }

    /// `15;0` is light on dark: the last number is the background, 7 and 9–15 are light.
    private static func isLight(_ colors: String?) -> Bool {
        guard let last = colors?.split(separator: ";").last.flatMap({ Int($0) }) else { return false }
        return last == 7 || (9...15).contains(last)
    }
}
