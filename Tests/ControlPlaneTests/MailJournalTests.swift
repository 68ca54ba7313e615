import ControlPlane
import EdgeModel
import EdgePlan
import MailRouting
import StoreContract
import Testing

@Suite("Mail journal and undo")
struct MailJournalTests {
    private let account: Account
    private let ops: MailAddress

    init() throws {
        account = try Account()
        ops = try Sample.address("Ops@dest.example")
        _ = try mail().addDomain("a.example")
        let (_, verification) = try mail().addDestination(ops)
        _ = try mail().verifyDestination(ops, code: verification.code)
        _ = try mail().edit("a.example", .add(try rule(.forward([ops])), .last))
        try promote()
        _ = try mail().edit("a.example", .replace(try rule(.drop)))
        try promote()
    }

    private func mail(as name: String = "ada") -> MailControl {
        MailControl(store: account.store, plane: account.plane(as: name))
    }

    private func rule(_ action: MailAction) throws -> MailRule {
        MailRule(ref: "info", matcher: .address(try Sample.address("info@a.example")), action: action)
    }

    private func worker(_ limit: Int = 5_000) throws -> MailWorker {
        MailWorker(
            name: try Sample.name("screen"), target: .program(path: "/bin/true", arguments: []), timeLimit: limit,
            onFailure: .defer, description: "", createdAt: Sample.time, updatedAt: Sample.time, author: "")
    }

    private func promote() throws {
        try mail().apply(try mail().planPromotion(of: try #require(MailVersionReference("a.example"))))
    }

    private func live() throws -> String {
        let domain = try mail().domain(named: "a.example")
        return "\(domain.domain.enabled ? "on" : "off") \(domain.live?.label ?? "-")"
    }

    private func journal() throws -> [MailDeployment] { try mail().history(of: nil, last: nil) }

    private func codes(_ entries: [MailDeployment]) throws -> [String] {
        MailJournalCheck.findings(
            in: entries, audit: try account.plane().auditEntries(last: nil),
            domains: try account.store.readMail { try $0.mailDomains() }
        ).map(\.code)
    }

    @Test func anEntryThatIsNotThereNamesTheNewestThatCanBeUndone() throws {
        let newest = try #require(try journal().last)
        let error = refusal { _ = try mail().planUndo(99) }
        #expect(error?.code == .notFound && error?.remedy == "signalbox email undo \(newest.id)")
        #expect(error?.details.first?.contains(newest.sentence) == true)
        account.advance(seconds: 301)
        #expect(refusal { _ = try mail().planUndo(99) }?.remedy == "signalbox email history")
    }

    // MARK: verification

    @Test func anUntouchedJournalVerifiesWithEveryHead() throws {
        #expect(try journal().map(\.kind) == [.destination, .promote, .promote])
        #expect(try codes(journal()) == [])
        #expect(try account.plane().verifyAudit(head: nil) == [])
        for entry in try journal() { #expect(try account.plane().verifyAudit(head: entry.head) == []) }
    }

    @Test func anEditedEntryIsFound() throws {
        var entries = try journal()
        entries[1].reason = "nobody wrote this"
        #expect(try codes(entries) == ["journal-edited"])
        // With a digest that fits, the next one does not follow.
        entries[1].head = entries[1].computedHead
        #expect(try codes(entries) == ["journal-broken-link"])
    }

    @Test func aRemovedEntryIsFound() throws {
        var entries = try journal()
        entries.remove(at: 1)
        #expect(try codes(entries) == ["journal-gap", "journal-broken-link", "journal-short"])
    }

    @Test func reorderedEntriesAreFound() throws {
        var entries = try journal()
        entries.swapAt(1, 2)
        #expect(Set(try codes(entries)).isSuperset(of: ["journal-gap", "journal-broken-link"]))
    }

    @Test(arguments: [1, 2, 3]) func aTruncatedJournalIsFound(left: Int) throws {
        let entries = try journal().dropLast(left)
        let expected = [["journal-short", "journal-astray"], ["journal-short", "journal-astray"]]
        let third = ["journal-short", "journal-short", "journal-astray"]
        #expect(try codes(Array(entries)) == (left < 3 ? expected[left - 1] : third))
    }

    @Test func rulesPutIntoForceBesideTheJournalAreFound() throws {
        try account.store.writeMail { tx in
            var domain = try #require(try tx.mailDomain(named: "a.example"))
            domain.live = 1
            try tx.putMailDomain(domain)
        }
        #expect(try account.plane().verifyAudit(head: nil).map(\.code) == ["journal-astray"])
    }

    // MARK: undo

    private func undo(_ id: Int? = nil) throws -> [MailDeployment] {
        try mail().apply(try mail().planUndo(id), reason: "wrong")
    }

    private func refusal(_ body: () throws -> Void) -> ControlPlaneError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ControlPlaneError
        }
    }

    @Test func aPromotionIsUndoneAndSoIsTheUndo() throws {
        #expect(try live() == "on a.example@2")
        let made = try undo()
        #expect(try live() == "on a.example@1")
        #expect(made.map(\.kind) == [.undo] && made.map(\.undoes) == [3] && made.map(\.reason) == ["wrong"])
        _ = try undo()
        #expect(try live() == "on a.example@2")
        #expect(try mail().planRollback(of: "a.example").to.number == 1, "the stack of versions is as before")
        #expect(try account.plane().verifyAudit(head: nil) == [])
        #expect(try account.plane().auditEntries(last: 1).first?.action == "email.undone")
    }

    @Test func theFirstPromotionIsUndoneToNoRules() throws {
        _ = try mail().addDomain("b.example")
        _ = try mail().edit("b.example", .catchAll(MailCatchAll(action: .drop)))
        try mail().apply(try mail().planPromotion(of: try #require(MailVersionReference("b.example"))))
        #expect(try undo().map(\.sentence) == ["b.example@1 → no rules"])
        #expect(try mail().domain(named: "b.example").live == nil)
        #expect(try account.plane().verifyAudit(head: nil) == [])
    }

    @Test func whatWasChangedSinceOrLongAgoStays() throws {
        let conflict = try #require(refusal { _ = try undo(2) })
        #expect(conflict.code == .refused && conflict.details == ["a.example@1 → a.example@2"])
        #expect(conflict.message.contains("changed the same thing since") && conflict.message.contains("deployment 3"))
        #expect(refusal { _ = try undo(9) }?.code == .notFound)
        let plan = try mail().planUndo(nil)
        account.advance(seconds: 301)
        #expect(refusal { _ = try undo() }?.message.contains("more than 5 minutes ago") == true)
        #expect(refusal { try mail().apply(plan, reason: nil) }?.code == .refused)
        #expect(try live() == "on a.example@2")
    }

    @Test func aPlanForAnUndoHoldsForWhatItSaw() throws {
        let plan = try mail().planUndo(3)
        _ = try mail(as: "bob").apply(try mail(as: "bob").planUndo(3), reason: nil)
        let conflict = try #require(refusal { try mail().apply(plan, reason: nil) })
        #expect(conflict.code == .refused && conflict.message.contains("bob"))
    }

    @Test func aRemovedDestinationComesBackWithItsRules() throws {
        _ = try mail().setDomain("a.example", enabled: true)
        _ = try undo()
        #expect(try live() == "on a.example@1")
        _ = try mail().removeDestination(ops, reason: "left")
        #expect(try live() == "on a.example@3")
        #expect(try mail().livePlan().domain("a.example")?.ruleset.rules.map(\.enabled) == [false])
        let withdrawal = try #require(try journal().last { $0.kind == .withdraw })
        let refused = try #require(refusal { _ = try undo(withdrawal.id) })
        #expect(refused.remedy == "signalbox email undo \(withdrawal.id + 1)")

        #expect(try undo().map(\.kind) == [.undo, .undo])
        #expect(try live() == "on a.example@1")
        #expect(try mail().livePlan().domain("a.example")?.ruleset.rules.map(\.enabled) == [true])
        #expect(try account.plane().verifyAudit(head: nil) == [])
        // Its addition cannot be undone while a rule in force uses it.
        #expect(refusal { _ = try undo(1) }?.code == .refused)
        let last = try #require(try journal().last { $0.stream == "destinations" })
        // Both halves of the way back came together; half of it would leave rules off for a destination that is there.
        for id in [last.id, nil] {
            let half = try #require(refusal { _ = try undo(id) })
            #expect(half.remedy == "signalbox email destination remove Ops@dest.example", "\(half)")
        }
        #expect(try live() == "on a.example@1")
    }

    @Test func switchesAndWorkersAreUndone() throws {
        _ = try mail().setDomain("a.example", enabled: false)
        #expect(try live() == "off a.example@2")
        _ = try undo()
        #expect(try live() == "on a.example@2")
        _ = try mail().putWorker(try worker())
        let first = try mail().workers()
        _ = try mail().putWorker(try worker(9_000))
        _ = try undo()
        #expect(try mail().workers() == first)
        try mail().removeWorker(try Sample.name("screen"))
        #expect(try undo().map(\.sentence) == ["worker screen added"])
        #expect(try mail().workers() == first)
        #expect(try account.plane().verifyAudit(head: nil) == [])
    }

    // MARK: lists

    @Test func aConditionAsksAListOfTheAccount() throws {
        let office = try #require(ListName(rawValue: "office"))
        _ = try account.apply(
            .list(.create(office, .text, description: "", items: [ListItem("sender.example")])))
        let inside = MailRule(
            ref: "inside", matcher: .expression("mail.from.domain in $office"), action: .reject("by its sender"))
        #expect(try mail().edit("a.example", .add(inside, .first)).findings == [])
        try promote()
        #expect(try outcome() == .reject("by its sender"))
        // A change of the list is in force at once.
        _ = try account.apply(
            .list(.replace(office, .text, description: nil, items: [ListItem("other.example")]))
        ) { ($0.force, $0.reason) = (true, "moved") }
        #expect(try outcome() == .drop)
        let uses = try account.plane().list(named: office).uses
        #expect(uses.map(\.sentence) == ["email rules a.example@3 (production)"])
        let refused = refusal { _ = try account.apply(.list(.delete(office))) }
        #expect(refused?.message.contains("email rules a.example@3") == true)

        let unknown = MailRule(ref: "gone", matcher: .expression("mail.from.domain in $ofice"), action: .drop)
        let findings = try mail().edit("a.example", .add(unknown, .first)).findings
        #expect(findings.map(\.code) == ["expression.unknown-list"])
        let wrong = MailRule(ref: "gone", matcher: .expression("mail.size in $office"), action: .drop)
        let message = try mail().edit("a.example", .replace(wrong)).findings.first?.message ?? ""
        #expect(message.hasPrefix("the list $office does not hold"), "\(message)")
    }

    private func outcome() throws -> MailDecision.Outcome {
        let envelope = MailEnvelope(
            sender: try Sample.address("eve@sender.example"), recipient: try Sample.address("info@a.example"))
        return try mail().livePlan().decide(envelope, content: nil, at: Sample.time).outcome
    }
}
