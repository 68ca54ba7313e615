import TestKit
import Testing

extension EndToEnd {
    @Suite("Routing rules decide which application answers")
    struct RoutingTests {
        @Test func oneApplicationServesTwoZones() async throws {
            let edge = try await EdgeScenario.running()
            let (zone, host) = ("outlet.example", "www.outlet.example")
            let origin = edge.origins.origins[0].listening
            let text = """
                zone: \(zone)
                hosts: [\(zone), \(host)]
                origins: {web: {endpoints: [{address: \(origin.host), port: \(origin.port)}]}}
                settings: {version_header: \(ShopZone.versionHeader)}
                """
            try await edge.signalbox(["zone", "import", "-", "--accept-warnings", "--yes"], input: text)
            for address in edge.production {
                try await eventually("the zone's own configuration at \(address)") {
                    try await edge.version(at: address, host: host)?.hasPrefix("777:") == true
                }
            }

            try await edge.signalbox([
                "rule", "change", "shop", "--if", "cf.zone.name in {\"\(ShopZone.name)\" \"\(zone)\"}", "--yes",
            ])
            try await edge.serves("shop@1", at: edge.production, host: host)

            // One promotion moves both.
            try await edge.promoteSecondVersion()
            try await edge.serves("shop@2", at: edge.production, host: host)
            for address in edge.production {
                #expect(try await edge.get(at: address, host: host).first(ShopZone.releaseHeader) == "release-2")
            }
            await edge.stop()
        }

        @Test func oneZoneIsSplitByPathOverTwoApplications() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.signalbox("app", "create", "checkout", "--zone", ShopZone.name)
            try await edge.makeVersion(by: "checkout-release", of: "checkout")
            try await edge.signalbox([
                "rule", "add", "checkout", "--if", "starts_with(http.request.uri.path, \"/checkout\")", "--use",
                "checkout", "--before", "shop", "--yes",
            ])
            try await edge.signalbox("env", "assign", "staging", "checkout@2", "--accept-warnings", "--yes")
            try await edge.serves("checkout@2", at: edge.staging, path: "/checkout/cart")
            try await edge.signalbox("promote", "checkout", "--accept-warnings", "--yes")
            try await edge.serves("checkout@2", at: edge.production, path: "/checkout/cart")
            try await edge.serves("shop@1", at: edge.production, path: "/c/shoes")

            // Each moves without the other.
            try await edge.promoteSecondVersion()
            try await edge.serves("checkout@2", at: edge.production, path: "/checkout/cart")
            try await edge.signalbox("rollback", "checkout", "--yes")
            try await edge.serves("shop@2", at: edge.production, path: "/c/shoes")
            for address in edge.production {
                try await eventually("the zone's own configuration at \(address)") {
                    try await edge.version("/checkout/cart", at: address)?.hasPrefix("777:") == true
                }
            }
            await edge.stop()
        }

        @Test func aPinnedRuleKeepsItsVersion() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.makeVersion(by: "release-2")
            try await edge.signalbox("version", "lock", "shop@2")
            try await edge.signalbox([
                "rule", "add", "sale", "--if", "starts_with(http.request.uri.path, \"/c/sale\")", "--use", "shop@2",
                "--before", "shop", "--yes",
            ])
            try await edge.serves("shop@2", at: edge.production, path: "/c/sale/boots")
            try await edge.serves("shop@1", at: edge.production, path: "/c/boots")

            try await edge.signalbox("rollback", "shop", "--yes")
            try await edge.serves("shop@2", at: edge.production, path: "/c/sale/boots")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            try await edge.signalbox("rule", "unpin", "sale", "--yes")
            try await edge.serves("shop@1", at: edge.production, path: "/c/sale/boots")
            await edge.stop()
        }
    }
}
