import EdgeModel
import MailRouting
import RulesLanguage
import Testing

@Suite("What becomes of mail")
struct DecisionTests {
    @Test func theFirstRuleInOrderThatDecidesDoes() throws {
        let plan = try Routing.plan(
            """
            rules:
              - {ref: block, from: "@bad.example", action: reject, text: go away}
              - {ref: sales, to: sales, action: forward, destinations: [a@dest.test, b@dest.test]}
              - {ref: late, from: alice@sender.test, action: drop}
            """)
        #expect(try plan.word("sales@example.com") == "forward sales")
        #expect(try plan.word("sales@example.com", from: "eve@BAD.example") == "reject block")
        #expect(try plan.word("Sales@EXAMPLE.com", from: nil) == "forward sales")
        #expect(try plan.word("other@example.com") == "drop late")
        #expect(try plan.word("other@example.com", from: nil) == "unknown -")
        #expect(try plan.word("sales@elsewhere.test") == "foreign -")
        let decision = plan.decide(try Routing.envelope(to: "sales@example.com"), content: nil, at: Routing.now)
        #expect(decision.outcome == .forward([try Routing.address("a@dest.test"), try Routing.address("b@dest.test")]))
        #expect(decision.version == 7 && decision.domain == "example.com" && !decision.wantsContent)
        let rejected = plan.decide(
            try Routing.envelope(to: "x@example.com", from: "e@bad.example"), content: nil, at: Routing.now)
        #expect(rejected.outcome == .reject("go away"))
    }

    @Test func anExactTagBeatsTheBaseWhateverTheOrder() throws {
        let rules = """
            rules:
              - {ref: base, to: info, action: forward, destinations: [a@dest.test]}
              - {ref: tag, to: info+news, action: drop}
            """
        let plan = try Routing.plan("subaddressing: true\n" + rules)
        #expect(try plan.word("info+news@example.com") == "drop tag")
        #expect(try plan.word("info+other@example.com") == "forward base")
        #expect(try plan.word("INFO+NEWS+x@example.com") == "forward base")
        #expect(try plan.word("+news@example.com") == "unknown -")
        let off = try Routing.plan(rules)
        #expect(try off.word("info+other@example.com") == "unknown -", "the switch is off")
        #expect(try off.word("info+news@example.com") == "drop tag")
    }

    @Test func aDisabledOrExpiredRuleBeatsTheCatchAll() throws {
        let plan = try Routing.plan(
            """
            subaddressing: true
            rules:
              - {ref: closed, to: old, action: forward, destinations: [a@dest.test], enabled: false}
              - {ref: brief, to: brief, action: drop, expires: 2026-11-21T00:00:00Z}
              - {ref: tag-off, to: info+x, action: drop, enabled: false}
              - {ref: info, to: info, action: drop}
              - {ref: seen, to: seen, action: observe, enabled: false}
            catch_all: {action: forward, destinations: [all@dest.test]}
            """)
        #expect(try plan.word("old@example.com") == "unknown closed")
        #expect(try plan.word("old+tag@example.com") == "unknown closed")
        #expect(try plan.word("brief@example.com", at: Timestamp(milliseconds: 0)) == "drop brief")
        #expect(try plan.word("brief@example.com") == "unknown brief")
        #expect(try plan.word("info+x@example.com") == "unknown tag-off", "it keeps its address from the base too")
        #expect(try plan.word("seen@example.com") == "forward catch-all", "a rule that only counts keeps nothing")
        #expect(try plan.word("anybody@example.com") == "forward catch-all")
    }

    @Test func aLaterEnabledRuleTakesWhatADisabledOneKeeps() throws {
        let plan = try Routing.plan(
            """
            rules:
              - {ref: closed, to: old, action: drop, enabled: false}
              - {ref: vip, from: boss@sender.test, action: forward, destinations: [a@dest.test]}
            """)
        #expect(try plan.word("old@example.com", from: "boss@sender.test") == "forward vip")
    }

    @Test func tagsAndCountsAreCollectedOnTheWay() throws {
        let plan = try Routing.plan(
            """
            subaddressing: true
            rules:
              - {ref: mark, to: info, action: tag, header: X-Topic, value: info}
              - {ref: count, from: "@sender.test", action: observe}
              - {ref: exact, to: info+x, action: drop}
              - {ref: after, to: info+x, action: observe}
            """)
        let decision = plan.decide(try Routing.envelope(to: "info+x@example.com"), content: nil, at: Routing.now)
        #expect(decision.passed == ["mark", "count"])
        #expect(decision.tags == [MailTag(name: "X-Topic", value: "info")])
        #expect(decision.outcome == .drop && decision.rule == "exact")
    }

    @Test func theContentIsAskedForOnlyWhereItMatters() throws {
        let plan = try Routing.plan(
            """
            rules:
              - {ref: early, to: now, action: drop}
              - {ref: spam, if: 'mail.subject contains "win" and mail.to.local ne "ceo"', action: reject, text: spam}
              - {ref: mark, if: 'mail.size gt 5000', action: tag, header: X-Big, value: "yes"}
              - {ref: info, to: info, action: drop}
              - {ref: ceo, to: ceo, action: drop}
            """)
        #expect(try plan.word("now@example.com") == "drop early")
        #expect(try plan.word("info@example.com") == "content -")
        #expect(try plan.word("info@example.com", Routing.content("you win")) == "reject spam")
        #expect(try plan.word("info@example.com", Routing.content("hello")) == "drop info")
        // The envelope alone says that the first condition fails; the tag still wants the size.
        let decision = plan.decide(try Routing.envelope(to: "ceo@example.com"), content: nil, at: Routing.now)
        #expect(decision.outcome == .drop && decision.rule == "ceo" && decision.wantsContent && decision.tags == [])
        let read = plan.decide(
            try Routing.envelope(to: "ceo@example.com"), content: Routing.content(size: 6_000), at: Routing.now)
        #expect(read.tags == [MailTag(name: "X-Big", value: "yes")] && !read.wantsContent)
    }

    @Test(
        "a verdict that nobody gave matches neither side",
        arguments: [
            (#"mail.auth.spf eq "pass""#, [true, false, false]), (#"mail.auth.spf ne "pass""#, [false, true, false]),
            (#"not mail.auth.spf eq "pass""#, [false, true, false]),
            (#"not (mail.auth.spf eq "pass" or mail.auth.dkim eq "pass")"#, [false, true, false]),
            (#"mail.auth.spf in {"pass" "none"}"#, [true, false, false]),
            (#"not mail.auth.spf in {"pass" "none"}"#, [false, true, false]),
            (#"not (mail.auth.spf eq "pass" and mail.subject eq "x")"#, [true, true, true]),
            (#"mail.auth.spf eq "pass" xor mail.subject eq "hello""#, [false, true, false]),
            (#"not (mail.auth.spf eq "pass" xor mail.subject eq "hello")"#, [true, false, false]),
        ])
    func unknownVerdicts(condition: String, wanted: [Bool]) throws {
        let plan = try Routing.plan("rules: [{ref: r, if: '\(condition)', action: drop}]")
        let cases: [MailAuthentication] = [
            MailAuthentication(spf: .pass, dkim: .fail), MailAuthentication(spf: .fail, dkim: .fail), .unknown,
        ]
        for (verdicts, wanted) in zip(cases, wanted) {
            let found = try plan.word("a@example.com", Routing.content("hello", verdicts))
            #expect(found == (wanted ? "drop r" : "unknown -"), "\(condition) with \(verdicts.text)")
        }
        #expect(try plan.word("a@example.com").hasPrefix("content"))
    }

    @Test func conditionsSeeEnvelopeAndHeaders() throws {
        let conditions = [
            #"mail.to eq "info+x@example.com""#, #"mail.to.tag eq "x""#, #"mail.from.domain eq "sender.test""#,
            #"mail.client.ip in {192.0.2.0/24}"#, #"mail.client.helo contains "sender""#, #"mail.size ge 1000"#,
            #"any(mail.headers["list-id"][*] contains "news")"#, #"any(mail.headers.names[*] eq "list-id")"#,
            #"mail.subject matches "^h.llo$""#,
        ]
        for condition in conditions {
            let plan = try Routing.plan("rules: [{ref: r, if: '\(condition)', action: drop}]")
            let content = Routing.content(headers: [MailHeader("List-ID", "the news list")])
            #expect(try plan.word("Info+X@example.com", from: "Alice@sender.test", content) == "drop r", "\(condition)")
            #expect(
                try plan.decide(
                    Routing.envelope(to: "b@example.com", from: "b@other.test", client: "198.51.100.1"),
                    content: MailContent(headers: [], size: 10, authentication: .unknown), at: Routing.now
                ).outcome == (condition.contains("helo") ? .drop : .unknownUser), "\(condition)")
        }
    }

    @Test func anUnverifiedDestinationDisablesItsRules() throws {
        let ruleset = try Routing.ruleset(
            """
            rules:
              - {ref: a, to: a, action: forward, destinations: [good@dest.test, New@dest.test]}
              - {ref: b, to: b, action: forward, destinations: [good@dest.test]}
            catch_all: {action: drop}
            """)
        let plan = try MailPlan(
            [LiveMailDomain(ruleset: ruleset, version: 1)], verified: [try Routing.address("good@dest.test")])
        #expect(try plan.word("a@example.com") == "unknown a")
        #expect(try plan.word("b@example.com") == "forward b")
    }

    @Test func whatDidNotChangeIsNotCompiledAgain() throws {
        let a = try Routing.ruleset("rules: [{ref: a, to: a, action: drop}]", domain: "a.example")
        var b = try Routing.ruleset("rules: [{ref: b, to: b, action: drop}]", domain: "b.example")
        let first = try MailPlan([.init(ruleset: a, version: 1), .init(ruleset: b, version: 1)], verified: [])
        b.rules[0].enabled = false
        let second = try MailPlan(
            [.init(ruleset: a, version: 1), .init(ruleset: b, version: 2)], verified: [], reusing: first)
        #expect(first.domain("a.example") === second.domain("a.example"))
        #expect(first.domain("b.example") !== second.domain("b.example"))
        #expect(first.digest != second.digest)
    }
}
