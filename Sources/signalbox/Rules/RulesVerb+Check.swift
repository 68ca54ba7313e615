internal import ArgumentParser
internal import EdgeModel
internal import RulesLanguage

extension RulesVerb {
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Tell every fault of an expression with its place; exit 1 when there is one.",
            discussion: Examples.text(
                "signalbox rules check 'http.host eq \"example.com\"'", "cat expressions.txt | signalbox rules check -",
                "cat expressions.txt | signalbox rules check - --output jsonl",
                before: "With - it reads one expression a line and answers each in order."))

        @Argument(help: "The expression, or - for one a line on standard input.") var expression: String
        @Flag(help: "It is a value, as in a redirect's target, and no condition.") var value = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let output = try Session(global).output
            guard expression == "-" else {
                let answer = CheckedExpression(expression, value ? .value : .filter)
                output.show(answer.canonical ?? expression, answer.document) { answer.pieces() }
                if answer.canonical == nil { throw ExitCode(1) }
                return
            }
            var (lines, faulty) = (0, 0)
            var documents: [DocumentValue] = []
            try ExpressionLines.read { line in
                lines += 1
                let answer = CheckedExpression(line, value ? .value : .filter)
                if answer.canonical == nil { faulty += 1 }
                switch output.format {
                case .json: documents.append(answer.document)
                case .jsonl: output.line(SafeText(json: answer.document, pretty: false))
                case .name: if let canonical = answer.canonical { output.line(SafeText(canonical)) }
                case .table: if answer.canonical == nil { output.pieces(answer.pieces(line: lines)) }
                }
            }
            if output.format == .json { output.line(SafeText(json: .array(documents), pretty: true)) }
            output.note("\(lines) expressions, \(faulty) of them faulty", .dim)
            if faulty > 0 { throw ExitCode(1) }
        }
    }

    struct Format: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fmt",
            abstract: "Print an expression in one notation, without needless parentheses.",
            discussion: Examples.text(
                "signalbox rules fmt '(http.host==\"a\")&&ssl'", "cat expressions.txt | signalbox rules fmt -",
                "signalbox rules fmt --check 'http.host eq \"a\"'",
                before: "With - it reads one expression a line; a faulty one is printed as it is, and told."))

        @Argument(help: "The expression, or - for one a line on standard input.") var expression: String
        @Flag(help: "It is a value, as in a redirect's target, and no condition.") var value = false
        @Flag(help: "Print nothing; exit 1 when it is written in another way.") var check = false
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let output = try Session(global).output
            var isCanonical = true
            var findings: [Finding] = []
            func format(_ text: String, at place: String, _ line: Int?) {
                let answer = CheckedExpression(text, value ? .value : .filter)
                findings += answer.findings(at: place, line)
                isCanonical = isCanonical && answer.canonical == text
                guard !check, line != nil || answer.canonical != nil else { return }
                let canonical = answer.canonical ?? text
                output.show(canonical, .object(["expression": .string(canonical)])) {
                    [Output.Piece(SafeText(lines: canonical))]
                }
            }
            if expression == "-" {
                var lines = 0
                try ExpressionLines.read { line in
                    lines += 1
                    format(line, at: "standard input", lines)
                }
            } else {
                format(expression, at: "the expression", nil)
            }
            guard findings.isEmpty else {
                throw ErrorReport(
                    .invalid, at: expression == "-" ? "standard input" : "the expression",
                    "an expression has faults", remedy: "mend what the findings name", findings: findings)
            }
            if check, !isCanonical { throw ExitCode(1) }
        }
    }
}
