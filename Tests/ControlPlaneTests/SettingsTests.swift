import ControlPlane
import EdgeEngine
import EdgeModel
import EdgePlan
import RulesLanguage
import Testing

@Suite("Settings of the whole edge change by plan and journal")
struct SettingsTests {
    let account: Account

    init() throws {
        account = try Account()
        try account.withShop()
    }

    private let country = EdgeSettings(countryHeader: "x-country", trustedPeers: ["10.0.0.0/8", "192.0.2.0/24"])

    @Test func aChangeIsPlannedJournalledAuditedAndUndone() throws {
        let plan = try account.plane().plan(.settings(country))
        #expect(plan.touchesProduction)
        #expect(
            plan.title
                == "set edge.country_header: none → x-country, edge.trusted_peers: none → 10.0.0.0/8,192.0.2.0/24")
        #expect(try account.plane().edgeSettings() == EdgeSettings())

        let entry = try account.plane().apply(plan)
        #expect(entry.stream.rawValue == "settings" && entry.kind == .settings)
        #expect(try account.plane().edgeSettings() == country)
        #expect(try account.plane().compile().0.production.zones.allSatisfy { $0.trust.countryHeader == "x-country" })
        #expect(try account.plane().auditEntries(last: 1).first?.action == "settings.settings")
        #expect(try account.plane().verifyAudit(head: entry.head) == [])

        try account.apply(.undo(nil))
        #expect(try account.plane().edgeSettings() == EdgeSettings())
        #expect(try account.plane().verifyAudit(head: nil) == [])
    }

    @Test func ofTwoChangesOneWins() throws {
        let mine = try account.plane().plan(.settings(country))
        try account.apply(.settings(EdgeSettings(countryHeader: "x-land")), as: "eve")
        let error = refusal { try account.plane().apply(mine) }
        #expect(error?.code == .conflict)
        #expect(error?.details.first?.contains("eve") == true)
    }

    @Test func whatIsNoHeaderNoNetworkOrNoChangeIsRefused() throws {
        #expect(refusal { _ = try account.plane().plan(.settings(EdgeSettings())) }?.code == .refused)
        #expect(refusal { _ = try account.plane().plan(.settings(EdgeSettings(countryHeader: "a b"))) }?.code == .usage)
        for peer in ["10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "x/8", ""] {
            let settings = EdgeSettings(trustedPeers: [peer])
            #expect(refusal { _ = try account.plane().plan(.settings(settings)) }?.code == .usage, "\(peer)")
        }
        let named = Environment(
            name: try name("settings"), rank: 0, filter: nil, stagingAddresses: ["127.0.0.9"], lockOnDeploy: false)
        #expect(refusal { _ = try account.plane().plan(.environment(.create(named))) }?.code == .usage)
    }
}

@Suite("A trace in the words of the zone file")
struct TraceWordsTests {
    @Test func everyConditionOfAnEffectiveRuleTellsTheTruthOfItsParts() throws {
        let account = try Account()
        try account.withShop()
        try account.apply(
            .routing(
                .add(
                    rule(
                        "beta", "cf.zone.name eq \"example.com\" and (http.host eq \"a\" or ip.src in {10.0.0.0/8})",
                        "shop"),
                    .first)))
        try account.apply(.assign(application: name("shop"), version: 1, environment: name("staging")))
        let answer = try account.plane().trace(
            EdgeRequest(host: "example.com", target: "/old/1", clientAddress: IPAddress("192.0.2.1")),
            at: .environment(name("staging")))
        #expect(answer.explanation.selectors.map(\.holds).prefix(2) == [false, true])
        let first = try #require(answer.selectors.first)
        #expect(first.map(\.expression).first == "cf.edge.server_ip in {127.0.0.21}")
        #expect(first.map(\.holds) == [true, false])
        let condition = try #require(first.last)
        let truths = condition.parts.map { part in
            let bytes = Array(condition.expression.utf8)[part.start..<part.end]
            return "\(part.truth.rawValue) \(String(decoding: bytes, as: UTF8.self))"
        }
        #expect(truths.contains("yes cf.zone.name eq \"example.com\""), "\(truths)")
        #expect(truths.contains("no http.host eq \"a\""), "\(truths)")
        #expect(truths.contains("no ip.src in {10.0.0.0/8}"), "\(truths)")
        // What comes after the one that held was not asked.
        #expect(answer.selectors.dropFirst(2).allSatisfy { $0.isEmpty })
    }

    @Test func actionsBearTheNamesOfTheZoneFile() throws {
        let account = try Account()
        try account.withShop()
        _ = try account.plane().createVersion(of: name("shop"), note: "headers")
        let header = DocumentValue.object(["operation": .string("set"), "value": .string("1")])
        let rule = DocumentValue.object([
            "ref": .string("tag"), "expression": .string("true"), "action": .string("rewrite"),
            "action_parameters": .object(["headers": .object(["x-tag": header])]),
        ])
        let document = DocumentValue.object([
            "rules": .object([Phase.responseHeadersTransform.rawValue: .array([rule])].map { DocumentMember($0, $1) })
        ])
        _ = try account.plane().applyVersion(try #require(VersionReference("shop@2")), document: DocumentNode(document))
        let answer = try account.plane().trace(
            EdgeRequest(host: "example.com"), at: .version(try #require(VersionReference("shop@2"))))
        #expect(answer.explanation.phases.flatMap(\.rules).map(\.action) == ["rewrite"])
    }
}
