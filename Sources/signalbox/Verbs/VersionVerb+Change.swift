internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

extension VersionVerb {
    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply",
            abstract: "Replace a draft's configuration by a file.",
            discussion: Examples.text(
                "signalbox version apply shop -f shop.yaml",
                "signalbox version export shop@3 | sed s/eu1/eu2/ | signalbox version apply shop@draft -f -"))

        @Argument(
            help: "The draft; the latest version when only the application is named.", completion: Completion.versions)
        var version: String
        @Option(
            name: .shortAndLong, help: ArgumentHelp("File, or - for standard input.", valueName: "file"),
            completion: .file(extensions: ["yaml", "yml", "json"]))
        var file: String
        @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var note: String?
        @Flag(
            name: .customLong("copy-if-locked"),
            help: "Put the configuration into a new draft when the version is locked.")
        var copyIfLocked = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let reference = try Names.version(version)
            let document = try TextFile.document(file)
            let plane = try session.plane(.writing)
            let (version, diff, findings) = try plane.applyVersion(
                reference, document: document, note: note, copyIfLocked: copyIfLocked)
            AppliedVersion.report(version, diff, findings, plane, session)
        }
    }

    struct Lock: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lock",
            abstract: "Lock a draft: its configuration never changes again.",
            discussion: Examples.text("signalbox version lock shop@3", "signalbox version lock shop@draft"))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let version = try session.plane(.writing).lockVersion(try Names.version(version))
            session.output.done(version.label, version.document(), "\(version.label) is locked")
        }
    }

    struct Tag: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tag",
            abstract: "Give a version a name of its own.",
            discussion: Examples.text(
                "signalbox version tag shop@3 summer-sale", "signalbox version show shop@summer-sale"))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @Argument(help: "The tag.") var tag: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let tag = try Names.tag(tag)
            let version = try session.plane(.writing).tagVersion(try Names.version(version), tag)
            session.output.done(version.label, version.document(), "\(version.label) is tagged \(tag)")
        }
    }

    struct Untag: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "untag",
            abstract: "Take a tag away.",
            discussion: Examples.text(
                "signalbox version untag shop@3 summer-sale", "signalbox version untag shop@summer-sale summer-sale"))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @Argument(help: "The tag.", completion: Completion.tags) var tag: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let tag = try Names.tag(tag)
            let version = try session.plane(.writing).untagVersion(try Names.version(version), tag)
            session.output.done(version.label, version.document(), "\(version.label) is tagged \(tag) no more")
        }
    }

    struct NoteCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "note", abstract: "Change a version's note.",
            discussion: Examples.text(
                "signalbox version note shop@3 'as shown to the board'", "signalbox version note shop ''"))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @Argument(help: "The note.") var note: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let version = try session.plane(.writing).annotateVersion(try Names.version(version), note: note)
            session.output.done(version.label, version.document(), "\(version.label): \(version.note)")
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff",
            abstract: "Compare two versions or environments; exit 1 when they differ.",
            discussion: Examples.text(
                "signalbox version diff shop@production shop@staging", "signalbox version diff shop@3 --words",
                before: "With one version, it is compared with the one it was made from."))

        @Argument(help: "The version before.", completion: Completion.versions) var left: String
        @Argument(help: "The version after.", completion: Completion.versions) var right: String?
        @Flag(help: "Show changed texts once, with [-what went-] and {+what came+} marked in them.") var words = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let (left, right) = try sides(plane)
            let difference = try plane.diff(left, right)
            let sides = [("left", difference.left), ("right", difference.right)]
            var members = sides.map { DocumentMember($0, $1.document) }
            if case .object(let rest) = difference.diff.document { members += rest }
            session.output.show(difference.diff.isEmpty ? "equal" : "different", .object(members)) {
                [
                    Output.Piece("--- \(difference.left.text)", .bad),
                    Output.Piece("+++ \(difference.right.text)", .good),
                ]
                    + DiffText.pieces(difference.diff, byWords: words) + [
                        Output.Piece("\(difference.diff.summary)", .dim)
                    ]
            }
            if !difference.diff.isEmpty { throw ExitCode(1) }
        }

        private func sides(_ plane: ControlPlane) throws -> (VersionReference, VersionReference) {
            let first = try Names.version(left)
            if let right { return (first, try Names.version(right)) }
            let version = try plane.resolve(first)
            guard let base = version.base else {
                throw ErrorReport(
                    .usage, at: version.label, "it was made from no other version; name two",
                    remedy: "signalbox version list \(version.application)")
            }
            let application = version.application
            return (
                VersionReference(application: application, selector: .number(base)),
                VersionReference(application: application, selector: .number(version.number))
            )
        }
    }
}

extension VersionDiff.Side {
    var document: DocumentValue {
        .object([
            "version": .string(label), "digest": .string(digest.rawValue),
            "environments": .array(environments.map { .string($0.rawValue) }),
        ])
    }

    var text: SafeText {
        environments.isEmpty ? SafeText(label) : "\(label) (\(environments.map(\.rawValue).joined(separator: ", ")))"
    }
}

/// What applying a configuration came to.
enum AppliedVersion {
    static func report(
        _ version: Version, _ diff: ConfigurationDiff, _ findings: [Finding], _ plane: ControlPlane, _ session: Session
    ) {
        // What is written is written, whether or not more can be said about it.
        let known = try? plane.versions(of: version.application)
        let environments = known?.first { $0.version.number == version.number }?.environments ?? []
        guard case .object(let members) = version.document(environments: environments) else { return }
        let document = DocumentValue.object(
            members + [
                DocumentMember("diff", diff.document), DocumentMember("findings", .array(findings.map(\.document))),
            ])
        for piece in DiffText.pieces(diff) + FindingText.pieces(findings) {
            session.output.note(piece.text, piece.style)
        }
        if !diff.isEmpty, let words = consequence(version, environments, findings) {
            session.output.note(words, .warning)
        }
        session.output.done(version.label, document, "\(version.label): \(diff.summary)")
    }

    /// A draft that an environment serves is no desk: what is written there is served there at once.
    static func consequence(
        _ version: Version, _ environments: [ResourceName], _ findings: [Finding]
    ) -> SafeText? {
        guard !environments.isEmpty else { return nil }
        let names = environments.map(\.rawValue).joined(separator: ", ")
        let verb = environments.count == 1 ? "serves" : "serve"
        let words: SafeText = "\(names) \(verb) \(version.label): what answers there changes now"
        guard findings.contains(where: { $0.severity == .error }) else { return words }
        return words + ", and rules with errors do nothing there until they are mended"
    }
}
