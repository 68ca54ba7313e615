internal import ArgumentParser
internal import EdgeModel
internal import InterfaceText
internal import TerminalUI

struct ThemeVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme", abstract: "How the console looks: list, preview and check themes.",
        discussion: Examples.text(
            "signalbox theme list", "signalbox theme preview nord",
            before: """
                A theme is a TOML file in signalbox/themes below your XDG configuration directory. It says only what \
                differs from the theme it extends, and may be nothing but another palette.
                """),
        subcommands: [List.self, Preview.self, Lint.self])

    static let names = CompletionKind.custom { _, _, _ in
        ThemeFiles(.current).all().map(\.name)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the themes that the console can use.",
            discussion: Examples.text("signalbox theme list", "signalbox theme list --output json"))

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let files = ThemeFiles(session.environment)
            var listing = Listing(["THEME", "FOR", "LICENSE", .flexible("FILE")])
            for entry in files.all() {
                let theme = files.library.theme(entry.name).theme
                listing.add(
                    entry.name,
                    .object([
                        "theme": .string(entry.name), "variant": .string(theme.variant.rawValue),
                        "author": .string(theme.author), "license": .string(theme.license),
                        "path": entry.path.map { .string($0) },
                    ]),
                    .text(entry.name), .text(theme.variant.rawValue), .text(theme.license),
                    entry.path.map { .text($0) } ?? .text("built in", .dim))
            }
            session.output.list(listing)
        }
    }

    /// Colours that a terminal has.
    enum Depth: String, ExpressibleByArgument, CaseIterable {
        case mono
        case sixteen = "16"
        case indexed256 = "256"
        case direct

        var depth: ColorDepth {
            switch self {
            case .mono: .mono
            case .sixteen: .sixteen
            case .indexed256: .indexed256
            case .direct: .direct
            }
        }
    }

    struct Preview: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "preview", abstract: "Show a theme on a sample of the console.",
            discussion: Examples.text(
                "signalbox theme preview edge-light", "signalbox theme preview ./mine.toml --depth 16",
                before: "As JSON it tells what every role becomes on each kind of terminal."))

        @Argument(help: "Name of the theme, or the path of its file.", completion: ThemeVerb.names) var theme: String
        @Option(help: "Colours of the terminal: mono, 16, 256 or direct (default: what this terminal has).")
        var depth: Depth?
        @Flag(help: "Only ASCII signs.") var ascii = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let (found, troubles) = try ThemeFiles(session.environment).theme(theme)
            for trouble in troubles { session.output.note("\(trouble.description)", .warning) }
            let looks = found.resolve((depth ?? automatic(session)).depth, isUnicode: !ascii)
            if session.output.format == .table {
                session.output.script(SurfaceText.lines(ThemeSample.surface(looks.glyphs), looks))
            } else {
                session.output.show(found.name, document(found)) { [] }
            }
            if !troubles.isEmpty { throw ExitCode(1) }
        }

        private func automatic(_ session: Session) -> Depth {
            if !session.output.colours { return .mono }
            let kind = session.environment["COLORTERM"]
            if kind == "truecolor" || kind == "24bit" { return .direct }
            return session.environment["TERM"]?.contains("256color") ?? false ? .indexed256 : .sixteen
        }

        private func document(_ theme: Theme) -> DocumentValue {
            let depths = Depth.allCases.map { ($0, theme.resolve($0.depth)) }
            let roles = Role.allCases.map { role -> DocumentValue in
                .object(
                    [DocumentMember("role", .string(role.name))]
                        + depths.map { DocumentMember($0.0.rawValue, .string($0.1[role].description)) })
            }
            return .object(["theme": .string(theme.name), "roles": .array(roles)])
        }
    }

    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint", abstract: "Tell what cannot be read or told apart in a theme.",
            discussion: Examples.text(
                "signalbox theme lint mine", "signalbox theme lint themes/*.toml --output jsonl",
                before: """
                    Faults of the text with line and column; contrast of every role on its grounds (at least 4.5, for \
                    lines 3); forms that are the same without colour; signs that are not ASCII; and, where a theme says \
                    vision-safe = true, states that look alike with a deficient colour vision. Without a name it \
                    looks at all themes. Anything found exits with 1.
                    """))

        @Argument(help: "Names of themes or paths of their files.", completion: ThemeVerb.names) var themes: [String] =
            []
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let files = ThemeFiles(session.environment)
            let words = themes.isEmpty ? files.all().map(\.name) : themes
            var listing = Listing(["THEME", "WHERE", .flexible("FINDING")])
            for word in words {
                let (theme, troubles) = try files.theme(word)
                for trouble in troubles {
                    let place = trouble.fault.map { "line \($0.line), column \($0.column)" } ?? "-"
                    add(trouble.theme, place, trouble.message, to: &listing)
                }
                for finding in ThemeLint.check(theme) {
                    add(finding.theme, finding.role?.name ?? "-", finding.message, to: &listing)
                }
            }
            session.output.list(listing)
            guard listing.rows.isEmpty else { throw ExitCode(1) }
            session.output.note(words.count == 1 ? "nothing found" : "nothing found in \(words.count) themes")
        }

        private func add(_ theme: String, _ place: String, _ message: String, to listing: inout Listing) {
            let document: DocumentValue = .object([
                "theme": .string(theme), "where": .string(place), "message": .string(message),
            ])
            listing.add(theme, document, .text(theme), .text(place), .text(message))
        }
    }
}
