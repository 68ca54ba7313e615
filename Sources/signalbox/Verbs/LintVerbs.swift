internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel

/// From which severity on lint answers no (exit 1).
enum LintLimit: String, ExpressibleByArgument, CaseIterable {
    case error, warning, info, never

    func isReached(by findings: [Finding]) -> Bool {
        switch self {
        case .error: findings.contains { $0.severity == .error }
        case .warning: findings.contains { $0.severity >= .warning }
        case .info: !findings.isEmpty
        case .never: false
        }
    }
}

struct LintOptions: ParsableArguments {
    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp(
            "From which severity on to exit 1: error, warning, info or never (default: warning).", valueName: "severity"
        ))
    var limit = LintLimit.warning

    func show(_ findings: [Finding], of label: String, _ output: Output) throws {
        output.show(label, .array(findings.map(\.document))) {
            FindingText.pieces(findings) + [Output.Piece("\(label): \(FindingText.summary(findings))")]
        }
        if limit.isReached(by: findings) { throw ExitCode(1) }
    }
}

extension VersionVerb {
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract: "Tell what a version's rules say that cannot be meant, and what is provably without effect.",
            discussion: Examples.text(
                "signalbox version lint shop@draft", "signalbox version lint shop@3 --fail-on error --output json",
                before: """
                    Rules that can never match, rules that earlier ones leave nothing, redirect loops, texts that no \
                    request has, and more. What is reported as proven holds for every request. Whether a version can be \
                    promoted is another question: version check.
                    """))

        @Argument(help: "The version.", completion: Completion.versions) var version: String
        @OptionGroup var options: LintOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let plane = try session.plane(.reading)
            let version = try plane.resolve(try Names.version(version))
            try options.show(try plane.lint(version), of: version.label, session.output)
        }
    }
}

extension ZoneVerb {
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract: "Tell what a zone's own rules say that cannot be meant, and what is provably without effect.",
            discussion: Examples.text("signalbox zone lint example.com", "signalbox zone lint example.com -o json"))

        @Argument(help: "Name of the zone.", completion: Completion.zones) var zone: String
        @OptionGroup var options: LintOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let name = try Names.zone(zone)
            try options.show(try session.plane(.reading).lintZone(named: name), of: name, session.output)
        }
    }
}

extension RuleVerb {
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract:
                "Tell which routing rules get no traffic, and which environments' filters catch ordinary requests.",
            discussion: Examples.text("signalbox rule lint", "signalbox rule lint --output json"))

        @OptionGroup var options: LintOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            try options.show(try session.plane(.reading).lintRouting(), of: "routing", session.output)
        }
    }
}
