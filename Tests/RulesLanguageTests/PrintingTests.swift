import RulesLanguage
import TestKit
import Testing

/// Expressions of the conformance corpus, printed in canonical form.
@Suite struct PrintingTests {
    /// Printing and parsing again is the identity on canonical text, and never changes the tree.
    @Test func printingAndParsingIsTheIdentity() throws {
        var corpus = ExpressionCorpus(
            fields: Schema.http.corpusFields, random: SeededGenerator.announced("printing the corpus"))
        var printed = 0
        for _ in 0..<6_000 {
            let text = corpus.next().text
            guard let expression = try? Expression(text) else { continue }
            let canonical = expression.canonical
            guard canonical.unicodeScalars.count <= Semantics.maximumLength else { continue }
            let again = try Expression(canonical)
            #expect(again == expression, "\(text)")
            #expect(again.canonical == canonical, "\(text)")
            #expect(again.canonicalized.root.span == again.root.span, "\(canonical)")
            printed += 1
        }
        #expect(printed > 2_000)
    }

    /// What is printed means what was written, on requests of random bytes; and no bytes make the evaluator trap.
    @Test func printedExpressionsMeanTheSame() throws {
        var random = SeededGenerator.announced("meaning of the printed corpus")
        var corpus = ExpressionCorpus(fields: Schema.http.corpusFields, random: random)
        let lists = Dictionary(
            uniqueKeysWithValues: ["office", "cf.anonymizer", "a.b_c9", "cf.open_proxies", "x", "9"].map {
                ($0, ListContents.bytes([Array("a".utf8)]))
            })
        var (evaluated, held) = (0, 0)
        for _ in 0..<4_000 {
            guard let expression = try? Expression(corpus.next().text),
                let again = try? Expression(expression.canonical),
                let program = try? ProgramCompiler(lists: lists).compile(expression)
            else { continue }
            let runner = try ProgramRunner(program)
            let printed = try ProgramRunner(ProgramCompiler(lists: lists).compile(again))
            for _ in 0..<3 {
                let request = Self.request(&random)
                let holds = runner.matches(request)
                #expect(printed.matches(request) == holds, "\(expression.text)")
                held += holds ? 1 : 0
                evaluated += 1
            }
        }
        print("\(evaluated) evaluations, \(held) held")
        #expect(evaluated > 3_000 && held > 500)
    }

    /// Every field that has a slot, with random bytes, texts of the corpus, or nothing.
    private static func request(_ random: inout SeededGenerator) -> [FieldID: FieldValue] {
        func bytes() -> [UInt8] {
            if Int.random(in: 0..<3, using: &random) == 0 {
                return Array(["a", "/shop/", "é", "GET", ""].randomElement(using: &random)?.utf8 ?? "".utf8)
            }
            return (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        var values: [FieldID: FieldValue] = [:]
        for field in Schema.http.fields where Int(field.id.rawValue) < FieldID.slotCount {
            guard Int.random(in: 0..<5, using: &random) > 0 else { continue }
            switch field.type {
            case .bool: values[field.id] = .bool(Bool.random(using: &random))
            case .int: values[field.id] = .int(Int64.random(in: -5...70_000, using: &random))
            case .ip: values[field.id] = .ip(IPAddress(v4: UInt32.random(in: 0...UInt32.max, using: &random)))
            case .bytes: values[field.id] = .bytes(bytes())
            case .array: values[field.id] = .list((0..<Int.random(in: 0...4, using: &random)).map { _ in bytes() })
            case .map:
                values[field.id] = .map(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        FieldValue.Entry(key: Bool.random(using: &random) ? Array("a".utf8) : bytes(), value: bytes())
                    })
            }
        }
        return values
    }
}
