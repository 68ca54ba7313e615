internal import EdgeModel
internal import RulesLanguage

/// One walk through the rules of a domain for one recipient, in their order, touching only those that may match.
struct MailSearch: ~Copyable {
    private let plan: MailDomainPlan
    private let envelope: MailEnvelope
    private let content: MailContent?
    /// Whether conditions over the content may come out unknown for want of it.
    private let isPartlyUnknown: Bool
    private let now: Timestamp
    /// The next rule of the whole local part, of its base, of the sender's address and of the sender's domain; -1: none.
    private var exact: Int32
    private var base: Int32 = -1
    private var sender: Int32 = -1
    private var senderDomain: Int32 = -1
    /// Places in the two tables of conditions.
    private var envelopeCondition = 0
    private var contentCondition = 0
    /// Whether the condition over the content that was found holds whatever the content.
    private var isContentRuleCertain = false
    /// Rules of the base do not decide: the whole local part has a rule of its own.
    private let isClaimed: Bool
    /// Made when the first condition is asked.
    private var facts: MailFacts?
    private var scratch = Scratch(limit: 64 << 10)
    /// The first disabled rule that keeps the address.
    private var keeper: Int32 = -1

    init(_ plan: MailDomainPlan, _ envelope: MailEnvelope, _ content: MailContent?, _ now: Timestamp) {
        self.plan = plan
        self.envelope = envelope
        self.content = content
        isPartlyUnknown = content?.areHeadersKnown != true
        self.now = now
        let recipient = envelope.recipient.folded
        exact = plan.firstRule(ofLocal: recipient.local)
        isClaimed = plan.isClaimed(recipient.local)
        if plan.ruleset.subaddressing, let base = recipient.subaddress?.base {
            self.base = plan.firstRule(ofLocal: base)
        }
        if let folded = envelope.sender?.folded {
            sender = plan.firstRule(ofSender: folded.description)
            senderDomain = plan.firstRule(ofSender: "@\(folded.domain)")
        }
    }

    mutating func decide() -> MailDecision {
        var decision = MailDecision(domain: plan.ruleset.domain, version: plan.version, outcome: .unknownUser)
        while let (index, isCertain) = next() {
            let rule = plan.ruleset.rules[Int(index)]
            if rule.action.isFinal {
                decision.rule = isCertain ? rule.ref : nil
                decision.outcome = isCertain ? .init(rule.action) : .needsContent
                decision.wantsContent = decision.wantsContent || !isCertain
                return decision
            }
            guard isCertain else {
                decision.wantsContent = true
                continue
            }
            decision.passed.append(rule.ref)
            if case .tag(let tag) = rule.action { decision.tags.append(tag) }
        }
        if keeper >= 0 {
            decision.rule = plan.ruleset.rules[Int(keeper)].ref
        } else if let catchAll = plan.ruleset.catchAll, catchAll.enabled {
            decision.rule = MailRule.catchAll
            decision.outcome = .init(catchAll.action)
        }
        return decision
    }

    /// The next rule that matches, or may match once the content is known.
    private mutating func next() -> (index: Int32, isCertain: Bool)? {
        while true {
            var index = Int32.max
            for next in [exact, base, sender, senderDomain] where next >= 0 { index = min(index, next) }
            // Conditions of rules behind those are not asked: one of those may decide.
            let envelopeRule = nextEnvelopeRule(before: index)
            if envelopeRule >= 0 { index = envelopeRule }
            let contentRule = nextContentRule(before: index)
            if contentRule >= 0 { index = contentRule }
            guard index < .max else { return nil }
            let rule = plan.ruleset.rules[Int(index)]
            let isLive = plan.isLive(rule, now)
            var isCertain = true
            if index == exact {
                exact = plan.rule(ofAddressAfter: index)
                if !isLive, rule.action.isFinal { keep(index) }
            } else if index == base {
                base = plan.rule(ofAddressAfter: index)
                if rule.action.isFinal, isClaimed { continue }
                if !isLive, rule.action.isFinal { keep(index) }
            } else if index == sender {
                sender = plan.rule(ofSenderAfter: index)
            } else if index == senderDomain {
                senderDomain = plan.rule(ofSenderAfter: index)
            } else if index == envelopeRule {
                envelopeCondition += 1
            } else {
                isCertain = isContentRuleCertain
                contentCondition += 1
            }
            if isLive { return (index, isCertain) }
        }
    }

    private mutating func keep(_ index: Int32) { if keeper < 0 { keeper = index } }

    // MARK: conditions

    /// The next rule before a position whose condition over the envelope holds; -1: none.
    private mutating func nextEnvelopeRule(before limit: Int32) -> Int32 {
        let table = plan.envelope
        func isNear(_ place: Int) -> Bool { place < table.rules.count && table.rules[place] < limit }
        guard isNear(envelopeCondition) else { return -1 }
        let facts = known()
        while isNear(envelopeCondition) {
            envelopeCondition = table.next(envelopeCondition, facts.store.table)
            guard isNear(envelopeCondition) else { break }
            if table.holds(envelopeCondition, facts.store.table, &scratch) { break }
            envelopeCondition += 1
        }
        return isNear(envelopeCondition) ? table.rules[envelopeCondition] : -1
    }

    /// The next rule before a position whose condition over the content holds, or without content the next that may still
    /// hold; -1: none.
    private mutating func nextContentRule(before limit: Int32) -> Int32 {
        let table = plan.content
        func isNear(_ place: Int) -> Bool { place < table.rules.count && table.rules[place] < limit }
        guard isNear(contentCondition) else { return -1 }
        let facts = known()
        while isNear(contentCondition) {
            if !isPartlyUnknown {
                contentCondition = table.next(contentCondition, facts.store.table)
                guard isNear(contentCondition) else { break }
            }
            isContentRuleCertain = table.holds(contentCondition, facts.store.table, &scratch)
            if isContentRuleCertain { break }
            if isPartlyUnknown, !table.fails(contentCondition, facts.store.table, &scratch) { break }
            contentCondition += 1
        }
        return isNear(contentCondition) ? table.rules[contentCondition] : -1
    }

    private mutating func known() -> MailFacts {
        if let facts { return facts }
        let made = MailFacts(envelope, content)
        facts = made
        return made
    }
}

/// The fields of one message, made when the first condition is asked.
final class MailFacts {
    let store: FieldStore

    init(_ envelope: MailEnvelope, _ content: MailContent?) {
        store = FieldStore(envelope.fields(content))
    }
}
