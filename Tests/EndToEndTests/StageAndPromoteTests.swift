import TestKit
import Testing

extension EndToEnd {
    @Suite("A version is staged, compared, promoted and rolled back under traffic")
    struct StageAndPromoteTests {
        @Test func nobodyNotices() async throws {
            let edge = try await EdgeScenario.running()
            let load = try await edge.startLoad()

            try await edge.makeVersion(by: "release-2")
            let assigned = try await edge.signalbox(
                ["env", "assign", "staging", "shop@2", "--accept-warnings", "--yes"] + EdgeScenario.asJSON)
            #expect(assigned.json["acknowledged"].texts == ["fra1", "hil1"])
            try await edge.serves("shop@2", at: edge.staging)
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@1") }

            let diff = try await edge.attempt("version", "diff", "shop@production", "shop@staging")
            #expect(diff.status == 1)
            #expect(diff.output.contains("release-1") && diff.output.contains("release-2"), "\(diff)")

            let promoted = try await edge.signalbox(
                ["promote", "shop", "--accept-warnings", "--yes"] + EdgeScenario.asJSON)
            #expect(promoted.json["committed"] == .bool(true))
            #expect(promoted.json["acknowledged"].texts == ["fra1", "hil1"] && promoted.json["missing"] == .array([]))
            try await edge.serves("shop@2", at: edge.production)
            for address in edge.production {
                #expect(try await edge.get(at: address).first(ShopZone.releaseHeader) == "release-2")
            }

            let back = try await edge.signalbox(
                ["rollback", "shop", "--reason", "checkout fails", "--yes"] + EdgeScenario.asJSON)
            #expect(back.json["acknowledged"].texts == ["fra1", "hil1"])
            #expect(back.json["deployment"]["reason"] == .string("checkout fails"))
            try await edge.serves("shop@1", at: edge.production)
            // Staging is a place of its own.
            try await edge.serves("shop@2", at: edge.staging)

            let result = try await load.finish()
            #expect(result.failed == 0, "\(result)")
            #expect(Set(result.tally.keys) == ["shop@1", "shop@2"], "\(result.tally)")
            await edge.stop()
        }

        @Test func theFirstDeploymentRollsBackToTheZonesOwnConfiguration() async throws {
            let edge = try await EdgeScenario.running()
            let own = try await edge.signalbox("zone", "list", "--output", "json").json[0]["id"].int
            try await edge.signalbox("rollback", "shop", "--yes")
            let label = "777:\(try #require(own))"
            try await edge.serves(label, at: edge.production)
            await edge.stop()
        }
    }
}
