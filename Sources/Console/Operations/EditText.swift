internal import EdgeModel

/// A text that could not be saved, as it is opened again: above it what is wrong, and the cursor on the first faulty
/// line. The lines above are taken away before it is read.
enum EditText {
    /// Begins each line that we put above a text; no document of ours does.
    private static let mark = "#! "

    /// - Returns: the text to edit, and the line of it to begin on, from 1.
    static func annotated(_ text: String, _ problem: Problem) -> (text: String, line: Int) {
        var notes = ["not saved: " + first(problem.message)]
        let shown = problem.findings.prefix(20)
        // Line numbers are those of the text as it is opened, notes included.
        let count = 1 + shown.count + (problem.findings.count > shown.count ? 1 : 0) + 1
        for finding in shown {
            let place = finding.line.map { "line \($0 + count)" } ?? finding.place
            notes.append("\(place): \(first(finding.message))" + (finding.remedy.map { " (\(first($0)))" } ?? ""))
        }
        if problem.findings.count > shown.count { notes.append("and \(problem.findings.count - shown.count) more") }
        notes.append("these lines go away by themselves; leave the text as it is to give the edit up")
        let line = problem.findings.lazy.compactMap(\.line).first ?? 1
        return (notes.map { mark + $0 + "\n" }.joined() + text, line + count)
    }

    static func stripped(_ text: String) -> String {
        var rest = Substring(text)
        while rest.hasPrefix(mark) { rest = rest.drop { !$0.isNewline }.dropFirst() }
        return String(rest)
    }

    private static func first(_ text: String) -> Substring { text.split(whereSeparator: \.isNewline).first ?? "" }
}
