import FoundationEssentials
import FuzzTargets
import TestKit
import Testing

/// Inputs that reached something new when fuzzed, and those that once broke something, in `Corpus/TARGET`.
@Suite("Fuzzing corpus") struct CorpusTests {
    static let folder = "Corpus"

    /// A child process, so that a trap, a hang or too much memory ends only that, and names the file.
    @Test(arguments: FuzzTarget.allCases)
    func isReplayed(target: FuzzTarget) async throws {
        let files = Golden.names(folder: "\(Self.folder)/\(target.rawValue)")
        try #require(!files.isEmpty, "no corpus for \(target)")
        let paths = files.map { Golden.inputPath($0, folder: "\(Self.folder)/\(target.rawValue)") }
        let finished = try await ChildProcess.run(
            Checkout.program("fuzzreplay"), [target.rawValue] + paths, within: .seconds(300))
        let last = finished.output.split(separator: "\n").last.map { String($0) } ?? "none"
        #expect(finished.exit.isSuccess, "\(finished.exit) at \(last): \(finished.errors.prefix(2_000))")
        #expect(finished.output.split(separator: "\n").count == paths.count)
    }

    @Test func everyFolderIsATargets() throws {
        let known = FuzzTarget.allCases.map(\.rawValue)
        for file in Golden.names(folder: Self.folder) {
            #expect(known.contains(String(file.prefix { $0 != "/" })), "\(file)")
        }
    }

    @Test func anUnknownTargetIsRefused() async throws {
        let finished = try await ChildProcess.run(Checkout.program("fuzzreplay"), ["nothing", "/dev/null"])
        #expect(finished.exit == .exited(64) && finished.errors.contains("expression"))
    }
}
