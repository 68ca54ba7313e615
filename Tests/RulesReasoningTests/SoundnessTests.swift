import RulesLanguage
import RulesReasoning
import TestKit
import Testing

@Suite("Proofs against brute force")
struct SoundnessTests {
    /// Every claim of the prover about two random conditions, against many random requests. Counts show that it had
    /// something to say.
    @Test func noProofIsWrong() throws {
        var source = RandomCondition(SeededGenerator.announced("proofs"))
        let requests = (0..<250).map { _ in source.request() }
        let prover = Prover()
        var said: [String: Int] = [:]
        for _ in 0..<1_200 {
            let (first, second) = (source.text(depth: 2), source.text(depth: 1))
            let (a, b) = (try Expression(first), try Expression(second))
            let answers = try (truths(a, requests), truths(b, requests))
            func check(_ name: String, _ verdict: Prover.Verdict, wrong: (Bool, Bool) -> Bool)
                throws
            {
                switch verdict {
                case .proven:
                    said[name, default: 0] += 1
                    for (index, pair) in zip(answers.0, answers.1).enumerated() {
                        #expect(!wrong(pair.0, pair.1), "\(name): \(first) | \(second) | \(requests[index])")
                    }
                case .refuted(let found):
                    said["not " + name, default: 0] += 1
                    let truth = (try a.evaluate(found.values), try b.evaluate(found.values))
                    #expect(wrong(truth.0, truth.1), "\(name): \(first) | \(second) | \(found.description())")
                case .open: said["open", default: 0] += 1
                }
            }
            try check("never", prover.isNever(a), wrong: { one, _ in one })
            try check("always", prover.isAlways(b), wrong: { _, two in !two })
            try check("implies", prover.implies(a, b), wrong: { $0 && !$1 })
            try check("excludes", prover.excludes(a, b), wrong: { $0 && $1 })
        }
        print("proofs:", said.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        for name in ["never", "always", "implies", "excludes"] {
            #expect((said[name] ?? 0) >= 25, "\(name) is hardly tried")
        }
        #expect((said["open"] ?? 0) < 1_200, "most is decided one way or the other")
    }

    private func truths(_ condition: Expression, _ requests: [[FieldID: FieldValue]]) throws -> [Bool] {
        let runner = try ProgramRunner(ProgramCompiler().compile(condition))
        return requests.map { runner.matches($0) }
    }
}
