package import EdgeModel
package import RulesLanguage

/// Why mail is decided as it is: every rule in order, with what it came to.
package struct MailExplanation: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable {
        /// It matched and decided.
        case decided
        /// It matched, and later rules decide.
        case passed
        case noMatch = "no-match"
        /// Only the content tells.
        case needsContent = "needs-content"
        case disabled, expired
        /// Its address matches only without the tag, and the whole address has a rule of its own.
        case shadowed
        /// An earlier rule decided.
        case notReached = "not-reached"
    }

    /// A part of a condition and what it came to.
    package struct Part: Hashable, Sendable {
        package var text: String
        package var truth: Truth
    }

    package struct Step: Hashable, Sendable {
        package var ref: String
        package var condition: String
        package var action: String
        package var verdict: Verdict
        package var parts: [Part]
    }

    package var decision: MailDecision
    package var steps: [Step]
    /// What the end came to when no rule decided; nil when one did.
    package var end: String?
}

extension MailPlan {
    /// The decision with every rule beside it. Slower than `decide`, and always the same decision.
    package func explain(_ envelope: MailEnvelope, content: MailContent?, at now: Timestamp) -> MailExplanation {
        let decision = decide(envelope, content: content, at: now)
        guard let domain = domains[envelope.recipient.domain] else {
            return MailExplanation(
                decision: decision, steps: [], end: "\(envelope.recipient.domain) is no domain whose rules are in force"
            )
        }
        var isOver = false
        let steps = domain.ruleset.rules.enumerated().map { index, rule -> MailExplanation.Step in
            var step = MailExplanation.Step(
                ref: rule.ref, condition: rule.condition, action: rule.action.sentence, verdict: .notReached, parts: [])
            guard !isOver else { return step }
            (step.verdict, step.parts) = domain.verdict(index, envelope, content, now)
            isOver = rule.action.isFinal && [.decided, .needsContent].contains(step.verdict)
            return step
        }
        return MailExplanation(decision: decision, steps: steps, end: isOver ? nil : domain.end(decision))
    }
}

extension MailDomainPlan {
    fileprivate func end(_ decision: MailDecision) -> String {
        switch decision.rule {
        case MailRule.catchAll?: "no rule decided: the catch-all does"
        case let ref?: "rule '\(ref)' is not in force and keeps the address: it is refused, the catch-all is not asked"
        case nil: "no rule decided, and there is no catch-all"
        }
    }

    fileprivate func verdict(
        _ index: Int, _ envelope: MailEnvelope, _ content: MailContent?, _ now: Timestamp
    ) -> (MailExplanation.Verdict, [MailExplanation.Part]) {
        let rule = ruleset.rules[index]
        guard rule.enabled else { return (.disabled, []) }
        guard isLive(rule, now) else { return (.expired, []) }
        let matched: MailExplanation.Verdict = rule.action.isFinal ? .decided : .passed
        switch rule.matcher {
        case .address(let address):
            let recipient = envelope.recipient.folded
            if address.local == recipient.local { return (matched, []) }
            guard ruleset.subaddressing, address.local == recipient.subaddress?.base else { return (.noMatch, []) }
            return (rule.action.isFinal && isClaimed(recipient.local) ? .shadowed : matched, [])
        case .sender(let sender): return (sender.matches(envelope.sender) ? matched : .noMatch, [])
        case .expression: return condition(index, envelope, content, matched)
        }
    }

    private func condition(
        _ index: Int, _ envelope: MailEnvelope, _ content: MailContent?, _ matched: MailExplanation.Verdict
    ) -> (MailExplanation.Verdict, [MailExplanation.Part]) {
        let asksContent = self.content.rules.contains(Int32(index))
        let table = asksContent ? self.content : self.envelope
        guard let place = table.rules.firstIndex(of: Int32(index)),
            case .expression(let text) = ruleset.rules[index].matcher,
            let condition = try? MailCondition(text)
        else { return (.noMatch, []) }
        let facts = MailFacts(envelope, content)
        var scratch = Scratch()
        var buffer = ExplanationBuffer(capacity: 256)
        let holds = withUnsafeMutablePointer(to: &buffer) { buffer in
            table.holds(place, facts.store.table, &scratch, explanation: buffer)
        }
        let source = Array(condition.holds.text.utf8)
        let parts = buffer.entries().compactMap { entry -> MailExplanation.Part? in
            guard Int(entry.end) <= source.count, entry.start < entry.end else { return nil }
            let text = String(decoding: source[Int(entry.start)..<Int(entry.end)], as: UTF8.self)
            let isGuard = text.hasPrefix("mail.content.known") || text.hasPrefix("mail.headers.known")
            return isGuard ? nil : MailExplanation.Part(text: text, truth: entry.truth)
        }
        if holds { return (matched, parts) }
        if content?.areHeadersKnown != true, asksContent, !table.fails(place, facts.store.table, &scratch) {
            return (.needsContent, [])
        }
        return (.noMatch, parts)
    }
}
