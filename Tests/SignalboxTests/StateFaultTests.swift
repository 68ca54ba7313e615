import FoundationEssentials
import TestKit
import Testing

/// Whatever is wrong with the state, a command says where, what and how to mend it, and loses nothing.
@Suite(.serialized) struct StateFaultTests {
    private static let template = Task { try await StateBench.made() }

    static let possible = StateFault.allCases.filter { StateFault.isRoot || !$0.needsRoot }

    @Test(.timeLimit(.minutes(3)), arguments: possible)
    func isToldAndLosesNothing(fault: StateFault) async throws {
        let bench = try await Self.template.value.copied()
        let before = try await bench.content()
        let happened = try await fault.happen(to: bench)
        let bytes = try? Data(contentsOf: URL(filePath: bench.state))
        var text = ""
        for words in [
            ["zone", "list"], ["app", "create", "other", "--zone", ShopZone.name],
        ] {
            let answer = try await bench.attempt(words, prefix: happened.prefix, program: happened.program)
            #expect([0, 66, 69, 70, 75, 77].contains(answer.status), "\(answer)")
            if answer.status != 0 {
                for line in ["error: ", "  where: ", "  next:  "] { #expect(answer.errors.contains(line), "\(answer)") }
            }
            text += "$ signalbox \(words.joined(separator: " "))\n\(answer.errors)exit status \(answer.status ?? -1)\n"
        }
        #expect((try? Data(contentsOf: URL(filePath: bench.state))) == bytes, "not a byte of the file was changed")
        if let process = happened.process {
            text = text.replacing("\(process.pid)", with: "PID")
            process.closeInput()
            try await process.wait()
        }
        try happened.mend()
        #expect(try await bench.content() == before)
        try Golden.check(text.replacing(bench.folder.path, with: "DIRECTORY"), "faults/\(fault.rawValue).txt")
    }

    @Test func noGoldenIsLeftOver() {
        let known = StateFault.allCases.map { "\($0.rawValue).txt" }
        #expect(Golden.orphans(known: known, folder: "Goldens/faults") == [])
    }
}
