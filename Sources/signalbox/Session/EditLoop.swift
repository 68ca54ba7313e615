internal import EdgeModel

/// Editor, check, editor again, until the text can be applied or is given up; the text is never lost.
struct EditLoop {
    let session: Session
    /// Of the file, without its ending.
    let name: String
    /// What stands above the text, in comments: ``EditText/header(_:)``.
    let header: String
    let original: String
    /// What to try when the editor fails.
    let remedy: String
    /// Takes the text; what is wrong with it is thrown with findings, their lines those of the text.
    let apply: (String) throws -> Void

    func run() throws {
        let folder = try TemporaryFolder("signalbox-edit")
        let path = folder.path + "/\(name).yaml"
        try TextFile.write(header + original, to: path)
        do {
            try edit(path)
            folder.remove()
        } catch {
            session.output.note("Your text is kept in \(SafeText(path))", .warning)
            throw error
        }
    }

    private func edit(_ path: String) throws {
        while true {
            try openEditor(path)
            let text = EditText.withoutComments(String(decoding: try TextFile.read(path), as: UTF8.self))
            if text == original { return session.output.note("Nothing was changed.") }
            do {
                return try apply(text)
            } catch {
                let report = ErrorReport(error)
                guard !report.findings.isEmpty else { throw report }
                // Line numbers of findings are of the text without its header, so the header's length is added back.
                let lines = (header + EditText.findings(report.findings, shift: { $0 })).utf8.count { $0 == 0x0A }
                let top = header + EditText.findings(report.findings, shift: { $0 + lines })
                try TextFile.write(top + text, to: path)
                for piece in FindingText.pieces(report.findings) { session.output.error(piece.text, piece.style) }
                session.output.ask("The text cannot be used. Edit it again? [Y/n] ")
                guard let answer = readLine(), !["n", "no"].contains(answer.lowercased()) else { throw report }
            }
        }
    }

    private func openEditor(_ path: String) throws {
        let environment = session.environment
        let editor = environment["VISUAL"] ?? environment["EDITOR"] ?? session.client.editor ?? "vi"
        // The variable may hold a command with options, so a shell takes it apart, as git does.
        let status = try ChildProcess.onTerminal(["/bin/sh", "-c", editor + " \"$1\"", "sh", path])
        guard status == 0 else {
            throw ErrorReport(
                .refused, at: editor, "the editor ended with status \(status), so nothing was changed", remedy: remedy)
        }
    }
}

/// The comments around a text in an editor.
enum EditText {
    private static let mark = "#: "

    /// - Parameter title: what is edited, one line.
    static func header(_ title: String) -> String {
        """
        \(mark)\(title). Save and leave to apply; leave it unchanged to do nothing.
        \(mark)Lines that begin with '#:' are not part of it.

        """
    }

    static func findings(_ findings: [Finding], shift: (Int) -> Int) -> String {
        findings.map { finding in
            let place = finding.line.map { "line \(shift($0)), \(finding.place)" } ?? finding.place
            var lines = ["\(finding.severity.rawValue) \(place): \(finding.message)"]
            if let remedy = finding.remedy { lines.append("  \(remedy)") }
            return lines.flatMap { SafeText(lines: $0).lines }.map { "\(mark)\($0)\n" }.joined()
        }.joined()
    }

    static func withoutComments(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while lines.first?.hasPrefix("#:") ?? false { lines.removeFirst() }
        return lines.joined(separator: "\n")
    }
}
