internal import ArgumentParser
internal import EdgeModel
internal import RulesLanguage

extension RulesVerb {
    struct Eval: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "eval",
            abstract: "Evaluate an expression on a request; exit 0 when it holds, 1 when it does not.",
            discussion: Examples.text(
                "signalbox rules eval 'http.host eq \"example.com\"' --url https://example.com/",
                "signalbox rules eval --value 'concat(\"/new\", http.request.uri.path)' --url https://example.com/a",
                "signalbox rules eval 'ip.src in $office' --ip 10.1.2.3 --list office=10.0.0.0/8",
                "signalbox rules eval 'cf.threat_score gt 10' --field cf.threat_score=30 --request request.json",
                before:
                    "The request is given by options, or as a file with method, url, headers, ip, country, response\n"
                    + "and fields. A value that is missing is told as missing, with exit 1."))

        @Argument(help: "The expression.") var expression: String
        @Flag(help: "It is a value, as in a redirect's target, and no condition.") var value = false
        @OptionGroup(title: "Request options") var request: RuleRequestOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let output = session.output
            let evaluation = try RuleEvaluation(expression, value ? .value : .filter, request, session)
            if value {
                let result = try evaluation.value().map { String(decoding: $0, as: UTF8.self) }
                output.show(
                    result ?? "missing",
                    .object(["value": result.map { .string($0) } ?? .null, "missing": .bool(result == nil)])
                ) {
                    [result.map { Output.Piece(SafeText($0)) } ?? Output.Piece("missing", .dim)]
                }
                if result == nil { throw ExitCode(1) }
            } else {
                let truth = try evaluation.truth(evaluation.expression.root)
                output.show("\(truth == .yes)", .object(["matches": .bool(truth == .yes)])) {
                    [Output.Piece("\(truth == .yes)", truth == .yes ? .good : .plain)]
                }
                if truth != .yes { throw ExitCode(1) }
            }
        }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Show an expression as a tree, in words, and with a request the truth of every part.",
            discussion: Examples.text(
                "signalbox rules explain 'ssl and not http.host contains \"test\"'",
                "signalbox rules explain 'http.host eq \"a.example\" or ip.src in {10.0.0.0/8}' --ip 10.1.2.3",
                before: "Every part is evaluated, those too that the edge would not look at any more."))

        @Argument(help: "The expression.") var expression: String
        @OptionGroup(title: "Request options") var request: RuleRequestOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run() throws {
            let session = try Session(global)
            let output = session.output
            let evaluation = try RuleEvaluation(expression, .filter, request, session)
            let tree = try ExpressionTree(evaluation.expression.root, request.isGiven ? evaluation : nil)
            output.show(
                evaluation.expression.canonical,
                .object([
                    "expression": .string(expression), "canonical": .string(evaluation.expression.canonical),
                    "tree": tree.document,
                ])
            ) { tree.pieces() }
        }
    }
}

/// An expression with the request that it is evaluated on.
struct RuleEvaluation {
    let expression: Expression
    private let values: [FieldID: FieldValue]
    private let lists: [String: ListContents]

    /// Throws ``ErrorReport`` for faults of the expression and of the request.
    init(_ text: String, _ mode: Expression.Mode, _ request: RuleRequestOptions, _ session: Session) throws {
        let checked = CheckedExpression(text, mode)
        do throws(ExpressionErrors) {
            expression = try Expression(text, mode: mode)
        } catch {
            throw ErrorReport(
                .invalid, at: "the expression", "the expression has faults", remedy: "mend what the findings name",
                findings: checked.findings(at: "the expression", nil))
        }
        let (values, given) = try request.values(now: session.output.now)
        self.values = values
        lists = try StateLists.known(for: [text], given: given, session) ?? [:]
    }

    private func program(_ node: RulesLanguage.Node, _ mode: Expression.Mode) throws -> ProgramRunner {
        let part = Expression(unchecked: node, mode: mode, schema: expression.schema)
        do {
            return try ProgramRunner(ProgramCompiler(lists: lists).compile(part))
        } catch let error as ExpressionErrors {
            let first = error.errors.first
            let usual =
                first?.code == .unknownList ? "give it with --list NAME=VALUE,VALUE" : "signalbox rules functions"
            throw ErrorReport(
                .invalid, at: "the expression", "it cannot be evaluated: \(first?.message ?? "")",
                remedy: first?.remedy ?? usual)
        }
    }

    /// The truth of a part that is a condition of its own.
    func truth(_ node: RulesLanguage.Node) throws -> Truth {
        let (holds, parts) = try program(node, .filter).explained(values)
        return holds ? .yes : parts.last?.truth ?? .no
    }

    func value() throws -> [UInt8]? { try program(expression.root, .value).bytes(values) }

    /// A value as text; nil when it is missing or a list of lists.
    func text(_ node: RulesLanguage.Node) throws -> String? {
        let shown: RulesLanguage.Node
        switch node.type {
        case _ where node.isEach: return nil
        case .bytes: shown = node
        case .int, .bool, .ip: shown = RulesLanguage.Node(.call(.toString, [node]), type: .bytes, span: node.span)
        case .array(.bytes):
            let separator = RulesLanguage.Node(.literal(.string(", ")), type: .bytes, span: node.span)
            shown = RulesLanguage.Node(.call(.join, [node, separator]), type: .bytes, span: node.span)
        case .array, .map: return nil
        }
        return try program(shown, .value).bytes(values).map { String(decoding: $0, as: UTF8.self) }
    }
}
