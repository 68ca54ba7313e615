import ControlPlane
import EdgeModel
import EdgePlan
import Testing

@Suite("Routing rules, environments and effective rules")
struct RoutingTests {
    let account: Account

    init() throws {
        account = try Account()
        try account.withShop()
    }

    @Test func effectiveRulesReadAsInTheArticles() throws {
        try account.apply(.assign(application: name("shop"), version: 1, environment: name("staging")))
        try account.apply(.promote(application: name("shop"), to: name("production")))
        try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
        ])
        try account.apply(.assign(application: name("shop"), version: 2, environment: name("staging")))
        #expect(
            try account.plane().effectiveRules().map(\.sentence) == [
                "if cf.zone.name eq \"example.com\" and sent to a staging address (127.0.0.21) then use shop version 2",
                "if cf.zone.name eq \"example.com\" then use shop version 1",
            ])
    }

    @Test func anEnvironmentWithoutAVersionServesWhatTheNextHigherOneServes() throws {
        try account.importZone("other.example", rules: [])
        _ = try account.plane().createApplication(name("pay"), from: "other.example", purpose: "")
        try account.apply(.routing(.add(rule("pay", "starts_with(http.request.uri.path, \"/pay\")", "pay"), .first)))
        for app in ["shop", "pay"] {
            try account.apply(.assign(application: name(app), version: 1, environment: name("staging")))
            try account.apply(.promote(application: name(app), to: name("production")))
        }
        try account.apply(.rollback(application: name("pay"), environment: name("staging"), to: nil))
        let staging = try account.plane().effectiveRules(in: name("staging"))
        #expect(staging.map(\.servedLabel) == ["pay@1", "shop@1"])
    }

    @Test func aPinnedRuleKeepsItsVersion() throws {
        try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
        ])
        try account.apply(.routing(.pin(name("shop-all"), version: 2)))
        #expect(try account.plane().effectiveRules().map(\.servedLabel) == ["shop@2", "shop@2"])
        #expect(refusal { try account.apply(.routing(.pin(name("shop-all"), version: 9))) }?.code == .notFound)
    }

    @Test func limitsHoldForEachConditionAndNotForAllTogether() throws {
        let once = "regex_replace(http.host, \"a\", \"b\") eq \"x\""
        let filtered = Environment(
            name: try name("preview"), rank: 0, filter: once, stagingAddresses: [], lockOnDeploy: false)
        try account.apply(.environment(.create(filtered)))
        try account.apply(.routing(.add(rule("odd", "http.host ne \"y\" and \(once)", "shop"), .first)))
        let (plan, findings) = try account.plane().compile()
        #expect(findings.filter { $0.severity == .error }.isEmpty)
        let selectors = try #require(plan.production.zones.first?.selectors)
        #expect(
            selectors.map { "\($0.environment) \($0.routingRule)" } == [
                "preview odd", "preview shop-all", "production odd", "production shop-all",
            ])
    }

    @Test func zonesGetOnlyTheRulesThatCanMatch() throws {
        try account.importZone("other.example", rules: [])
        let plan = try account.plane().compile().0
        let selectors = Dictionary(uniqueKeysWithValues: plan.production.zones.map { ($0.name, $0.selectors.count) })
        #expect(selectors == ["example.com": 1, "other.example": 0])
    }

    @Test func aChangeOfStagingLeavesProductionsDigest() throws {
        try account.apply(.assign(application: name("shop"), version: 1, environment: name("staging")))
        try account.apply(.promote(application: name("shop"), to: name("production")))
        try account.draft([
            redirect("old-0", path: "/old/0"), redirect("old-1", path: "/old/1"), redirect("old-2", path: "/old/2"),
        ])
        let plan = try account.plane().plan(
            .assign(application: name("shop"), version: 2, environment: name("staging")))
        #expect(!plan.touchesProduction)
        #expect(plan.before.lower != plan.after.lower)
    }

    @Test func badExpressionsAreRefusedWithACaret() throws {
        let error = refusal { try account.apply(.routing(.add(rule("bad", "http.hots eq \"x\"", "shop"), .last))) }
        #expect(error?.code == .invalid)
        #expect(error?.findings.first?.excerpt?.contains("^^^^^^^^^") == true)
    }

    @Test func productionStaysAndStaysTheCatchAll() throws {
        #expect(refusal { try account.apply(.environment(.remove(name("production")))) }?.code == .refused)
        var production = try account.plane().environment(named: name("production")).environment
        production.filter = "ssl"
        #expect(refusal { try account.apply(.environment(.replace(production))) }?.code == .refused)
    }

    @Test func aStagingAddressBelongsToOneEnvironment() throws {
        let copy = Environment(
            name: try name("qa"), rank: 0, filter: nil, stagingAddresses: ["127.0.0.21"], lockOnDeploy: false)
        #expect(refusal { try account.apply(.environment(.create(copy))) }?.code == .refused)
    }

    @Test func hostsBelongToOneZone() throws {
        let error = refusal {
            try account.importZone("sub.example.com", rules: [], hosts: ["example.com", "sub.example.com"])
        }
        #expect(error != nil)
    }

    @Test func versionsAreFoundByEveryKindOfReference() throws {
        try account.draft([])
        try account.apply(.assign(application: name("shop"), version: 1, environment: name("staging")))
        _ = try account.plane().tagVersion(#require(VersionReference("shop@1")), name("baseline"))
        let expected = [
            "shop": 2, "shop@1": 1, "shop@latest": 2, "shop@draft": 2, "shop@-1": 1, "shop@staging": 1,
            "shop@baseline": 1,
        ]
        for (text, number) in expected {
            #expect(try account.plane().resolve(#require(VersionReference(text))).number == number, "\(text)")
        }
        for missing in ["shop@9", "shop@-5", "shop@production", "shop@nothing", "shoe@1"] {
            #expect(refusal { _ = try account.plane().resolve(#require(VersionReference(missing))) }?.code == .notFound)
        }
        #expect(VersionReference("shop@0") == nil && VersionReference("@1") == nil && VersionReference("shop@") == nil)
    }
}
