import TestKit
import Testing

@testable import signalbox

/// `trace` on a state that no server has: its answer for programs, and its errors.
@Suite struct TraceVerbTests {
    private func bench() throws -> StateBench {
        let bench = try StateBench.bare()
        _ = try SampleAccount.make(at: bench.state)
        return bench
    }

    @Test(arguments: [["trace"], ["staging", "curl"]])
    func aHeaderWithoutAColonIsShownHowItIsWrittenThere(verb: [String]) async throws {
        let url = "http://example.com/?a=1&b=2"
        let answer = try await bench().attempt(verb + ["-H", "nocolon", url])
        let command = "signalbox \(verb.joined(separator: " ")) '\(url)' --header 'Cookie: beta=1'"
        #expect(answer.status == 64, "\(answer)")
        #expect(answer.errors.contains("next:  \(command)\n"), "\(answer)")
        #expect(VerbTree.complaint(command) == nil)
    }
}
