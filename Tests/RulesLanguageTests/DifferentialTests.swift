import RulesLanguage
import TestKit
import Testing

@Suite struct DifferentialTests {
    /// Programs say what the plainest possible evaluator says, on random trees and random requests; every kind of
    /// comparison both holds and fails at least 50 times.
    @Test func programsAgreeWithTheReference() throws {
        var random = SeededGenerator.announced("evaluator against reference")
        var tally: [String: (yes: Int, no: Int)] = [:]
        var held = 0
        var cases = 0
        // 3,000 expressions, and more when a kind came too seldom in them.
        for round in 0..<15_000 {
            guard round < 3_000 || tally.values.contains(where: { $0.yes < 50 || $0.no < 50 }) else { break }
            let expression = RandomExpression.expression(RandomExpression.condition(depth: 3, &random))
            let runner = try ProgramRunner(ProgramCompiler().compile(expression))
            for _ in 0..<6 {
                let request = RandomExpression.request(&random)
                let reference = Reference(fields: request)
                let expected = reference.truth(expression.root)
                let (actual, parts) = runner.explained(request)
                #expect(actual == expected, "\(expression.canonical) on \(request)")
                #expect(runner.matches(request) == expected)
                #expect(parts.last?.truth == (expected ? .yes : .no) || parts.last?.truth == .missing)
                count(expression.root, reference, &tally)
                held += expected ? 1 : 0
                cases += 1
            }
        }
        print(
            "\(cases) cases, \(held) held; "
                + tally.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        #expect(tally.count >= 13)
        for (kind, counts) in tally { #expect(counts.yes >= 50 && counts.no >= 50, "\(kind): \(counts)") }
    }

    private func count(_ node: Node, _ reference: Reference, _ tally: inout [String: (yes: Int, no: Int)]) {
        var kinds: [(String, Bool)] = []
        node.visit { part in
            guard case .test(let value, let comparison) = part.kind, part.type == .bool else {
                if case .quantified(let quantifier, _) = part.kind {
                    kinds.append(("\(quantifier)", reference.truth(part)))
                }
                return
            }
            let name =
                switch comparison {
                case .ordering(let ordering, let literal): "\(literal.type) \(ordering)"
                case .wildcard(_, let strict): strict ? "strict" : "wildcard"
                default: String("\(comparison)".prefix { $0 != "(" })
                }
            kinds.append((name, reference.holds(reference.value(value), reference.resolved(comparison))))
        }
        for (name, holds) in kinds {
            tally[name, default: (0, 0)].yes += holds ? 1 : 0
            tally[name, default: (0, 0)].no += holds ? 0 : 1
        }
    }

    @Test func valueProgramsAgreeWithTheReference() throws {
        var random = SeededGenerator.announced("values against reference")
        for _ in 0..<2_000 {
            let node = RandomExpression.bytes(depth: 4, &random)
            let runner = try ProgramRunner(
                ProgramCompiler().compile(RandomExpression.expression(node, mode: .value)))
            for _ in 0..<3 {
                let request = RandomExpression.request(&random)
                let expected: [UInt8]? =
                    if case .bytes(let bytes) = Reference(fields: request).value(node) { bytes } else { nil }
                #expect(runner.bytes(request) == expected)
            }
        }
    }

    /// Fixing fields beforehand never changes the outcome.
    @Test func partialEvaluationKeepsTheMeaning() throws {
        var random = SeededGenerator.announced("partial evaluation")
        var always = 0
        for _ in 0..<2_000 {
            let expression = RandomExpression.expression(RandomExpression.condition(depth: 3, &random))
            let request = RandomExpression.request(&random)
            var known: [FieldID: Literal] = [:]
            if case .bytes(let host) = request[.httpHost] { known[.httpHost] = .bytes(host) }
            if case .bool(let ssl) = request[.ssl] { known[.ssl] = .bool(ssl) }
            if case .int(let port) = request[.edgeServerPort] { known[.edgeServerPort] = .int(port) }
            if case .ip(let address) = request[.sourceIP] { known[.sourceIP] = .ip(address) }
            let expected = Reference(fields: request).truth(expression.root)
            switch expression.partiallyEvaluated(known: known) {
            case .always(let value):
                always += 1
                #expect(value == expected, "\(expression.canonical)")
            case .simplified(let rest):
                #expect(Reference(fields: request).truth(rest.root) == expected, "\(expression.canonical)")
                if rest.text.utf8.count <= 4_096 { #expect(try Expression(rest.text) == rest) }
            }
        }
        #expect(always > 100)
    }
}
