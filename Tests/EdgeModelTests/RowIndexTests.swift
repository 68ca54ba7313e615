import EdgePlan
import RulesLanguage
import Testing

@testable import EdgeModel

@Suite("Effective rules by zone")
struct RowIndexTests {
    private static let zones = ["shop.example", "pay.example", "other.example", "x"]

    private static func row(_ condition: String, filter: String? = nil) throws -> EffectiveRule {
        EffectiveRule(
            environment: try #require(ResourceName(rawValue: "production")), stagingAddresses: [], filter: filter,
            routingRule: try #require(ResourceName(rawValue: "one")), condition: condition,
            outcome: .zoneConfiguration(try #require(ResourceName(rawValue: "shop"))))
    }

    @Test(
        "A rule is left out of a zone only where its condition never holds",
        arguments: [
            "cf.zone.name eq \"shop.example\"", "cf.zone.name in {\"shop.example\" \"pay.example\"}",
            "cf.zone.name ne \"shop.example\"", "not cf.zone.name ne \"shop.example\"",
            "not cf.zone.name in {\"shop.example\"}",
            "cf.zone.name eq \"shop.example\" and http.host eq \"a\"",
            "cf.zone.name eq \"shop.example\" or http.host eq \"a\"",
            "cf.zone.name eq \"shop.example\" or cf.zone.name eq \"pay.example\" and ssl",
            "cf.zone.name eq \"shop.example\" xor cf.zone.name eq \"pay.example\"",
            "cf.zone.name contains \"shop\"", "starts_with(cf.zone.name, \"pay\")", "len(cf.zone.name) lt 3",
            "lower(cf.zone.name) eq \"shop.example\"", "cf.zone.name lt \"p\"", "cf.zone.name eq \"SHOP.example\"",
            "http.host eq \"a\"", "true", "false", "cf.zone.name eq \"shop.example\" and cf.zone.name eq \"x\"",
            "no expression", "cf.zone.name wildcard \"*.example\"",
        ])
    func neverLeftOut(condition: String) throws {
        let index = RowIndex([try Self.row(condition)])
        for zone in Self.zones where index.rows(in: zone).isEmpty {
            let known = try Expression(condition).partiallyEvaluated(known: [.zoneName: .bytes(Array(zone.utf8))])
            #expect(known == .always(false), "\(condition) in \(zone)")
        }
    }

    @Test("Rules that name their zones are found by them, in order, beside those that hold anywhere")
    func found() throws {
        let shop = try Self.row("cf.zone.name eq \"shop.example\" and ssl")
        let anywhere = try Self.row("http.host eq \"a\"")
        let both = try Self.row("cf.zone.name in {\"shop.example\" \"pay.example\"}")
        let filtered = try Self.row("true", filter: "cf.zone.name eq \"pay.example\"")
        let index = RowIndex([shop, anywhere, both, filtered])
        #expect(index.rows(in: "shop.example") == [shop, anywhere, both])
        #expect(index.rows(in: "pay.example") == [anywhere, both, filtered])
        #expect(index.rows(in: "other.example") == [anywhere])
        #expect(RowIndex.zones(of: [shop, filtered]) == ["shop.example", "pay.example"])
        #expect(RowIndex.zones(of: [shop, anywhere]) == nil)
    }

    @Test("A change of the rules touches the zones of those that came, went or lead elsewhere")
    func touched() throws {
        let (a, b) = (
            try Self.row("cf.zone.name eq \"shop.example\""), try Self.row("cf.zone.name eq \"pay.example\"")
        )
        func touched(_ old: [EffectiveRule], _ new: [EffectiveRule]) -> Set<String>? {
            EffectiveRule.zonesTouched(from: old, to: new, isSame: { _ in true })
        }
        #expect(touched([a, b], [a, b]) == [])
        #expect(touched([a], [a, b]) == ["pay.example"])
        #expect(touched([a, b], [b]) == ["shop.example"])
        #expect(touched([a, b], [b, a]) == ["shop.example", "pay.example"])
        #expect(touched([a], [a, try Self.row("ssl")]) == nil)
        var served = a
        served.outcome = .version(try #require(ResourceName(rawValue: "shop")), 2, pinned: false)
        #expect(touched([a, b], [served, b]) == ["shop.example"])
        #expect(
            EffectiveRule.zonesTouched(from: [served, b], to: [served, b], isSame: { $0 != "shop@2" }) == [
                "shop.example"
            ])
    }
}
