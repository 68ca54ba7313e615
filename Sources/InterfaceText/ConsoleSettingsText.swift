/// What somebody chose in the console and keeps for the next one.
///
/// ```toml
/// theme = "nord"
///
/// # columns that are not shown, by screen
/// [hidden]
/// applications = ["latest", "p95"]
/// ```
package struct ConsoleSettingsText: Sendable, Hashable {
    package var theme: String?
    /// Columns by the kind of place.
    package var hidden: [String: Set<String>]

    package init(theme: String? = nil, hidden: [String: Set<String>] = [:]) {
        self.theme = theme
        self.hidden = hidden
    }

    /// What could be read, and everything that is wrong with the text.
    package static func read(_ text: String) -> (settings: ConsoleSettingsText, faults: [TextFault]) {
        let document: TOMLText
        do { document = try TOMLText(text) } catch { return (ConsoleSettingsText(), [error]) }
        var settings = ConsoleSettingsText()
        var faults = document.root.keys.filter { !["theme", "hidden"].contains($0) }.map {
            document.fault([$0], "unknown key \"\($0)\"")
        }
        if let theme = document.root["theme"] {
            settings.theme = theme.string
            if theme.string == nil { faults.append(document.fault(["theme"], "the name of a theme")) }
        }
        guard let hidden = document.root["hidden"] else { return (settings, faults) }
        guard let kinds = hidden.table else {
            return (settings, faults + [document.fault(["hidden"], "a table of columns by screen")])
        }
        for kind in kinds.keys {
            let names = kinds[kind]?.array?.map(\.string)
            settings.hidden[kind] = names.map { Set($0.compactMap(\.self)) }
            if names?.contains(nil) ?? true { faults.append(document.fault(["hidden", kind], "names of columns")) }
        }
        return (settings, faults)
    }

    /// The text that reads back as this.
    package var text: String {
        var text = "# written by the console when a theme or columns are chosen\n"
        if let theme { text += "theme = \(Self.quoted(theme))\n" }
        let kinds = hidden.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        if !kinds.isEmpty { text += "\n# columns that are not shown, by screen\n[hidden]\n" }
        for (kind, columns) in kinds {
            text += "\(kind) = [\(columns.sorted().map(Self.quoted).joined(separator: ", "))]\n"
        }
        return text
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
