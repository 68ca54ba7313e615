import ControlPlane
import EdgeModel
import EdgePlan
import MailRouting
import StoreContract
import Testing

@Suite("Operations of email routing")
struct MailTests {
    private let account: Account
    private let ops: MailAddress

    init() throws {
        account = try Account()
        ops = try Sample.address("Ops@dest.example")
    }

    private func mail(as name: String = "ada") -> MailControl {
        MailControl(store: account.store, plane: account.plane(as: name))
    }

    private func rule(_ ref: String, to local: String, _ action: MailAction) throws -> MailRule {
        MailRule(ref: ref, matcher: .address(try Sample.address("\(local)@a.example")), action: action)
    }

    private func verified(_ address: MailAddress) throws {
        let (_, verification) = try mail().addDestination(address)
        #expect(try mail().verifyDestination(address, code: verification.code.uppercased()).isVerified)
    }

    private func promote(_ domain: String = "a.example") throws -> MailDeployment {
        let reference = try #require(MailVersionReference(domain))
        return try mail().apply(try mail().planPromotion(of: reference))
    }

    private func code(_ body: () throws -> Void) -> ControlPlaneError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ControlPlaneError)?.code
        }
    }

    @Test func aSenderIsBlockedByOneReviewedChange() throws {
        _ = try mail().addDomain("a.example")
        try verified(ops)
        _ = try mail().edit("a.example", .add(try rule("info", to: "info", .forward([ops])), .last))
        let eve = try #require(MailSender("eve@bad.example"))
        #expect(code { _ = try mail().planBlock(of: eve, in: "a.example") } == .refused, "the first rules are a draft")
        _ = try promote()

        let plan = try mail().planBlock(of: eve, in: "a.example")
        #expect(
            plan.title == "promote a.example@2 (now a.example@1)" && plan.diff.sentence == "from-eve-bad-example added")
        #expect(try mail().rulesets(of: "a.example").count == 1, "planning writes nothing")
        let entry = try mail().apply(plan)
        #expect(entry.sentence == "a.example@1 → a.example@2" && entry.planChecksum == plan.checksum)
        let refused = MailEnvelope(
            sender: try Sample.address("Eve@bad.example"), recipient: try Sample.address("info@a.example"))
        #expect(
            try mail().livePlan().decide(refused, content: nil, at: Timestamp(milliseconds: 0)).rule
                == "from-eve-bad-example")
        #expect(code { _ = try mail().planBlock(of: eve, in: "a.example") } == .exists)

        // A draft that says what is in force is no other change; one that holds more is, also when it comes in between.
        _ = try mail().edit("a.example", .add(try rule("x", to: "x", .drop), .last))
        _ = try mail().edit("a.example", .remove("x"))
        let bad = try #require(MailSender("@bad.example"))
        let second = try mail().planBlock(of: bad, in: "a.example")
        _ = try mail(as: "grace").edit("a.example", .add(try rule("y", to: "y", .drop), .last))
        #expect(code { _ = try mail().apply(second) } == .stale)
        #expect(try mail().domain(named: "a.example").live?.number == 2)
        #expect(try mail().pending(of: "a.example").sentence == "y added", "nothing of it was kept")
        do {
            _ = try mail().planBlock(of: bad, in: "a.example")
        } catch let error as ControlPlaneError {
            #expect(error.code == .refused && error.message.hasSuffix(": y added"))
        }
    }

    @Test func rulesComeIntoForceByPromotionAndGoBackByRollback() throws {
        _ = try mail().addDomain("a.example")
        try verified(ops)
        #expect(try mail().livePlan().domains.isEmpty, "a domain without rules refuses its mail")
        let outcome = try mail().edit("a.example", .add(try rule("info", to: "info", .forward([ops])), .last))
        #expect(outcome.version.label == "a.example@1" && outcome.findings == [] && outcome.version.state == .draft)
        #expect(try mail().livePlan().domains.isEmpty, "a draft is not in force")
        #expect(try promote().sentence == "no rules → a.example@1")
        let info = MailEnvelope(sender: nil, recipient: try Sample.address("info@a.example"))
        let now = Timestamp(milliseconds: 0)
        #expect(try mail().livePlan().decide(info, content: nil, at: now).outcome == .forward([ops]))

        // The next edit makes a draft of what is in force.
        let next = try mail().edit("a.example", .replace(try rule("info", to: "info", .drop)))
        #expect(next.version.number == 2 && next.version.base == 1)
        #expect(next.diff.summary == "rules: 1 changed")
        _ = try promote()
        #expect(try mail().livePlan().decide(info, content: nil, at: now).outcome == .drop)
        let back = try mail().planRollback(of: "a.example")
        #expect(back.title == "roll back to a.example@1 (now a.example@2)")
        try mail().apply(back)
        #expect(try mail().livePlan().decide(info, content: nil, at: now).outcome == .forward([ops]))
        #expect(code { _ = try mail().planRollback(of: "a.example") } == .refused, "nothing before the first")
        #expect(try mail().planRollback(of: "a.example", to: 2).to.number == 2)
        #expect(try mail().history(of: "a.example", last: nil).map(\.kind) == [.promote, .promote, .rollback])
        #expect(try account.plane().verifyAudit(head: nil) == [])
        let actions = try account.plane().auditEntries(last: nil).map(\.action)
        #expect(actions.contains("email.in-force") && actions.contains("email.back-in-force"))
    }

    @Test func aRuleWithAnUnverifiedDestinationHoldsThePlanUp() throws {
        _ = try mail().addDomain("a.example")
        func codes() throws -> [String] {
            try mail().edit("a.example", .subaddressing(Bool.random())).findings.map(\.code)
        }
        _ = try mail().edit("a.example", .add(try rule("info", to: "info", .forward([ops])), .last))
        #expect(try codes() == ["destination-unknown"])
        #expect(code { _ = try promote() } == .refused)
        let (_, verification) = try mail().addDestination(ops)
        #expect(try codes() == ["destination-pending"])
        _ = try mail().verifyDestination(ops, code: verification.code)
        #expect(try codes() == [])
        _ = try mail().addDomain("dest2.example")
        let loop = try Sample.address("x@dest2.example")
        #expect(code { _ = try mail().addDestination(loop) } == .refused)
        let outcome = try mail().edit("a.example", .add(try rule("loop", to: "l", .forward([loop])), .last))
        #expect(outcome.findings.map(\.code) == ["mail-loop"])
    }

    @Test func findingsNameWhatWouldSurprise() throws {
        _ = try mail().addDomain("a.example")
        _ = try mail().edit("a.example", .subaddressing(true))
        let empty = try mail().findings(try #require(MailVersionReference("a.example@draft")))
        #expect(empty.map(\.code) == ["nothing-accepted"])
        for one in [
            try rule("a", to: "a", .drop), try rule("b", to: "a", .drop),
            try rule("w", to: "w", .worker(Sample.name("ghost"))),
            MailRule(ref: "v", matcher: .expression(#"mail.auth.spf eq "fail""#), action: .drop),
        ] { _ = try mail().edit("a.example", .add(one, .last)) }
        let findings = try mail().findings(try #require(MailVersionReference("a.example")))
        #expect(findings.map(\.code) == ["never-reached", "worker-missing", "no-authentication-server"])
        // Whoever is believed must stand there.
        let named = try mail().edit("a.example", .authenticationServer("mx.a.example")).findings
        #expect(named.map(\.code) == ["never-reached", "worker-missing", "trusted-verifier"])
        #expect(named.last?.severity == .info && named.last?.message.contains("mx.a.example") == true)
    }

    @Test func aWorkerThatCannotDoItsWorkIsToldInThePlan() throws {
        _ = try mail().addDomain("a.example")
        let other = try Sample.address("other@dest.example")
        let name = try Sample.name("screen")
        let looking = MailControl(store: account.store, plane: account.plane()) { path in
            path == "/no/such/file" ? .unusable("is not there") : path == "/ping" ? .incomplete("tells nothing") : nil
        }
        func worker(_ path: String, _ onFailure: MailWorker.FailurePolicy) -> MailWorker {
            MailWorker(
                name: name, target: .program(path: path, arguments: []), timeLimit: 5_000, onFailure: onFailure,
                description: "", createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0),
                author: "ada")
        }
        func words(_ findings: [Finding]) -> [String] {
            findings.map { "\($0.severity.rawValue) \($0.code) \($0.place)" }
        }
        let made = try looking.putWorker(worker("/no/such/file", .forward([ops, other])))
        try verified(other)
        let wanted = [
            "warning worker-program email worker screen", "error destination-unknown email worker screen",
        ]
        #expect(words(try looking.findings(of: made)) == wanted)
        for ref in ["w", "v"] {
            let outcome = try looking.edit("a.example", .add(try rule(ref, to: ref, .worker(name)), .last))
            #expect(words(outcome.findings) == wanted, "told once")
        }
        let reference = try #require(MailVersionReference("a.example@draft"))
        #expect(words(try looking.planPromotion(of: reference).findings) == wanted)
        #expect(code { try looking.apply(try looking.planPromotion(of: reference)) } == .refused)

        _ = try mail().addDestination(ops)
        #expect(
            words(try looking.findings(of: try looking.putWorker(worker("/bin/true", .forward([ops])))))
                == ["warning destination-pending email worker screen"])
        #expect(
            words(try looking.findings(of: try looking.putWorker(worker("/ping", .defer))))
                == ["warning worker-incomplete email worker screen"])
        #expect(try looking.findings(of: try looking.putWorker(worker("/bin/true", .defer))) == [])
        #expect(
            try looking.findings(ofChoice: try Sample.address("x@else.example"), by: name).map(\.code)
                == ["destination-unknown"])
    }

    @Test func aCodeIsForOneAddressAFewTriesAndThreeDays() throws {
        let other = try Sample.address("other@dest.example")
        let (_, first) = try mail().addDestination(ops)
        #expect(code { _ = try mail().addDestination(try Sample.address("OPS@dest.example")) } == .exists)
        for _ in 0..<MailDestination.mostTries {
            #expect(code { _ = try mail().verifyDestination(ops, code: "wrong") } == .refused)
        }
        #expect(code { _ = try mail().verifyDestination(ops, code: first.code) } == .refused, "too many tries")
        let second = try mail().renewCode(of: ops)
        #expect(second.code.utf8.count == 8)
        account.advance(seconds: 3 * 86_400)
        #expect(code { _ = try mail().verifyDestination(ops, code: second.code) } == .refused, "expired")
        let third = try mail().renewCode(of: ops)
        _ = try mail().addDestination(other)
        let digest = MailDestination.digest(ofCode: third.code, for: other)
        #expect(MailDestination.digest(ofCode: third.code, for: ops) != digest)
        #expect(try mail().verifyDestination(ops, code: third.code).isVerified)
        #expect(code { _ = try mail().renewCode(of: ops) } == .refused)
        let kept = try account.store.readMail { try $0.mailDestinations() }
        #expect(kept.first { $0.address == ops }?.codeDigest == nil, "nothing is left of the code")
        #expect(try !account.plane().auditEntries(last: nil).contains { $0.summary.contains(third.code) })
    }

    @Test func removingADestinationDisablesItsRulesAtOnceAndSaysWhich() throws {
        for domain in ["a.example", "b.example"] { _ = try mail().addDomain(domain) }
        let backup = try Sample.address("backup@dest.example")
        try verified(ops)
        try verified(backup)
        for one in [
            try rule("both", to: "both", .forward([backup, ops])), try rule("safe", to: "safe", .forward([backup])),
        ] { _ = try mail().edit("a.example", .add(one, .last)) }
        _ = try mail().edit("b.example", .catchAll(MailCatchAll(action: .forward([ops]))))
        _ = try promote()
        _ = try promote("b.example")
        _ = try mail().edit("a.example", .add(try rule("new", to: "new", .forward([ops])), .last))
        #expect(
            try mail().destinations().first { $0.destination.address == ops }?.uses == [
                "a.example/both", "b.example/catch-all",
            ])

        let withdrawals = try mail().removeDestination(try Sample.address("ops@DEST.example"))
        #expect(withdrawals.map { "\($0.domain)@\($0.version)" } == ["a.example@3", "b.example@2"])
        #expect(withdrawals.map(\.refs) == [["both"], ["catch-all"]])
        let plan = try mail().livePlan()
        func outcome(_ to: String) throws -> MailDecision.Outcome {
            plan.decide(
                MailEnvelope(sender: nil, recipient: try Sample.address(to)), content: nil,
                at: Timestamp(milliseconds: 0)
            ).outcome
        }
        #expect(try outcome("both@a.example") == .unknownUser && outcome("safe@a.example") == .forward([backup]))
        #expect(try outcome("any@b.example") == .unknownUser)
        let draft = try mail().ruleset(try #require(MailVersionReference("a.example@draft")))
        #expect(draft.ruleset.rules.map(\.enabled) == [false, true, false])
        #expect(try mail().history(of: "a.example", last: 1).map(\.kind) == [.withdraw])
    }

    @Test func whoeverWasFasterIsNotOverwritten() throws {
        _ = try mail().addDomain("a.example")
        _ = try mail().edit("a.example", .add(try rule("a", to: "a", .drop), .last))
        let reference = try #require(MailVersionReference("a.example"))
        let plan = try mail().planPromotion(of: reference)
        let read = try mail().ruleset(reference).version.digest
        _ = try mail(as: "bob").edit("a.example", .add(try rule("b", to: "b", .drop), .first))
        #expect(code { _ = try mail().apply(plan) } == .stale)
        #expect(code { _ = try mail().edit("a.example", .subaddressing(true), expected: read) } == .stale)
        let second = try mail().planPromotion(of: reference)
        _ = try mail(as: "bob").apply(try mail(as: "bob").planPromotion(of: reference))
        #expect(code { _ = try mail().apply(second) } == .conflict)
    }

    @Test func domainsAreSwitchedAtOnceAndRemovedOnlyWhenOff() throws {
        _ = try mail().addDomain("a.example")
        _ = try mail().edit("a.example", .add(try rule("a", to: "a", .drop), .last))
        _ = try promote()
        #expect(code { try mail().removeDomain("a.example") } == .refused)
        #expect(try mail().setDomain("a.example", enabled: false).status == .off)
        #expect(try mail().livePlan().domains.isEmpty)
        _ = try mail().setDomain("a.example", enabled: true)
        #expect(try mail().domain(named: "a.example").domain.status == .unchecked)
        try mail().setCheck(MailDomainCheck(at: Timestamp(milliseconds: 1), problems: ["no MX"]), of: "a.example")
        #expect(try mail().domain(named: "a.example").domain.status == .misconfigured(["no MX"]))
        _ = try mail().setDomain("a.example", enabled: false)
        try mail().removeDomain("a.example")
        #expect(try mail().domains() == [])
        try verified(ops)
        #expect(code { _ = try mail().addDomain("dest.example") } == .refused, "a destination lies in it")
    }

    @Test func refsAreMadeOfWhatTheRuleIsAbout() throws {
        var ruleset = MailRuleset(domain: "a.example")
        func ref(_ matcher: MailRule.Matcher) -> String { MailControl.ref(for: matcher, in: ruleset) }
        let info = MailRule.Matcher.address(try Sample.address("Info+News@a.example"))
        #expect(ref(info) == "info-news")
        #expect(ref(.sender(try #require(MailSender("@bad.example")))) == "from-bad-example")
        #expect(ref(.address(try Sample.address("\"!!\"@a.example"))) == "rule")
        #expect(ref(.address(try Sample.address("catch-all@a.example"))) == "rule")
        ruleset.rules = [MailRule(ref: "info-news", matcher: info, action: .drop)]
        #expect(ref(info) == "info-news-2")
    }
}
