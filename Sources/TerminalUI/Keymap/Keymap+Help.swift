/// A heading of the help with its keys.
package struct HelpSection: Sendable, Hashable {
    package struct Row: Sendable, Hashable {
        package var keys: TerminalText
        package var title: TerminalText
        /// It does nothing now.
        package var isOff = false

        package init(keys: TerminalText, title: TerminalText, isOff: Bool = false) {
            self.keys = keys
            self.title = title
            self.isOff = isOff
        }
    }

    package var title: TerminalText
    package var rows: [Row]

    package init(title: TerminalText, rows: [Row]) {
        self.title = title
        self.rows = rows
    }
}

extension Keymap {
    /// The help of these contexts, by group, in the table's order.
    ///
    /// - Parameter search: only rows whose keys or words hold it; case does not count.
    package func help(_ contexts: [KeyContext], search: String = "") -> [HelpSection] {
        sections(active(contexts)).filtered(by: search)
    }

    /// Every key of the table as a Markdown table, a heading for each group, for the manual.
    package var manual: String {
        sections(bindings.filter { !$0.sequences.isEmpty }).map { section in
            let rows = section.rows.map { "| \(Self.code($0.keys)) | \($0.title.string) |\n" }
            return "### \(section.title.string)\n\n| Keys | |\n|---|---|\n" + rows.joined()
        }.joined(separator: "\n")
    }

    /// Keys as Markdown, each one set off; a bar would end the cell.
    private static func code(_ keys: TerminalText) -> String {
        keys.string.split(separator: "  ").map { "`" + $0.replacing("|", with: "\\|") + "`" }.joined(separator: " ")
    }

    private func sections(_ bindings: [KeyBinding<Action>]) -> [HelpSection] {
        var sections: [HelpSection] = []
        for binding in bindings {
            let row = HelpSection.Row(keys: binding.keys, title: binding.title)
            if let place = sections.firstIndex(where: { $0.title == binding.group }) {
                sections[place].rows.append(row)
            } else {
                sections.append(HelpSection(title: binding.group, rows: [row]))
            }
        }
        return sections
    }
}

extension [HelpSection] {
    /// Only the rows whose keys or words hold the text; case does not count.
    func filtered(by text: String) -> [HelpSection] {
        let needle = Folding.fold(text)
        if needle.isEmpty { return self }
        return compactMap { section in
            let rows = section.rows.filter { row in
                [row.keys, row.title].contains { part in
                    let haystack = Folding.fold(part.string)
                    return haystack.indices.contains { haystack[$0...].starts(with: needle) }
                }
            }
            return rows.isEmpty ? nil : HelpSection(title: section.title, rows: rows)
        }
    }
}
