internal import ArgumentParser
internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage
internal import RulesLint
internal import RulesReasoning

extension RulesVerb {
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract: "Tell what an expression says that cannot be meant, and what can be proven of it.",
            discussion: Examples.text(
                "signalbox rules lint 'http.host eq \"a\" and http.host eq \"b\"'",
                "cat expressions.txt | signalbox rules lint - --output jsonl", "signalbox rules lint --kinds",
                before: """
                    With - it reads one expression a line. What is reported as proven holds for every request. \
                    $name is the state's list, where there is one, or what --list says.
                    """))

        @Argument(help: "The expression, or - for one a line on standard input.") var expression: String?
        @Flag(help: "It is a value, as in a redirect's target, and no condition.") var value = false
        @Option(
            help: ArgumentHelp(
                "Phase that it stands in, for fields and functions that not every phase allows.", valueName: "phase"),
            completion: .list(Phase.allCases.map(\.rawValue)))
        var phase: String?
        @Flag(help: "List every kind of finding with why it matters.") var kinds = false
        @Option(help: ArgumentHelp("A named list as NAME=VALUE,VALUE; repeatable.", valueName: "list"))
        var list: [String] = []
        @OptionGroup var options: LintOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func validate() throws {
            guard kinds != (expression != nil) else { throw ValidationError("Give an expression, or --kinds alone.") }
        }

        func run() throws {
            let session = try Session(global)
            let output = session.output
            guard let expression else { return output.list(Self.listing) }
            let phase = try phase.map { word in
                guard let phase = Phase(rawValue: word) else {
                    throw ErrorReport(
                        .usage, at: "--phase \(word)", "there is no such phase",
                        remedy: "signalbox rules lint 'ssl' --phase \(Phase.firewallCustom.rawValue)")
                }
                return phase
            }
            var findings: [Finding] = []
            let given = try NamedValues.lists(list)
            let plain = Prover()
            // Only an expression that asks for a list makes this look for a state.
            var known: (lists: [String: ListContents]?, prover: Prover)?
            func look(_ text: String, at place: String, _ line: Int?) throws {
                let mode: Expression.Mode = value ? .value : .filter
                let checked = CheckedExpression(text, mode)
                var found = checked.findings(at: place, line)
                if let read = try? Expression(text, mode: mode) {
                    if known == nil, !read.usedLists.isEmpty {
                        let lists = try StateLists.known(for: [text], given: given, session)
                        known = (lists, Prover(lists: lists ?? [:]))
                    }
                    found = ExpressionLint.findings(
                        read, in: phase, at: place, now: output.now.milliseconds / 1000, prover: known?.prover ?? plain)
                    if let lists = known?.lists {
                        found += ExpressionCheck.listFindings(read, lists, at: place)
                    }
                }
                findings += found.map { finding in
                    var placed = finding
                    placed.line = line
                    return placed
                }
            }
            if expression == "-" {
                var lines = 0
                try ExpressionLines.read { text in
                    lines += 1
                    try look(text, at: "standard input", lines)
                }
            } else {
                try look(expression, at: "the expression", nil)
            }
            try options.show(findings, of: "lint", output)
        }

        private static var listing: Listing {
            var listing = Listing(["KIND", "SEVERITY", .flexible("WHY")])
            for kind in LintKind.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
                listing.add(
                    kind.rawValue,
                    .object([
                        "kind": .string(kind.rawValue), "severity": .string(kind.severity.rawValue),
                        "why": .string(kind.explanation),
                    ]), .text(kind.rawValue), .text(kind.severity.rawValue), .text(kind.explanation))
            }
            return listing
        }
    }

    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Tell how the requests of two conditions lie to each other; exit 1 when they are not the same.",
            discussion: Examples.text(
                "signalbox rules compare 'ip.src in {10.1.0.0/16}' 'ip.src in {10.0.0.0/8}'",
                "signalbox rules compare 'ssl' 'http.host eq \"a\"' --output json",
                before: """
                    Same, one within the other, or never together are proven for every request. An overlap comes with \
                    values for which both hold. Not everything can be decided: then it says so.
                    """))

        @Argument(help: "A condition.") var first: String
        @Argument(help: "Another one.") var second: String
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let output = session.output
            let (one, other) = (try read(first, "first"), try read(second, "second"))
            let relation = Prover(lists: try StateLists.known(for: [first, second], session) ?? [:]).relation(
                one, other)
            let (name, sentence) = Self.words(relation)
            var example: String?
            if case .overlapping(let witness) = relation { example = witness.description() }
            output.show(
                name,
                .object([
                    "relation": .string(name), "example": example.map { .string($0) },
                    "first": .string(one.canonical), "second": .string(other.canonical),
                ])
            ) {
                [Output.Piece(SafeText(sentence))] + (example.map { [Output.Piece("for example \($0)")] } ?? [])
            }
            if relation != .same { throw ExitCode(1) }
        }

        private func read(_ text: String, _ which: String) throws -> Expression {
            do throws(ExpressionErrors) {
                return try Expression(text)
            } catch {
                throw ErrorReport(
                    .invalid, at: "the \(which) expression", "it has faults", remedy: "mend what the findings name",
                    findings: CheckedExpression(text, .filter).findings(at: "the \(which) expression", nil))
            }
        }

        private static func words(_ relation: Prover.Relation) -> (name: String, sentence: String) {
            switch relation {
            case .same: ("same", "they hold for the same requests")
            case .firstWithinSecond: ("first-within-second", "whenever the first holds, the second does")
            case .secondWithinFirst: ("second-within-first", "whenever the second holds, the first does")
            case .neverTogether: ("never-together", "there is no request for which both hold")
            case .overlapping: ("overlapping", "both hold for some requests")
            case .open: ("undecided", "nothing could be proven either way")
            }
        }
    }
}
