import TestKit
import Testing

extension EndToEnd {
    @Suite("Zones of Cloudflare's are served")
    struct CloudflareImportTests {
        /// Real zones from public repositories; see the README beside the fixtures.
        private static let fixtures = Checkout.root + "/Tests/CloudflareImportTests/Fixtures/"

        @Test func anImportedRuleAnswers() async throws {
            let edge = try await EdgeScenario.running(nodes: 1)
            for (fixture, zone) in [("lingren", "lingren.org"), ("sefinek", "sefinek.net")] {
                let imported = try await edge.signalbox([
                    "zone", "import", "--cloudflare", Self.fixtures + fixture, "--name", zone, "--accept-warnings",
                    "--yes",
                ])
                #expect(imported.errors.contains("cloudflare \(zone): "), "\(imported)")
                try await edge.signalbox("app", "create", fixture, "--zone", zone)
                try await edge.signalbox([
                    "rule", "add", fixture, "--if", "cf.zone.name eq \"\(zone)\"", "--use", fixture, "--before", "shop",
                    "--yes",
                ])
                try await edge.signalbox("env", "assign", "staging", "\(fixture)@1", "--accept-warnings", "--yes")
                try await edge.signalbox("promote", fixture, "--accept-warnings", "--yes")
            }
            for address in edge.production {
                let redirect = try await eventually("the redirect") {
                    let answer = try await edge.get("/any", at: address, host: "www.lingren.org")
                    return answer.status == 301 ? answer : nil
                }
                #expect(redirect.first("location") == "https://seanlingren.com")
                let block = try await edge.get("/install.sh", at: address, host: "sefinek.net")
                #expect(block.status == 403, "\(block.status)")
                // A challenge there is nothing here: not a block either.
                let challenged = try await edge.get("/index.php", at: address, host: "sefinek.net")
                #expect(challenged.status != 403, "\(challenged.status)")
            }
            await edge.stop()
        }
    }
}
