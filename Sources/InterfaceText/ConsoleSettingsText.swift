/// What somebody chose in the console and keeps for the next one.
///
/// ```toml
/// theme = "nord"
/// ```
package struct ConsoleSettingsText: Sendable, Hashable {
    package var theme: String?

    package init(theme: String? = nil) { self.theme = theme }

    /// What could be read, and everything that is wrong with the text.
    package static func read(_ text: String) -> (settings: ConsoleSettingsText, faults: [TextFault]) {
        let document: TOMLText
        do { document = try TOMLText(text) } catch { return (ConsoleSettingsText(), [error]) }
        var faults = document.root.keys.filter { $0 != "theme" }.map { document.fault([$0], "unknown key \"\($0)\"") }
        let theme = document.root["theme"]
        if theme != nil, theme?.string == nil { faults.append(document.fault(["theme"], "the name of a theme")) }
        return (ConsoleSettingsText(theme: theme?.string), faults)
    }

    /// The text that reads back as this.
    package var text: String {
        let note = "# written by the console when a theme is chosen\n"
        guard let theme else { return note }
        let quoted = theme.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return note + "theme = \"\(quoted)\"\n"
    }
}
