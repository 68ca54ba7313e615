internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import EdgePlan

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
            try EditLoop(
                session: session, name: "\(version.application)-\(version.number)",
                header: EditText.header(
                    "\(version.label) (\(version.state.rawValue), digest \(version.digest.short))"),
                original: DocumentText.yaml(try plane.configuration(of: version).document),
                remedy: "signalbox version edit \(version.label)"
            ) { text in
                let (written, diff, findings) = try plane.applyVersion(
                    VersionReference(application: version.application, selector: .number(version.number)),
                    document: try DocumentText.read(text), note: note, expected: version.digest, copyIfLocked: true)
                AppliedVersion.report(written, diff, findings, plane, session)
            }.run()
        }
    }
}
