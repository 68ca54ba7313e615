package import EdgeModel
package import MailRouting

/// Makes events of Postfix's log: decisions from the notes that the policy service left there and from refusals,
/// deliveries from the agents' lines.
///
/// A note counts once its message is queued: what a client broke off was no mail. Each event's key comes from the log
/// alone, so that reading a part of it again changes nothing.
package struct LogReader: Sendable {
    /// A place in the log: the file by its inode, and bytes from its start.
    package struct Place: Sendable, Hashable {
        package var file: UInt64
        package var offset: UInt64

        package init(file: UInt64, offset: UInt64) {
            self.file = file
            self.offset = offset
        }

        package var text: String { "\(file):\(offset)" }

        package init?(_ text: String) {
            let parts = text.split(separator: ":").map { UInt64($0) }
            guard parts.count == 2, let file = parts[0], let offset = parts[1] else { return nil }
            self.init(file: file, offset: offset)
        }
    }

    private struct Pending: Sendable {
        var entries: [DecisionNote.Entry]
        var sender: String
        var client: String
        var place: Place
        var seen: Timestamp
    }

    /// Notes whose message is not queued yet, by queue id.
    private var pending: [String: Pending] = [:]
    /// Decisions told already, for as long as their message is in the queue.
    private var told: [String: Set<MailAddress>] = [:]

    package init() {}

    /// Where to read from after a restart: before every note that waits for its message.
    package func resumption(at place: Place) -> Place {
        let waiting = pending.values.map(\.place).filter { $0.file == place.file }
        return waiting.min { $0.offset < $1.offset } ?? place
    }

    /// - Parameters:
    ///   - place: where the line begins.
    ///   - plan: says whose domain it is, and by which rule where the log has no note.
    ///   - awaiting: destinations that have not confirmed yet, folded: why one did not get the mail with its code is told.
    ///   - details: what is remembered of a decision by queue id and recipient.
    package mutating func read(
        _ text: Substring, at place: Place, now: Timestamp, plan: MailPlan, awaiting: Set<MailAddress> = [],
        details: (String, MailAddress) -> MailDecided? = { _, _ in nil }
    ) -> [MailEvent] {
        guard let line = PostfixLogLine(text) else { return [] }
        switch line {
        case .note(let id, let text, let sender, let client):
            if let note = DecisionNote(text) {
                pending[id] = Pending(
                    entries: note.entries, sender: sender, client: client, place: place, seen: now)
            }
            return []
        case .queued(let id, _, _, _): return takeNote(id, now, details)
        case .messageID: return []
        case .removed(let id):
            pending[id] = nil
            told[id] = nil
            return []
        case .refusal(let refusal):
            // A file that was cut begins again at the same places: only with its time is a line one of all.
            return refused(refusal, "\(place.text) \(text.prefix(32))", now, plan, details)
        case .delivery(let delivery):
            if let event = unconfirmed(delivery, place, now, awaiting) { return [event] }
            return takeNote(delivery.queueID, now, details) + delivered(delivery, place, now, plan, details)
        }
    }

    /// Forgets notes whose client went away before the message was complete.
    package mutating func forget(before time: Timestamp) {
        pending = pending.filter { $0.value.seen >= time }
    }

    // MARK: decisions

    private mutating func takeNote(
        _ id: String, _ now: Timestamp, _ details: (String, MailAddress) -> MailDecided?
    ) -> [MailEvent] {
        guard let note = pending.removeValue(forKey: id) else { return [] }
        return note.entries.compactMap { entry in
            decided(id, entry, now, details) { MailDecided(entry, sender: note.sender, client: note.client) }
        }
    }

    private mutating func decided(
        _ id: String, _ entry: DecisionNote.Entry, _ now: Timestamp, _ details: (String, MailAddress) -> MailDecided?,
        _ otherwise: () -> MailDecided
    ) -> MailEvent? {
        guard told[id, default: []].insert(entry.recipient).inserted else { return nil }
        return MailEvent(
            key: "\(id) \(entry.recipient)", at: now, message: MailMessageID(queueID: id), recipient: entry.recipient,
            kind: .decided(details(id, entry.recipient) ?? otherwise()))
    }

    private mutating func refused(
        _ refusal: PostfixLogLine.Refusal, _ line: String, _ now: Timestamp, _ plan: MailPlan,
        _ details: (String, MailAddress) -> MailDecided?
    ) -> [MailEvent] {
        let isMessage = refusal.stage == "END-OF-MESSAGE"
        if isMessage, let id = refusal.queueID { pending[id] = nil }
        guard isMessage || refusal.stage == "RCPT", let recipient = MailAddress(refusal.recipient)?.folded,
            let domain = plan.domain(recipient.domain)
        else { return [] }
        let rule = RefusalText.rule(in: refusal.words)
        let outcome: MailDecision.Outcome.Word
        switch (refusal.dsn, domain.ruleset.action(of: rule)) {
        case (_, .worker?): outcome = .worker
        case ("5.7.1", .reject?): outcome = .reject
        case ("4.7.1", .deferral?): outcome = .defer
        case ("5.1.1", _): outcome = .unknown
        // A refusal of ours that no rule asked for, or one of another restriction.
        default: return []
        }
        let entry = DecisionNote.Entry(
            outcome: outcome, rule: rule, version: domain.version, recipient: recipient)
        var decided = refusal.queueID.flatMap { details($0, recipient) }
        if decided == nil {
            decided = MailDecided(entry, sender: refusal.sender, client: refusal.client)
            decided?.detail = refusal.words
        }
        return decided.map { decided in
            [
                MailEvent(
                    key: "\(line) \(recipient)", at: now, message: MailMessageID(queueID: refusal.queueID),
                    recipient: recipient, kind: .decided(decided))
            ]
        } ?? []
    }

    // MARK: deliveries

    /// Why a destination that has not confirmed yet did not get its mail, which is that with its code. What it gets is not
    /// told: it is nothing that a rule forwarded.
    private func unconfirmed(
        _ delivery: PostfixLogLine.Delivery, _ place: Place, _ now: Timestamp, _ pending: Set<MailAddress>
    ) -> MailEvent? {
        guard delivery.status != .sent, let address = MailAddress(delivery.originalRecipient)?.folded,
            pending.contains(address)
        else { return nil }
        return delivered(delivery, to: address, of: address, place, now)
    }

    private func delivered(
        _ delivery: PostfixLogLine.Delivery, to destination: MailAddress, of recipient: MailAddress, _ place: Place,
        _ now: Timestamp
    ) -> MailEvent {
        let status: MailDelivery.Status =
            switch delivery.status {
            case .sent: delivery.agent == "discard" ? .dropped : .delivered
            case .deferred: .deferred
            case .bounced, .undeliverable: .bounced
            case .expired: .expired
            }
        return MailEvent(
            key: "\(place.text) \(delivery.queueID) \(destination)", at: now,
            message: MailMessageID(queueID: delivery.queueID), recipient: recipient,
            kind: .delivery(
                MailDelivery(
                    destination: destination, status: status, enhancedCode: delivery.dsn, relay: delivery.relay,
                    answer: delivery.words)))
    }

    private mutating func delivered(
        _ delivery: PostfixLogLine.Delivery, _ place: Place, _ now: Timestamp, _ plan: MailPlan,
        _ details: (String, MailAddress) -> MailDecided?
    ) -> [MailEvent] {
        var events: [MailEvent] = []
        let id = delivery.queueID
        let recipient: MailAddress
        let internalAddress = DecidedAddress(delivery.originalRecipient) ?? DecidedAddress(delivery.recipient)
        if let address = internalAddress {
            recipient = address.decision.recipient
            events += [
                decided(id, address.decision, now, details) { MailDecided(address.decision, sender: "", client: "") }
            ].compactMap(\.self)
        } else {
            guard let original = MailAddress(delivery.originalRecipient)?.folded, plan.domain(original.domain) != nil
            else { return [] }
            recipient = original
            // Mail from `sendmail` passes no policy service.
            let decision = plan.decide(MailEnvelope(sender: nil, recipient: original), content: nil, at: now)
            if decision.outcome != .needsContent, told[id]?.contains(original) != true {
                let entry = DecisionNote.Entry(decision, of: original)
                events += [decided(id, entry, now, details) { MailDecided(entry, sender: "", client: "") }]
                    .compactMap(\.self)
            }
        }
        let destination =
            internalAddress.map { address in
                address.destination
                    ?? MailReservedAddress(.drop, ref: address.decision.rule ?? "none").address
            } ?? MailAddress(delivery.recipient)
        guard let destination else { return events }
        return events + [delivered(delivery, to: destination, of: recipient, place, now)]
    }
}

extension MailRuleset {
    /// What a rule, or the catch-all, does; nil for no rule of this version.
    fileprivate func action(of ref: String?) -> MailAction? {
        guard let ref else { return nil }
        return ref == MailRule.catchAll ? catchAll?.action : rule(ref)?.action
    }
}

extension MailDecided {
    /// What the log tells alone, when the process that decided is gone.
    fileprivate init(_ entry: DecisionNote.Entry, sender: String, client: String) {
        self.init(
            domain: entry.recipient.domain, version: entry.version, rule: entry.rule, outcome: entry.outcome,
            passed: entry.passed, sender: sender, clientAddress: client)
    }
}
