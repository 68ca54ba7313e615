import RulesLanguage
import TestKit
import Testing

@Suite struct ProgramFuzzTests {
    /// One request and room for the patterns of any program.
    private final class Bed {
        private let store: FieldStore
        private let regexes: RegexTable

        init(_ request: [FieldID: FieldValue]) throws {
            store = FieldStore(request)
            // Missing handles make their condition false.
            var table = RegexTable(capacity: Semantics.maximumRegexes)
            try Array("a(b)?".utf8).withUnsafeBytes { bytes in try table.append(bytes) }
            regexes = table
        }

        /// Whatever the bytes: the verifier answers, and what it accepts evaluates without trapping.
        func run(_ bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBytes { program in
                guard let summary = try? ProgramVerifier.verify(program) else { return false }
                _ = ProgramVerifier.regexPatterns(in: program).map { Array($0) }
                var scratch = Scratch(limit: 4_096)
                var explanation = ExplanationBuffer(capacity: 16)
                withUnsafeMutablePointer(to: &explanation) { explanation in
                    _ = Evaluator.matches(
                        program, store.table, regexes: regexes.base(at: 0), scratch: &scratch, explanation: explanation)
                }
                if summary.mode == .value {
                    let result = Evaluator.bytes(program, store.table, regexes: regexes.base(at: 0), scratch: &scratch)
                    // Touch every byte, so that a wrong length would show.
                    _ = result.map { $0.reduce(0) { $0 ^ $1 } }
                }
                return true
            }
        }
    }

    @Test func mutatedProgramsNeverTrap() throws {
        var random = SeededGenerator.announced("mutated programs")
        var accepted = 0
        for _ in 0..<600 {
            let isValue = Bool.random(using: &random)
            let node =
                isValue ? RandomExpression.bytes(depth: 4, &random) : RandomExpression.condition(depth: 3, &random)
            let expression = RandomExpression.expression(node, mode: isValue ? .value : .filter)
            let program = try ProgramCompiler().compile(expression).bytes
            let bed = try Bed(RandomExpression.request(&random))
            #expect(bed.run(program))
            for _ in 0..<60 {
                var bytes = program
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[index] =
                        Bool.random(using: &random)
                        ? UInt8.random(in: 0...255, using: &random)
                        : bytes[index] ^ (1 << UInt8.random(in: 0...7, using: &random))
                }
                if Int.random(in: 0..<20, using: &random) == 0 {
                    bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
                }
                if bed.run(bytes) { accepted += 1 }
            }
        }
        print("\(accepted) mutated programs were accepted and ran")
        #expect(accepted > 1_000)
    }

    @Test func randomBytesAreNoPrograms() throws {
        var random = SeededGenerator.announced("random programs")
        let bed = try Bed(RandomExpression.request(&random))
        for length in 0..<2_000 {
            var bytes = (0..<(length % 300)).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(!bed.run(bytes))
            // With a right header, so that the nodes are looked at.
            guard bytes.count >= 48 else { continue }
            bytes.replaceSubrange(
                0..<16,
                with: [
                    0x52, 0x58, 1, 0, UInt8(bytes.count & 255), UInt8(bytes.count >> 8), 0, 0, 2, 0, 0, 0, 48, 0, 0, 0,
                ])
            for place in [16, 32] { bytes[place] = UInt8.random(in: 0...45, using: &random) }
            _ = bed.run(bytes)
        }
    }

    @Test func deepProgramsAreRefused() throws {
        /// Negations of a constant, nested: one node each.
        func program(_ depth: Int) -> [UInt8] {
            func little(_ value: Int, _ count: Int) -> [UInt8] {
                (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            }
            let size = 16 + 16 * depth
            var bytes: [UInt8] = [0x52, 0x58, 1, 0] + little(size, 4) + little(depth, 2) + [0, 0] + little(size, 4)
            for index in 0..<depth {
                bytes += [index == depth - 1 ? 1 : 2, 0, 0, 0, 0, 0, 0, 0] + little(depth, 2) + [0, 0, 0, 0, 0, 0]
            }
            return bytes
        }
        let bed = try Bed([:])
        #expect(bed.run(program(Semantics.maximumProgramDepth)))
        #expect(!bed.run(program(Semantics.maximumProgramDepth + 1)))
        #expect(!bed.run(program(60_000)))
    }

    /// Operands that reach beyond their operation would be evaluated more than once, and nested ones without end.
    @Test func overlappingNodesAreRefused() throws {
        /// true or (true and not true), with the end of `not` as given.
        func program(endOfNot: UInt8) -> [UInt8] {
            let nodes: [(opcode: UInt8, variant: UInt8, end: UInt8)] = [
                (4, 0, 6), (3, 0, 5), (1, 1, 3), (2, 0, endOfNot), (1, 1, 5), (1, 1, 6),
            ]
            let bytes: [UInt8] = [0x52, 0x58, 1, 0, 112, 0, 0, 0, 6, 0, 0, 0, 112, 0, 0, 0]
            return nodes.reduce(bytes) { $0 + [$1.opcode, $1.variant, 0, 0, 0, 0, 0, 0, $1.end, 0, 0, 0, 0, 0, 0, 0] }
        }
        #expect(throws: Never.self) { try Program(verifying: program(endOfNot: 5)) }
        #expect(throws: ProgramError(offset: 64, reason: "a node ends outside its parent")) {
            try Program(verifying: program(endOfNot: 6))
        }
    }

    /// The deepest expression that the parser accepts still verifies.
    @Test func theDeepestExpressionFitsAProgram() throws {
        let step = "ssl or ssl xor ssl and ("
        let text = String(repeating: step, count: 128) + "ssl" + String(repeating: ")", count: 128)
        #expect(try Expression(text).evaluate([.ssl: .bool(true)]))
    }

    @Test func hostileRequestsEndQuickly() throws {
        let entries = (0..<20_000).map { FieldValue.Entry("k\($0 % 100)", String(repeating: "a", count: 3)) }
        let request: [FieldID: FieldValue] = [
            .args: .map(entries), .httpHost: .bytes([UInt8](repeating: 97, count: 60_000)),
        ]
        for text in [
            #"any(http.request.uri.args[*][*] eq "b")"#, #"any(http.request.uri.args[*][0] eq "b")"#,
            #"http.host wildcard "*a*a*a*a*a*a*a*a*a*a*b""#, #"http.host matches "(a*)*b""#,
            #"http.host contains "aaaaaaaaab""#,
            #"any(concat(http.request.uri.args.names[*], join(concat(http.request.uri.args.names[*], "x"), ","))[*] eq "b")"#,
            #"url_decode(http.host, "r") eq "b""#, "ssl",
        ] {
            #expect(try !Expression(text).evaluate(request), "\(text)")
        }
    }
}
