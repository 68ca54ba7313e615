import DocumentText
import EdgeModel
import FoundationEssentials
import RulesLint
import TestKit
import Testing

@Suite("Lint of the demo's shop")
struct DemoZoneTests {
    /// More than forty rules that somebody wrote without lint in mind: what is said about them must be worth reading.
    @Test func shop() throws {
        let text = try String(contentsOfFile: Checkout.root + "/.ci/demo/shop.yaml", encoding: .utf8)
        let (zone, problems) = ZoneDocument.read(try DocumentText.read(text))
        let document = try #require(zone, "\(problems)")
        let findings = ConfigurationLint.findings(
            document.configuration, label: "zone shop.example", hosts: document.hosts)
        #expect(
            findings.map { "\($0.code) \($0.message.split(separator: "'")[1])" } == [
                "conflicting-cache no-cache-account", "conflicting-cache no-cache-api",
            ])
    }
}
