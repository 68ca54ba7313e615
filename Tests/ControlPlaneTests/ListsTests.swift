import ControlPlane
import EdgeEngine
import EdgeModel
import EdgePlan
import RulesLanguage
import Testing

@Suite("Named lists change by plan and journal, for every version at once")
struct ListsTests {
    let account: Account
    let office: ListName

    init() throws {
        account = try Account()
        office = try #require(ListName(rawValue: "office"))
        try account.withShop()
    }

    private func create(_ values: String..., kind: ListKind = .ip) throws {
        try account.apply(.list(.create(office, kind, description: "", items: values.map { ListItem($0) })))
    }

    /// Version 2, served in staging and production, blocks the office.
    private func promoteBlocking(_ expression: String = "ip.src in $office") throws {
        let version = try account.plane().createVersion(of: name("shop"), note: "block")
        _ = try account.plane().applyVersion(
            try #require(VersionReference(version.label)), document: DocumentNode(blocking(expression)))
        try account.apply(.assign(application: name("shop"), version: 2, environment: name("staging")))
        try account.apply(.promote(application: name("shop"), to: name("production")))
    }

    private func blocking(_ expression: String) -> DocumentValue {
        guard case .object(let members) = configuration([]) else { return .null }
        let rule = DocumentValue.object([
            "ref": .string("office"), "expression": .string(expression), "action": .string("block"),
        ])
        return .object(
            members + [
                DocumentMember("rules", .object([DocumentMember(Phase.firewallCustom.rawValue, .array([rule]))]))
            ])
    }

    private func status(_ address: String) throws -> Explanation.Outcome.Kind {
        try account.plane().trace(
            EdgeRequest(host: "example.com", target: "/", clientAddress: IPAddress(address)),
            at: .environment(name("production"))
        ).explanation.outcome.kind
    }

    @Test func aListIsPlannedJournalledAuditedAndUndone() throws {
        try create("192.0.2.0/24")
        try promoteBlocking()
        #expect(try status("192.0.2.7") == .block)
        #expect(try status("198.51.100.7") == .forward)
        let digest = try account.plane().resolve(try #require(VersionReference("shop@2"))).digest

        let plan = try account.plane().plan(
            .list(.add(office, [ListItem("198.51.100.7", comment: "ada")])))
        #expect(plan.title == "add to list $office" && plan.touchesProduction)
        #expect(plan.uses.map(\.sentence) == ["shop@2 (staging, production)"])
        #expect(try status("198.51.100.7") == .forward)

        let entry = try account.plane().apply(plan)
        #expect(entry.stream.rawValue == "lists" && entry.kind == .list)
        #expect(entry.change.sentence == "list $office: 1 item added")
        #expect(try status("198.51.100.7") == .block)
        #expect(try account.plane().resolve(try #require(VersionReference("shop@2"))).digest == digest)
        #expect(try account.plane().auditEntries(last: 1).map(\.action) == ["lists.list"])
        #expect(try account.plane().auditEntries(last: 1).map(\.resource) == ["list/office"])
        #expect(try account.plane().verifyAudit(head: entry.head) == [])
        let summary = try account.plane().list(named: office)
        #expect(summary.items == [ListItem("192.0.2.0/24"), ListItem("198.51.100.7", comment: "ada")])

        try account.apply(.undo(nil))
        #expect(try status("198.51.100.7") == .forward)
        #expect(try account.plane().list(named: office).items == [ListItem("192.0.2.0/24")])
        #expect(try account.plane().verifyAudit(head: nil) == [])
    }

    @Test func aCommentChangesNothingAtTheEdge() throws {
        try create("192.0.2.1")
        try promoteBlocking()
        let plan = try account.plane().plan(.list(.add(office, [ListItem("192.0.2.1", comment: "ada")])))
        #expect(plan.before == plan.after && plan.change.sentence == "list $office: 1 item commented")
        try account.plane().apply(plan)
        #expect(refusal { try account.apply(.list(.add(office, [ListItem("192.0.2.1")]))) }?.code == .refused)
        #expect(try account.plane().list(named: office).items == [ListItem("192.0.2.1", comment: "ada")])
    }

    @Test func ofTwoChangesOneWins() throws {
        try create("192.0.2.1")
        let mine = try account.plane().plan(.list(.add(office, [ListItem("192.0.2.2")])))
        try account.apply(.list(.remove(office, ["192.0.2.1"])), as: "eve")
        let error = refusal { try account.plane().apply(mine) }
        #expect(error?.code == .conflict && error?.details.first?.contains("eve") == true)
    }

    @Test func aListInUseIsNotDeletedByAnyWay() throws {
        try create("192.0.2.1")
        try promoteBlocking()
        let error = refusal { _ = try account.plane().plan(.list(.delete(office))) }
        #expect(error?.code == .refused && error?.details == ["shop@2 (staging, production)"])
        // Creating it is the fourth entry, so that taking that back would be the deletion.
        let created = try #require(try account.plane().history(stream: name("lists"), last: nil).first)
        #expect(refusal { _ = try account.plane().plan(.undo(created.deployment.id)) }?.code == .refused)

        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
        #expect(
            refusal { _ = try account.plane().plan(.list(.delete(office))) }?.details == ["shop@2 (staging)"])
        try account.apply(.rollback(application: name("shop"), environment: name("staging"), to: nil))
        let plan = try account.plane().plan(.list(.delete(office)))
        #expect(plan.uses.map(\.sentence) == ["shop@2 (not served)"] && plan.thresholds == [])
        try account.plane().apply(plan)
        #expect(try account.plane().lists() == [])
    }

    /// Version 2 blocked the office once; now version 1 is served everywhere, and the list is gone.
    private func forgetTheOffice() throws {
        try create("192.0.2.0/24", "198.51.100.7")
        try account.apply(.list(.describe(office, "where we sit")))
        try promoteBlocking()
        for environment in ["production", "staging"] {
            try account.apply(.rollback(application: name("shop"), environment: name(environment), to: nil))
        }
        try account.apply(.list(.delete(office)))
    }

    @Test func aWayBackToRulesMakesTheirListAgain() throws {
        try forgetTheOffice()
        let back = try ChangeRequest.rollback(application: name("shop"), environment: name("production"), to: 2)
        let plan = try account.plane().plan(back)
        #expect(plan.findings.filter { $0.severity == .error } == [] && plan.thresholds == [])
        #expect(plan.restorations == ["list $office was deleted and comes back with the 2 items that it had"])
        let entry = try account.plane().apply(plan)
        #expect(try status("192.0.2.7") == .block)
        let summary = try account.plane().list(named: office)
        #expect(summary.items.map(\.value) == ["192.0.2.0/24", "198.51.100.7"])
        #expect(summary.list.description == "where we sit" && summary.list.kind == .ip)

        // Two entries of the journal, the rollback last, and of the audit.
        let newest = try account.plane().history(stream: nil, last: 2).map(\.deployment)
        #expect(
            newest.map(\.stream.rawValue) == ["lists", "production"] && newest.map(\.kind) == [.rollback, .rollback])
        #expect(newest.last == entry && entry.evidence["restored"]?.contains("$office") == true)
        #expect(newest.first?.change.sentence == "list $office created with 2 items")
        let audited = try account.plane().auditEntries(last: 2)
        #expect(audited.map(\.action) == ["lists.rollback", "production.rollback"])
        #expect(audited.map(\.summary) == [plan.restorations[0], plan.title])
        #expect(try account.plane().verifyAudit(head: entry.head) == [])

        // It is in use again, so that only the rollback can be taken back; then it may go.
        #expect(refusal { _ = try account.plane().plan(.list(.delete(office))) }?.code == .refused)
        try account.apply(.undo(nil))
        #expect(try status("192.0.2.7") == .forward && account.plane().lists().count == 1)
        try account.apply(.list(.delete(office)))
    }

    @Test func undoOfAWayBackMakesTheListAgainToo() throws {
        try forgetTheOffice()
        let undone = try #require(try account.plane().history(stream: name("production"), last: 1).last)
        try account.apply(.undo(undone.deployment.id))
        #expect(try status("192.0.2.7") == .block)
    }

    @Test func onlyAListThatWouldBeAskedComesBack() throws {
        try forgetTheOffice()
        let plan = try account.plane().plan(
            .rollback(application: name("shop"), environment: name("production"), to: 1))
        #expect(plan.restoredLists == [])
        // A way forward makes nothing: its rules are refused for want of the list.
        let forward = try account.plane().plan(
            .assign(application: name("shop"), version: 2, environment: name("staging")))
        #expect(forward.restoredLists == [] && forward.errors.map(\.code) == ["expression.unknown-list"])
    }

    @Test func aListMadeAfreshIsLeftAsItIs() throws {
        try forgetTheOffice()
        try create("203.0.113.0/24")
        try account.apply(.rollback(application: name("shop"), environment: name("production"), to: 2))
        #expect(try account.plane().list(named: office).items.map(\.value) == ["203.0.113.0/24"])
    }

    @Test func aNameKeepsItsKindWhileRulesAreWrittenForIt() throws {
        try forgetTheOffice()
        let error = refusal { try create("example.com", kind: .text) }
        #expect(error?.code == .refused && error?.details == ["shop@2 (not served)"])
        let replaced = refusal {
            try account.apply(.list(.replace(office, .text, description: nil, items: [ListItem("example.com")])))
        }
        #expect(replaced?.message == error?.message)
        let other = try #require(ListName(rawValue: "branch"))
        try account.apply(.list(.create(other, .ip, description: "", items: [])))
        try account.apply(.list(.delete(other)))
        try account.apply(.list(.create(other, .text, description: "", items: [])))
    }

    @Test func routingRulesAndFiltersUseListsToo() throws {
        try create("192.0.2.0/24")
        try account.apply(.routing(.add(rule("office", "ip.src in $office", "shop", pinned: 1), .first)))
        try account.apply(
            .environment(
                .create(
                    Environment(
                        name: name("qa"), rank: 0, filter: "ip.src in $office", stagingAddresses: [],
                        lockOnDeploy: false))))
        let uses = try account.plane().list(named: office).uses.map(\.user)
        #expect(uses == ["routing rule office", "environment qa"])
        func chosen() throws -> [Bool?] {
            try account.plane().trace(
                EdgeRequest(host: "example.com", clientAddress: IPAddress("198.51.100.1")),
                at: .environment(name("production"))
            ).explanation.selectors.map(\.holds)
        }
        let before = try chosen()
        try account.apply(.list(.add(office, [ListItem("198.51.100.0/24")])))
        #expect(before.first == false)
        #expect(try chosen().first == true)
    }

    @Test func whatNamesNoListOrAnotherKindIsRefusedWithACaret() throws {
        try create("example.com", kind: .text)
        for (expression, message) in [
            ("ip.src in $offices", "there is no list $offices"),
            ("ip.src in $office", "the list $office does not hold"),
        ] {
            let error = refusal {
                try account.apply(.routing(.add(rule("x", expression, "shop", pinned: 1), .first)))
            }
            #expect(error?.code == .invalid && error?.findings.map(\.code) == ["expression.unknown-list"])
            #expect(error?.findings.first?.message.contains(message) == true)
            #expect(error?.findings.first?.excerpt?.contains("^^^") == true)
        }
        let version = try account.plane().createVersion(of: name("shop"), note: "x")
        let (_, _, findings) = try account.plane().applyVersion(
            try #require(VersionReference(version.label)), document: DocumentNode(blocking("ip.src in $offices")))
        #expect(findings.map(\.code).contains("expression.unknown-list"))
        let plan = try account.plane().plan(
            .assign(application: name("shop"), version: 2, environment: name("staging")))
        #expect(plan.errors.first?.remedy == "did you mean $office?")
        #expect(refusal { try account.plane().apply(plan) }?.code == .refused)
    }

    @Test func takingMuchAwayFromAListInUseIsAThreshold() throws {
        try create("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6")
        #expect(
            try account.plane().plan(.list(.remove(office, ["10.0.0.1", "10.0.0.2"]))).thresholds == [],
            "nobody uses it")
        try promoteBlocking()
        func thresholds(_ edit: ListEdit) throws -> [String] { try account.plane().plan(.list(edit)).thresholds }
        #expect(try thresholds(.remove(office, ["10.0.0.1"])) == [])
        #expect(
            try thresholds(.remove(office, ["10.0.0.1", "10.0.0.2"]))
                == ["2 of 6 items would be removed (33 %; the limit is 30 %)"])
        #expect(try thresholds(.replace(office, nil, description: nil, items: [])).first?.contains("empty") == true)
        #expect(
            refusal { try account.apply(.list(.replace(office, nil, description: nil, items: []))) }?.code == .refused)
    }

    @Test func itemsAreCheckedAllAtOnceAndNothingIsKept() throws {
        let error = refusal { try create("192.0.2.1", "x", "10.0.0.1/8") }
        #expect(error?.code == .invalid && error?.findings.count == 2)
        #expect(try account.plane().lists() == [])
        #expect(refusal { try account.apply(.list(.add(office, [ListItem("::1")]))) }?.code == .notFound)
        try create("192.0.2.1")
        #expect(refusal { try create("192.0.2.1") }?.code == .exists)
        #expect(refusal { try account.apply(.list(.remove(office, ["192.0.2.2"]))) }?.code == .notFound)
        let other = refusal {
            try account.apply(.list(.replace(office, .text, description: nil, items: [])))
        }
        #expect(other?.code == .refused)
    }

    /// The server compiles again and again and takes over what did not change: a list that changed did.
    @Test func theServersMemoryKnowsWhichListsAConfigurationHolds() throws {
        try create("192.0.2.0/24")
        try promoteBlocking()
        var compiler = LiveCompiler()
        func digest() throws -> NetworkDigests {
            let live = try compiler.compile(account.plane())
            #expect(live.digests == NetworkDigests(try account.plane().compile().0))
            return live.digests
        }
        let first = try digest()
        #expect(try digest() == first)
        try account.apply(.list(.add(office, [ListItem("198.51.100.7")])))
        let second = try digest()
        #expect(second != first)
        try account.apply(.undo(nil))
        #expect(try digest() == first)
        let other = try #require(ListName(rawValue: "other"))
        try account.apply(.list(.create(other, .ip, description: "", items: [ListItem("::1")])))
        #expect(try digest() == first, "nobody uses that one")
    }

    @Test func lintKnowsWhatIsInALists() throws {
        try create("10.0.0.0/8")
        try promoteBlocking("ip.src in $office and ip.src in {192.0.2.0/24}")
        let version = try account.plane().resolve(try #require(VersionReference("shop@2")))
        let codes = try account.plane().lint(version).map(\.code)
        #expect(codes.contains("never-matches"), "\(codes)")
    }
}
