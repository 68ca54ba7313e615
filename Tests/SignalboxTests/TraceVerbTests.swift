import DocumentText
import EdgeModel
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

    @Test func everyKeyOfTheAnswerIsWrittenInOneWay() async throws {
        let answer = try await bench().run(["trace", "http://example.com/", "--ip", "192.0.2.1", "-o", "json"])
        let document = try DocumentText.read(answer.output).value
        #expect(document["refused_values"] == .int(0))
        #expect(document["request"]?["client_address"] == .string("192.0.2.1"))
        #expect(Self.keys(of: document).filter { $0.contains { $0.isUppercase } } == [])
    }

    private static func keys(of value: DocumentValue) -> [String] {
        switch value {
        case .object(let members): members.flatMap { [$0.key] + keys(of: $0.value) }
        case .array(let items): items.flatMap(keys)
        default: []
        }
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
