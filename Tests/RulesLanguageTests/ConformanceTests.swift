import RulesLanguage
import TestKit
import Testing

/// Our parser beside Cloudflare's own, which answers in a Python process.
@Suite(.enabled(if: WirefilterPeer.python() != nil, Comment(rawValue: WirefilterPeer.missing)))
struct ConformanceTests {
    /// What we say about a text.
    enum Ours {
        case accepted(Expression)
        case refused([ExpressionError])

        init(_ text: String) {
            do throws(ExpressionErrors) {
                self = .accepted(try Expression(text))
            } catch {
                self = .refused(error.errors)
            }
        }
    }

    /// The same expressions are taken and refused, with the same fields, functions and operators in them, but for
    /// differences that are named and explained in `ConformanceDifference.all`.
    @Test func twentyThousandExpressionsAreJudgedAlike() async throws {
        try await Self.judge(rounds: 1)
    }

    /// In rounds of 20,000 expressions: the peer answers for as many at a time.
    static func judge(rounds: Int) async throws {
        let random = SeededGenerator.announced("conformance")
        var corpus = ExpressionCorpus(fields: Schema.http.corpusFields, random: random)
        var tally: [String: Int] = [:]
        var (taken, whole, written) = (0, 0, 0)
        for _ in 0..<rounds {
            let samples = (0..<20_000).map { _ in corpus.next() }
            written += samples.count(where: \.isWhole)
            let answers = try await WirefilterPeer.answers(samples.map(\.text))
            try #require(answers.count == samples.count)
            for (sample, answer) in zip(samples, answers) {
                let ours = Ours(sample.text)
                switch (ours, answer.ok) {
                case (.accepted(let expression), true):
                    taken += 1
                    whole += sample.isWhole ? 1 : 0
                    expectSameParts(expression, answer)
                case (.refused, false): continue
                default:
                    let names = ConformanceDifference.explaining(sample.text, ours, answer)
                    for name in names ?? ["unexplained"] { tally[name, default: 0] += 1 }
                    if names == nil { Issue.record("\(Self.told(sample.text, ours, answer))") }
                }
            }
        }
        print(
            "\(rounds * 20_000) expressions, \(written) as the grammar has them; both take \(taken)"
                + " (\(whole) of those); differ: \(tally.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        #expect(taken > rounds * 8_000 && taken < rounds * 16_000, "the corpus must hold both kinds in number")
    }

    /// The table of differences says nothing that is not so: each has examples, and on each example we differ.
    @Test func everyNamedDifferenceIsOne() async throws {
        let examples = ConformanceDifference.all.flatMap { difference in difference.examples.map { (difference, $0) } }
        let answers = try await WirefilterPeer.answers(examples.map(\.1))
        for ((difference, text), answer) in zip(examples, answers) {
            let ours = Ours(text)
            let accepts = if case .accepted = ours { true } else { false }
            #expect(accepts != answer.ok, "\(difference.name): \(text)")
            let names = ConformanceDifference.explaining(text, ours, answer)
            #expect(names == [difference.name], "\(Self.told(text, ours, answer))")
        }
        let names = ConformanceDifference.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    /// What the corpus of the goldens holds is judged alike too.
    @Test func theGoldenExpressionsAreJudgedAlike() async throws {
        let texts = try Golden.input("expressions.input.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { line in
                String(line.dropFirst(2)).replacing("⏎", with: "\n").replacing("⇥", with: "\t")
            }
        for (text, answer) in zip(texts, try await WirefilterPeer.answers(texts)) {
            let ours = Ours(text)
            let accepts = if case .accepted = ours { true } else { false }
            #expect(
                accepts == answer.ok || ConformanceDifference.explaining(text, ours, answer) != nil,
                "\(Self.told(text, ours, answer))")
        }
    }

    /// Nesting is limited alike, to the level.
    @Test(arguments: [("(", "ssl", ")"), ("!", "ssl", ""), ("lower(", "http.host", ")")])
    func nestingEndsAtTheSameLevel(open: String, inner: String, close: String) async throws {
        let texts = [127, 128, 129].map { levels in
            String(repeating: open, count: levels) + inner + String(repeating: close, count: levels)
                + (open == "lower(" ? " eq \"\"" : "")
        }
        for (text, answer) in zip(texts, try await WirefilterPeer.answers(texts)) {
            let accepts = if case .accepted = Ours(text) { true } else { false }
            #expect(accepts == answer.ok)
        }
    }

    private static func expectSameParts(_ expression: Expression, _ answer: WirefilterPeer.Answer) {
        let schema = expression.schema
        let fields = Set(expression.usedFields.compactMap { schema.field($0)?.name })
        #expect(fields == Set(answer.fields ?? []), "\(expression.text)")
        let functions = expression.usedFunctions.compactMap { schema.function($0)?.name } + expression.usedQuantifiers
        #expect(Set(functions) == Set(answer.functions ?? []), "\(expression.text)")
        let operators = expression.usedOperators.map { $0 == "strict wildcard" ? "strict_wildcard" : $0 }
        #expect(Set(operators) == Set(answer.operators ?? []), "\(expression.text)")
    }

    private static func told(_ text: String, _ ours: Ours, _ answer: WirefilterPeer.Answer) -> String {
        let our =
            switch ours {
            case .accepted: "we take it"
            case .refused(let errors): "we: \(errors.map { "\($0.code.rawValue) \($0.message)" })"
            }
        return "\(text)\n\(our); they: \(answer.error ?? "take it")"
    }
}

extension Schema {
    /// Names of fields by what they hold, for the generator.
    var corpusFields: [ExpressionCorpus.Kind: [String]] {
        let kinds: [ValueType: ExpressionCorpus.Kind] = [
            .bytes: .bytes, .int: .int, .ip: .ip, .bool: .bool, .array(.bytes): .bytesList, .array(.int): .intList,
            .array(.array(.bytes)): .bytesLists, .map(.array(.bytes)): .bytesMap, .map(.array(.int)): .intMap,
        ]
        // Those that the peer does not know are in the examples of differences.
        let known = fields.filter { !ConformanceDifference.newerFields.contains($0.name) }
        return known.reduce(into: [:]) { result, field in
            kinds[field.type].map { result[$0, default: []].append(field.name) }
        }
    }
}
