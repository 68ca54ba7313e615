import FoundationEssentials
import TestKit
import Testing

/// Two million expressions: `make soak`.
@Suite(
    "Soak: conformance",
    .enabled(if: ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"] != nil, "make soak"),
    .enabled(if: WirefilterPeer.python() != nil, Comment(rawValue: WirefilterPeer.missing)))
struct ConformanceSoak {
    @Test func twoMillionExpressionsAreJudgedAlike() async throws {
        try await ConformanceTests.judge(rounds: 100)
    }
}
