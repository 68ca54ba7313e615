import TestKit
import Testing

/// What an operator does, on real programs: `signalbox`, `serve`, two nodes with stock Envoy and the edge module, origins
/// and traffic. One scenario at a time: each needs five processes and the machine has few processors.
///
/// Without Envoy or the module there is nothing to run; `make test` provides both.
@Suite("End to end", .serialized, .enabled(if: EdgeScenario.isPossible), .timeLimit(.minutes(15)))
enum EndToEnd {}

extension EdgeScenario {
    /// Version 2 with another release header, on the staging addresses.
    func stageSecondVersion() async throws {
        try await makeVersion(by: "release-2")
        try await signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes")
    }

    /// The same, promoted to production.
    func promoteSecondVersion() async throws {
        try await stageSecondVersion()
        try await signalbox("promote", "shop", "--accept-warnings", "--yes")
        try await serves("shop@2", at: production)
    }

    /// Arguments after which standard error holds the error as JSON and nothing else.
    static let asJSON = ["--output", "json", "--quiet"]
}
