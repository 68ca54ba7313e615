package import TerminalUI

/// The table of keys as a text of its own, for the wall beside the terminal: with a person's own keys in it.
package struct KeyManual: Sendable {
    /// Markdown, a heading for each group.
    package let text: String
    /// Which of the person's keys cannot be, and why.
    package let problems: [String]

    package init(_ overrides: [KeyOverride] = []) {
        let (keys, problems) = Keys.map.overridden(by: overrides)
        text = keys.manual
        self.problems = problems
    }
}
