import EdgeModel
import EdgePlan
import RulesLint
import Testing

@Suite("Lint of routing rules and environments")
struct RoutingLintTests {
    private func rule(_ name: String, _ expression: String) throws -> RoutingRule {
        RoutingRule(
            name: try #require(ResourceName(rawValue: name)), expression: expression,
            application: try #require(ResourceName(rawValue: "shop")), pinned: nil)
    }

    private func codes(_ rules: RoutingRule...) -> [String] { RoutingLint.findings(rules).map(\.code) }

    @Test func whatAnEarlierRuleTakes() throws {
        let zone = try rule("wide", #"cf.zone.name eq "a.example""#)
        let path = try rule("path", #"cf.zone.name eq "a.example" and starts_with(http.request.uri.path, "/api/")"#)
        #expect(codes(zone, path) == ["unreachable-routing-rule"])
        #expect(codes(path, zone) == [])
        #expect(codes(try rule("other", #"cf.zone.name eq "b.example""#), path) == [])
    }

    private func findings(_ filter: String?, addresses: [String] = []) throws -> [String] {
        RoutingLint.findings(
            Environment(
                name: try #require(ResourceName(rawValue: "beta")), rank: 0, filter: filter,
                stagingAddresses: addresses,
                lockOnDeploy: false),
            hosts: ["a.example", "*.a.example"]
        ).map(\.code)
    }

    @Test func filtersThatOrdinaryRequestsMatch() throws {
        #expect(
            try findings(#"cf.zone.name ne "b.example" or http.host eq "a.example""#) == ["filter-catches-production"])
        #expect(try findings(#"http.user_agent contains "Mozilla""#) == ["filter-catches-production"])
        #expect(try findings(#"any(http.request.cookies["beta"][*] eq "1")"#) == [])
        #expect(try findings(#"http.host eq "beta.a.example""#) == [])
        #expect(try findings(#"ssl"#, addresses: ["127.0.0.21"]) == [])
    }
}
