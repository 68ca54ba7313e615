internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import EdgePlan
internal import Glibc

extension VersionVerb {
    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit",
            abstract: "Edit a draft in your editor; what is wrong is shown there until it is right.",
            discussion: Examples.text(
                "signalbox version edit shop@draft", "EDITOR=nano signalbox version edit shop@3 --note 'new checkout'",
                before: """
                    The editor is $VISUAL, else $EDITOR, else the preference 'editor', else vi. A locked version is copied \
                    into a new draft. Leaving the text unchanged changes nothing.
                    """))

        @Argument(help: "The version; the latest when only the application is named.", completion: Completion.versions)
        var version: String
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var note: String?
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            guard session.environment.isInputTerminal, session.environment.isErrorTerminal else {
                throw ErrorReport(
                    .usage, at: "version \(version)", "an editor needs a terminal",
                    remedy: "signalbox version apply \(ShellWord.quoted(version)) -f FILE")
            }
            let plane = try session.plane(.writing)
            let version = try plane.resolve(try Names.version(version))
            if version.state == .locked {
                try Confirmation(session: session).ask("\(version.label) is locked. Edit a draft copy of it?")
            }
            try EditLoop(session: session, plane: plane, version: version, note: note).run()
        }
    }
}

/// Editor, check, editor again, until the text can be applied or is given up; the text is never lost.
private struct EditLoop {
    let session: Session
    let plane: ControlPlane
    let version: Version
    let note: String?

    func run() throws {
        let original = DocumentText.yaml(try plane.configuration(of: version).document)
        let folder = try TemporaryFolder("signalbox-edit")
        let path = folder.path + "/\(version.application)-\(version.number).yaml"
        try TextFile.write(EditText.header(version) + original, to: path)
        do {
            if try edit(path, original) {
                folder.remove()
            }
        } catch {
            session.output.note("Your text is kept in \(path)", .warning)
            throw error
        }
    }

    /// - Returns: whether the text need not be kept.
    private func edit(_ path: String, _ original: String) throws -> Bool {
        while true {
            try openEditor(path)
            let text = EditText.withoutComments(String(decoding: try TextFile.read(path), as: UTF8.self))
            if text == original {
                session.output.note("Nothing was changed.")
                return true
            }
            do {
                let document = try DocumentText.read(text)
                let (written, diff, findings) = try plane.applyVersion(
                    VersionReference(application: version.application, selector: .number(version.number)),
                    document: document,
                    note: note, expected: version.digest, copyIfLocked: true)
                AppliedVersion.report(written, diff, findings, session)
                return true
            } catch {
                let report = ErrorReport(error)
                guard !report.findings.isEmpty else { throw report }
                // Line numbers of findings are of the text without its header, so the header's length is added back.
                let header = EditText.header(version) + EditText.findings(report.findings, shift: { $0 })
                let shift = header.utf8.count { $0 == 0x0A }
                let final = EditText.header(version) + EditText.findings(report.findings, shift: { $0 + shift })
                try TextFile.write(final + text, to: path)
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
                .refused, at: editor, "the editor ended with status \(status), so nothing was changed",
                remedy: "signalbox version edit \(version.label)")
        }
    }
}

/// The comments around a text in an editor.
enum EditText {
    private static let mark = "#: "

    static func header(_ version: Version) -> String {
        """
        \(mark)\(version.label) (\(version.state.rawValue), digest \(version.digest.short)). Save and leave to apply; leave it unchanged to do nothing.
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
