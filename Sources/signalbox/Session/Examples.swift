/// The examples at the end of every help text.
enum Examples {
    static func text(_ lines: String..., before: String = "") -> String {
        (before.isEmpty ? "" : before + "\n\n") + "EXAMPLES:\n" + lines.map { "  " + $0 }.joined(separator: "\n")
    }
}
