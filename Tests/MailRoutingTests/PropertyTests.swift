import EdgeModel
import MailRouting
import RulesLanguage
import TestKit
import Testing

/// The plan beside an evaluator that is plain to see: every rule in order, no index, no programs.
@Suite("The plan decides as the rules say")
struct PropertyTests {
    /// A condition with what it means.
    private struct Condition {
        let text: String
        /// nil: the envelope does not tell.
        let truth: @Sendable (MailEnvelope, MailContent?) -> Bool?
    }

    private static let conditions: [Condition] = [
        Condition(text: #"mail.to.local contains "a""#) { envelope, _ in envelope.recipient.folded.local.contains("a")
        },
        Condition(text: #"mail.from.domain eq "s1.test" or mail.from eq """#) { envelope, _ in
            envelope.sender.map { $0.domain == "s1.test" } ?? true
        },
        Condition(text: #"not mail.from.local eq "u1""#) { envelope, _ in envelope.sender?.folded.local != "u1" },
        Condition(text: #"mail.size gt 500"#) { _, content in content.map { $0.size > 500 } },
        Condition(text: #"not mail.subject contains "win""#) { _, content in content.map { !$0.subject.contains("win") }
        },
        Condition(text: #"mail.to.local eq "a" and mail.size gt 500"#) { envelope, content in
            envelope.recipient.folded.local == "a" ? content.map { $0.size > 500 } : false
        },
        Condition(text: #"not (mail.auth.spf eq "pass")"#) { _, content in
            content.map { $0.authentication.spf.map { $0 != .pass } ?? false }
        },
        Condition(text: #"mail.auth.spf eq "pass" or mail.to.local eq "b""#) { envelope, content in
            if envelope.recipient.folded.local == "b" { return true }
            return content.map { $0.authentication.spf == .pass }
        },
    ]

    private struct Made {
        var ruleset: MailRuleset
        var conditions: [String: Condition] = [:]
    }

    private static let locals = ["a", "b", "c", "a+x", "a+y", "b+x", "d"]

    private func ruleset(_ random: inout SeededGenerator) throws -> Made {
        var made = Made(ruleset: MailRuleset(domain: "example.com", subaddressing: Bool.random(using: &random)))
        for index in 0..<Int.random(in: 0...12, using: &random) {
            let ref = "r\(index)"
            var matcher: MailRule.Matcher
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                matcher = .address(
                    try Routing.address("\(Self.locals.randomElement(using: &random) ?? "a")@example.com"))
            case 1:
                matcher = .sender(
                    try #require(MailSender(["@s1.test", "u1@s2.test"].randomElement(using: &random) ?? "")))
            default:
                let condition = try #require(Self.conditions.randomElement(using: &random))
                matcher = .expression(condition.text)
                made.conditions[ref] = condition
            }
            let actions: [MailAction] = [
                .drop, .reject("no"), .forward([try Routing.address("z@dest.test")]), .observe,
                .tag(MailTag(name: "X-A", value: ref)),
            ]
            made.ruleset.rules.append(
                MailRule(
                    ref: ref, matcher: matcher, action: actions.randomElement(using: &random) ?? .drop,
                    enabled: Int.random(in: 0..<4, using: &random) > 0,
                    expires: Int.random(in: 0..<8, using: &random) == 0
                        ? Routing.now.advanced(byMilliseconds: Bool.random(using: &random) ? 1 : 0) : nil))
        }
        if Bool.random(using: &random) {
            made.ruleset.catchAll = MailCatchAll(action: .drop, enabled: Bool.random(using: &random))
        }
        return made
    }

    /// The rules as the documentation of `decide` tells them.
    private func plain(_ made: Made, _ envelope: MailEnvelope, _ content: MailContent?) -> MailDecision {
        let rules = made.ruleset.rules
        let local = envelope.recipient.folded.local
        let base = made.ruleset.subaddressing ? envelope.recipient.folded.subaddress?.base : nil
        func isExactly(_ rule: MailRule, _ local: String) -> Bool {
            if case .address(let address) = rule.matcher { address.local == local } else { false }
        }
        let isClaimed = rules.contains { isExactly($0, local) && $0.action.isFinal }
        var decision = MailDecision(domain: "example.com", version: 1, outcome: .unknownUser)
        var keeper: String?
        for rule in rules {
            let isMine =
                isExactly(rule, local)
                || base.map { isExactly(rule, $0) && !(isClaimed && rule.action.isFinal) } ?? false
            let isLive = rule.enabled && rule.expires.map { Routing.now < $0 } ?? true
            if isMine, !isLive, rule.action.isFinal { keeper = keeper ?? rule.ref }
            guard isLive else { continue }
            var truth: Bool?
            switch rule.matcher {
            case .address: truth = isMine
            case .sender(let sender): truth = sender.matches(envelope.sender)
            case .expression: truth = made.conditions[rule.ref]?.truth(envelope, content)
            }
            switch (truth, rule.action) {
            case (false?, _): continue
            case (nil, let action) where action.isFinal:
                decision.outcome = .needsContent
                decision.wantsContent = true
                return decision
            case (nil, _): decision.wantsContent = true
            case (true?, .observe): decision.passed.append(rule.ref)
            case (true?, .tag(let tag)):
                decision.passed.append(rule.ref)
                decision.tags.append(tag)
            case (true?, let action):
                decision.rule = rule.ref
                switch action {
                case .drop: decision.outcome = .drop
                case .reject(let text): decision.outcome = .reject(text)
                case .forward(let to): decision.outcome = .forward(to)
                default: Issue.record("\(action)")
                }
                return decision
            }
        }
        if let keeper {
            decision.rule = keeper
        } else if let catchAll = made.ruleset.catchAll, catchAll.enabled {
            decision.rule = MailRule.catchAll
            decision.outcome = .drop
        }
        return decision
    }

    @Test func likeTheRulesReadOneByOne() throws {
        var random = SeededGenerator.announced("mail rules")
        var seen: [MailDecision.Outcome.Word: Int] = [:]
        for _ in 0..<600 {
            let made = try ruleset(&random)
            let plan = try MailPlan(
                [LiveMailDomain(ruleset: made.ruleset, version: 1)], verified: [try Routing.address("z@dest.test")])
            for _ in 0..<12 {
                let sender =
                    ["u1@s1.test", "u2@s1.test", "U1@s2.test", "x@y.test", ""].randomElement(using: &random) ?? ""
                let to = "\(Self.locals.randomElement(using: &random) ?? "a")@example.com"
                let envelope = try Routing.envelope(to: to, from: sender.isEmpty ? nil : sender)
                var content: MailContent?
                if Bool.random(using: &random) {
                    content = Routing.content(
                        ["you win", "hello"].randomElement(using: &random) ?? "",
                        size: Bool.random(using: &random) ? 501 : 500,
                        MailAuthentication(spf: [.pass, .fail, nil].randomElement(using: &random) ?? nil))
                }
                let (found, wanted) = (
                    plan.decide(envelope, content: content, at: Routing.now), plain(made, envelope, content)
                )
                try #require(
                    found == wanted, "\(to) from \(sender), \(content as Any): \(made.ruleset.document.json())")
                seen[found.outcome.word, default: 0] += 1
                let explained = plan.explain(envelope, content: content, at: Routing.now)
                try #require(explained.decision == found)
                let decisive = explained.steps.filter { [.decided, .needsContent].contains($0.verdict) }
                if [.drop, .reject, .forward].contains(found.outcome.word), found.rule != MailRule.catchAll {
                    try #require(decisive.last?.ref == found.rule && decisive.last?.verdict == .decided)
                }
                let passed = explained.steps.filter { $0.verdict == .passed }.map(\.ref)
                try #require(passed == found.passed)
                if content == nil { try checkExpansion(plan, envelope, found) }
            }
        }
        for word in [MailDecision.Outcome.Word.forward, .drop, .reject, .content, .unknown] {
            #expect(seen[word, default: 0] > 50, "\(word.rawValue): \(seen[word, default: 0])")
        }
    }

    /// The alias map never contradicts the decision: it says the same, or that it cannot tell.
    private func checkExpansion(_ plan: MailPlan, _ envelope: MailEnvelope, _ decision: MailDecision) throws {
        switch plan.expansion(of: envelope.recipient, at: Routing.now) {
        case .foreign: Issue.record("an own domain")
        case .addresses(let addresses): try #require(decision.outcome == .forward(addresses))
        case .reserved(let reserved):
            switch reserved.kind {
            case .drop: try #require(decision.outcome == .drop && decision.rule == reserved.ref)
            case .gone: try #require([.reject, .unknown].contains(decision.outcome.word))
            case .undecided, .worker: break
            }
        }
    }

    @Test func aHundredThousandAddressesAreFoundByTheirNames() throws {
        let count = 100_000
        var ruleset = MailRuleset(domain: "example.com")
        for index in 0..<count {
            ruleset.rules.append(
                MailRule(
                    ref: "r\(index)", matcher: .address(try Routing.address("u\(index)@example.com")), action: .drop))
        }
        let plan = try MailPlan([LiveMailDomain(ruleset: ruleset, version: 1)], verified: [])
        for index in stride(from: 0, to: count, by: 9_973) {
            #expect(try plan.word("u\(index)@example.com") == "drop r\(index)")
        }
        #expect(try plan.word("u\(count)@example.com") == "unknown -")
    }
}
