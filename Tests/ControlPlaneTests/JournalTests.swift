import ControlPlane
import EdgeModel
import EdgePlan
import StoreContract
import Testing

@Suite("Journal and audit")
struct JournalTests {
    let account: Account

    init() throws {
        account = try Account()
        try account.withShopInProduction()
        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
    }

    private func journal() throws -> [Deployment] {
        try account.store.read { try $0.deployments(stream: nil, last: nil) }
    }

    @Test func anUntouchedJournalVerifies() throws {
        #expect(try account.plane().verifyAudit(head: nil) == [])
        for entry in try journal() { #expect(try account.plane().verifyAudit(head: entry.head) == []) }
    }

    @Test func marksTellHowFarTheJournalGoesForward() throws {
        let before = try #require(try journal().last { $0.kind == .promote })
        let marks = try account.plane().deploymentMarks()
        #expect(marks == DeploymentMarks(newest: before.id + 1, newestForward: before.id))
        #expect(marks.onlyGoesBack(since: before.id))
        #expect(!marks.onlyGoesBack(since: before.id - 1) && !marks.onlyGoesBack(since: before.id + 1))
        #expect(try Account().plane().deploymentMarks() == DeploymentMarks())
        // However often it goes back and to again.
        for turn in 1...8 {
            try account.apply(
                .rollback(
                    application: name("shop"), environment: name("production"), to: turn.isMultiple(of: 2) ? nil : 1))
            let marks = try account.plane().deploymentMarks()
            #expect(marks == DeploymentMarks(newest: before.id + 1 + turn, newestForward: before.id))
        }
    }

    @Test func everyMutationIsAudited() throws {
        let actions = try account.plane().auditEntries(last: nil).map(\.action)
        #expect(
            actions == [
                "state.create", "zones.zone", "application.create", "routing.routing", "staging.assign",
                "production.promote", "production.rollback",
            ])
    }

    @Test func anEditedEntryIsFound() throws {
        var entries = try journal()
        let index = try #require(entries.firstIndex { $0.kind == .promote })
        entries[index].reason = "nobody wrote this"
        #expect(JournalCheck.findings(in: entries).map(\.code) == ["journal-edited"])
    }

    @Test func aRemovedEntryIsFound() throws {
        var entries = try journal()
        entries.remove(at: try #require(entries.firstIndex { $0.kind == .promote }))
        #expect(Set(JournalCheck.findings(in: entries).map(\.code)) == ["journal-gap", "journal-broken-link"])
    }

    @Test func reorderedEntriesAreFound() throws {
        var entries = try journal()
        entries.swapAt(entries.count - 1, entries.count - 2)
        #expect(JournalCheck.findings(in: entries).contains { $0.code == "journal-broken-link" })
    }

    @Test func truncationIsFoundByAHeadThatWasPrinted() throws {
        let head = try #require(try journal().last?.head)
        let short = try Account()
        try short.withShop()
        #expect(try short.plane().verifyAudit(head: head).map(\.code) == ["head-missing"])
    }

    @Test(arguments: 1...2) func theNewestEntriesCutOffAreMissedByTheAudit(count: Int) throws {
        let kept = try journal().count - count
        account.store.dropDeployments(after: kept)
        let findings = try account.plane().verifyAudit(head: nil)
        #expect(findings.map(\.code) == ["journal-short"])
        #expect(findings.first?.message == "the journal has \(kept) deployments, the audit tells of \(kept + count)")
    }

    @Test func auditChainsFindEditsToo() throws {
        var entries = try account.plane().auditEntries(last: nil)
        entries[2].summary = "something else"
        #expect(JournalCheck.findings(in: entries).map(\.code) == ["audit-edited"])
        entries.remove(at: 2)
        #expect(JournalCheck.findings(in: entries).map(\.code) == ["audit-gap", "audit-broken-link"])
    }

    @Test func acknowledgementsFollowFromWhatNodesServe() throws {
        let node = try account.plane().createNode(name("fra1"), region: "fra").0
        var reconciler = FleetReconciler()
        let last = try #require(try journal().last)
        let moment = Timestamp(milliseconds: 1_800_000_000_500)
        let address = try #require(ListenAddress("127.0.0.11:8080"))
        _ = reconciler.apply(
            FleetEvent(node: node.name, at: moment, .seen(NodeDescription(name: node.name, listen: [address]))))
        try reconciler.save(to: account.store, at: moment)
        #expect(try account.plane().awaiting(last).missing == [node.name])
        let urgent = reconciler.apply(
            FleetEvent(node: node.name, at: moment, .accepted(.productionRoutes, version: "v", plan: last.production)))
        #expect(urgent)
        try reconciler.save(to: account.store, at: moment)
        #expect(try account.plane().awaiting(last).missing == [])
        #expect(try account.plane().awaiting(last).acknowledged == [node.name])
        #expect(try account.plane().history(stream: nil, last: nil).allSatisfy { $0.acknowledgements.count == 1 })
    }

    @Test func aNodeThatIsLostAcknowledgesNothingThatItAcceptedBefore() throws {
        let node = try account.plane().createNode(name("fra1"), region: "fra").0
        var reconciler = FleetReconciler()
        let before = try #require(try journal().last { $0.kind == .promote })
        let moment = Timestamp(milliseconds: 1_800_000_000_500)
        let address = try #require(ListenAddress("127.0.0.11:8080"))
        _ = reconciler.apply(
            FleetEvent(node: node.name, at: moment, .seen(NodeDescription(name: node.name, listen: [address]))))
        _ = reconciler.apply(
            FleetEvent(
                node: node.name, at: moment, .accepted(.productionRoutes, version: "v", plan: before.production)))
        try reconciler.save(to: account.store, at: moment)
        // The same version once more, after the way back that the node did not live to see.
        try account.apply(.promote(application: name("shop"), to: name("production")))
        let last = try #require(try journal().last)
        #expect(last.production == before.production)
        _ = reconciler.apply(FleetEvent(node: node.name, at: moment, .lost))
        try reconciler.save(to: account.store, at: moment)
        let awaiting = try account.plane().awaiting(last)
        #expect(awaiting.acknowledged == [] && awaiting.missing == [])
    }
}
