import ControlPlane
import DocumentText
import EdgeModel
import TestKit
import Testing

@testable import signalbox

/// Writing to a draft that an environment serves already.
@Suite struct StagedDraftTests {
    private func apply(_ text: String, staged: Bool) async throws -> CommandAnswer {
        let folder = try TemporaryDirectory("staged")
        let plane = try SampleAccount.make(at: folder.path("state.db"))
        if staged {
            let (shop, staging) = (try Names.application("shop"), try Names.environment("staging"))
            _ = try plane.apply(try plane.plan(.assign(application: shop, version: 2, environment: staging)))
        }
        try folder.write(text, to: "shop.yaml")
        let words = ["version", "apply", "shop@2", "-f", "shop.yaml", "--state", folder.path("state.db")]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: ["HOME": folder.path], directory: folder.path))
    }

    private static let good = "settings: {version_header: x-version}"
    private static let wrong = """
        rules:
          http_request_firewall_custom:
            - {ref: odd, expression: cf.threat_score gt 10, action: block}
        """

    @Test func theEnvironmentsThatServeItAreNamed() async throws {
        let answer = try await apply(Self.good, staged: true)
        #expect(answer.status == 0, "\(answer)")
        #expect(answer.errors.contains("staging serves shop@2: what answers there changes now\n"), "\(answer)")
        let faulty = try await apply(Self.wrong, staged: true)
        #expect(faulty.errors.contains("now, and rules with errors do nothing there"), "\(faulty)")
    }

    @Test func aDraftThatNobodyServesIsADesk() async throws {
        #expect(try await !apply(Self.wrong, staged: false).errors.contains("changes now"))
    }
}
