package import EdgeModel
package import MailRouting

/// Decides about a whole message, and says it in what a milter may ask of Postfix.
package struct MilterJudge: Sendable {
    /// Asks a worker; how long it took goes with the answer.
    package typealias Ask =
        @Sendable (MailWorker, WorkerRequest) async -> (Result<WorkerVerdict, WorkerError>, milliseconds: Int)

    private let desk: RoutingDesk
    private let now: Timestamp
    private let ask: Ask

    package init(desk: RoutingDesk, at now: Timestamp, ask: @escaping Ask) {
        self.desk = desk
        self.now = now
        self.ask = ask
    }

    /// What is answered, and what is to be remembered of it.
    package struct Judgement: Sendable {
        package var replies: [MilterReply] = []
        package var decided: [MailAddress: MailDecided] = [:]
        package var workers: [(recipient: MailAddress, result: MailWorkerResult)] = []
    }

    /// What becomes of one recipient.
    private enum Fate {
        /// As Postfix has it.
        case stay
        case replaced([DecidedAddress])
        case refused(SMTPReply, rule: String?)
    }

    /// What the activity log is to know of a message whose recipients need nothing but what the alias map answers, so that
    /// it can be let through at its headers; nil when one of them needs more.
    package static func settled(
        _ message: MilterMessage, desk: RoutingDesk, at now: Timestamp
    ) -> [MailAddress: MailDecided]? {
        var found: [MailAddress: MailDecided] = [:]
        for recipient in message.recipients {
            guard let envelope = message.envelope(of: recipient),
                let domain = desk.plan.domain(envelope.recipient.domain)
            else { continue }
            let isForeign = envelope.sender.map { desk.plan.domain($0.domain) == nil } ?? false
            guard desk.isSettled(at: now), !(isForeign && domain.ruleset.senderRewriting && desk.srs != nil) else {
                return nil
            }
            let decision = desk.plan.decide(envelope, content: nil, at: now)
            guard desk.need(decision, of: envelope.recipient, at: now) == .nothing else { return nil }
            found[envelope.recipient.folded] = MailDecided(decision, "", envelope, message.content(of: domain))
        }
        return found
    }

    package func judge(_ message: MilterMessage) async -> Judgement {
        var judgement = Judgement()
        var fates: [Fate] = []
        var tags: [MailTag] = []
        var rewriting: String?
        for recipient in message.recipients {
            guard desk.isReturnable(recipient.address, at: now) == nil, let envelope = message.envelope(of: recipient),
                let domain = desk.plan.domain(envelope.recipient.domain)
            else {
                fates.append(.stay)
                continue
            }
            let content = message.content(of: domain)
            let decision = desk.plan.decide(envelope, content: content, at: now)
            let (fate, added) = await fate(of: envelope, decision, content, message, &judgement)
            fates.append(fate)
            for tag in decision.tags + added where !tags.contains(tag) { tags.append(tag) }
            if case .refused = fate { continue }
            if let sender = envelope.sender, decision.outcome.word != .drop, rewriting == nil {
                rewriting = desk.rewritten(sender: sender, for: envelope.recipient.domain, at: now)
            }
        }
        judgement.replies = replies(message, fates)
        if judgement.replies.last == .proceed {
            let changes =
                tags.map { MilterReply.addHeader(name: $0.name, value: $0.value) }
                + (rewriting.map { [.changeSender($0)] } ?? [])
            judgement.replies.insert(contentsOf: changes, at: 0)
        }
        return judgement
    }

    private func replies(_ message: MilterMessage, _ fates: [Fate]) -> [MilterReply] {
        var refusals: [SMTPReply] = []
        for case .refused(let reply, _) in fates { refusals.append(reply) }
        // One answer for the message: it must be right for each recipient, or it is to be sent again.
        if let first = refusals.first, refusals.count == fates.count || !message.isLocal {
            let isOne = refusals.count == fates.count && refusals.allSatisfy { $0 == first }
            return [.answer(isOne ? first : SMTPReply(451, "4.3.0", "The rules have changed, please send this again"))]
        }
        if refusals.contains(where: \.isTemporary) { return [.temporaryFailure] }
        var replies: [MilterReply] = []
        for (recipient, fate) in zip(message.recipients, fates) {
            switch fate {
            case .stay: continue
            case .replaced(let addresses):
                replies.append(.removeRecipient(recipient.address))
                replies += addresses.map { .addRecipient($0.text, parameters: recipient.inherited) }
            case .refused(_, let rule):
                // From `sendmail` on this machine: it comes back to its user.
                let gone = MailReservedAddress(.gone, ref: rule ?? "none").address.description
                replies.append(.removeRecipient(recipient.address))
                replies.append(.addRecipient(gone, parameters: recipient.inherited))
            }
        }
        return replies + [.proceed]
    }

    private func fate(
        of envelope: MailEnvelope, _ decision: MailDecision, _ content: MailContent, _ message: MilterMessage,
        _ judgement: inout Judgement
    ) async -> (Fate, [MailTag]) {
        var outcome = decision.outcome
        var tags: [MailTag] = []
        let entry = DecisionNote.Entry(decision, of: envelope.recipient)
        var detail = ""
        if case .worker(let name) = outcome {
            var (result, record) = await verdict(of: name, envelope, decision, content, message)
            switch result {
            case .success(let verdict):
                tags = verdict.tags
                detail = "\(name): \(verdict.word)"
                switch verdict.action {
                case .forward(let to): outcome = .forward(to)
                case .drop: outcome = .drop
                case .reject(let reason): outcome = .reject(reason)
                }
            case .failure(let error):
                detail = "\(name): \(error.message)"
                outcome = .deferral("The mail cannot be checked at the moment")
                switch desk.workers[name]?.onFailure {
                case .forward(let to)? where to.allSatisfy({ desk.verified.contains($0.folded) }):
                    outcome = .forward(to)
                case .reject(let text)?: outcome = .reject(text)
                case .forward?, .defer?, nil: break
                }
                record.verdict = outcome.word.rawValue
            }
            judgement.workers.append((envelope.recipient.folded, record))
        }
        judgement.decided[envelope.recipient.folded] = MailDecided(decision, detail, envelope, content)
        switch outcome {
        case .forward(let to):
            let isStatic =
                desk.isSettled(at: now) && decision.outcome == outcome
                && desk.need(decision, of: envelope.recipient, at: now) != .content
                && desk.plan.expansion(of: envelope.recipient, at: now) == .addresses(to)
            return (isStatic ? .stay : .replaced(to.map { DecidedAddress(entry, to: $0) }), tags)
        case .drop:
            let isStatic =
                desk.isSettled(at: now) && decision.outcome == outcome
                && desk.need(decision, of: envelope.recipient, at: now) == .nothing
            return (isStatic ? .stay : .replaced([DecidedAddress(entry, to: nil)]), [])
        case .reject, .deferral, .unknownUser, .worker, .needsContent:
            // With the content known the last two are not possible; what cannot be decided is kept by the sender.
            let undecided = SMTPReply(451, "4.3.0", RefusalText.tagged("Not decided yet", decision))
            return (.refused(.refusal(outcome, by: decision) ?? undecided, rule: decision.rule), [])
        case .foreignDomain: return (.stay, [])
        }
    }

    private func verdict(
        of name: ResourceName, _ envelope: MailEnvelope, _ decision: MailDecision, _ content: MailContent,
        _ message: MilterMessage
    ) async -> (Result<WorkerVerdict, WorkerError>, MailWorkerResult) {
        let rule = decision.rule ?? ""
        guard let worker = desk.workers[name] else {
            let error = WorkerError("there is no such worker")
            let record = MailWorkerResult(
                worker: name, rule: rule, verdict: nil, failure: error.message, milliseconds: 0)
            return (.failure(error), record)
        }
        guard message.bodyBytes <= MilterMessage.longestBody else {
            let error = WorkerError("the message is too long to be given to a worker")
            let record = MailWorkerResult(
                worker: name, rule: rule, verdict: nil, failure: error.message, milliseconds: 0)
            return (.failure(error), record)
        }
        let request = WorkerRequest(
            rule: rule, queueID: message.queueID ?? "", sender: envelope.sender?.description ?? "",
            recipient: envelope.recipient, client: message.client, content: content, body: message.body)
        let (result, milliseconds) = await ask(worker, request)
        var record = MailWorkerResult(
            worker: name, rule: rule, verdict: nil, failure: nil, milliseconds: milliseconds)
        switch result {
        case .success(let verdict): record.verdict = verdict.word
        case .failure(let error): record.failure = error.message
        }
        return (result, record)
    }
}

extension MailDecided {
    /// For the activity log.
    init(_ decision: MailDecision, _ detail: String, _ envelope: MailEnvelope, _ content: MailContent) {
        var words = detail
        if words.isEmpty {
            switch decision.outcome {
            case .forward(let to): words = to.map(\.description).joined(separator: ", ")
            case .reject(let text), .deferral(let text): words = text
            case .worker(let name): words = name.rawValue
            case .drop, .needsContent, .unknownUser, .foreignDomain: break
            }
        }
        self.init(
            domain: decision.domain ?? envelope.recipient.domain, version: decision.version ?? 0, rule: decision.rule,
            outcome: decision.outcome.word, detail: words, passed: decision.passed,
            sender: envelope.sender?.description ?? "",
            clientAddress: envelope.clientAddress.map { "\($0)" } ?? "", helo: WireText.line(envelope.helo),
            content: MailContentSummary(
                subject: WireText.line(content.subject), size: content.size, authentication: content.authentication))
    }
}
