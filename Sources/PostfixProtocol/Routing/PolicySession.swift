package import EdgeModel
internal import MailRouting

/// One connection of the policy service: decides about each recipient, keeps those apart that cannot share a message,
/// and has Postfix note the decisions when the message begins.
///
/// Postfix asks over one connection for all recipients of a message (`instance`); what a restarted server was not told is
/// noticed by the number of recipients, and the message is deferred.
package struct PolicySession: Sendable {
    private var instance = ""
    private var entries: [DecisionNote.Entry] = []
    /// Recipients that were not refused, foreign ones included.
    private var taken = 0
    private var length = 0
    /// What recipients of one message must agree in.
    private var company: Company?

    private struct Company: Equatable {
        var isAlone: Bool
        var tags: [MailTag]
        var isRewritten: Bool
    }

    package init() {}

    package mutating func handle(_ request: PolicyRequest, desk: RoutingDesk, at now: Timestamp) -> PolicyReply {
        if request.instance != instance {
            self = PolicySession()
            instance = request.instance
        }
        return switch request.state {
        case "RCPT": recipient(request, desk: desk, at: now)
        case "DATA": data(request)
        default: .pass
        }
    }

    private mutating func recipient(
        _ request: PolicyRequest, desk: RoutingDesk, at now: Timestamp
    ) -> PolicyReply {
        if let isReturnable = desk.isReturnable(request.recipient, at: now) {
            guard isReturnable else { return .answer(SMTPReply(550, "5.1.1", "This return address is not valid")) }
            taken += 1
            return .accept
        }
        // They stand for decisions in Postfix's queue. Nobody hands one in, not even who may relay.
        guard !DecidedAddress.isInternal(request.recipient) else {
            return .answer(SMTPReply(550, "5.1.2", "There is no such domain"))
        }
        guard
            let envelope = MailEnvelope(
                client: request["client_address"], helo: request["helo_name"], sender: request.sender,
                recipient: request.recipient, instance: request.instance, size: request.size)
        else {
            guard desk.isOwn(request.recipient) else { return pass() }
            return .answer(.noAddress)
        }
        let decision = desk.plan.decide(envelope, content: nil, at: now)
        if decision.outcome == .foreignDomain { return pass() }
        if let refusal = SMTPReply.refusal(decision.outcome, by: decision) { return .answer(refusal) }
        return accept(envelope, decision, desk: desk, at: now)
    }

    private mutating func pass() -> PolicyReply {
        taken += 1
        return .pass
    }

    private mutating func accept(
        _ envelope: MailEnvelope, _ decision: MailDecision, desk: RoutingDesk, at now: Timestamp
    ) -> PolicyReply {
        let need = desk.need(decision, of: envelope.recipient, at: now)
        let rewriting = desk.plan.domain(envelope.recipient.domain)?.ruleset.senderRewriting ?? false
        let own = Company(
            isAlone: need == .content, tags: decision.tags, isRewritten: rewriting && decision.outcome.word == .forward)
        let entry = DecisionNote.Entry(decision, of: envelope.recipient)
        let size = need == .nothing ? entry.fields.joined(separator: "=").utf8.count + 1 : 0
        if let company {
            // RFC 5321 section 4.5.3.1.10: the client sends the rest in another transaction.
            guard !company.isAlone, company == own, length + size <= DecisionNote.longest else {
                return .answer(SMTPReply(452, "4.5.3", "One recipient at a time here, please send the others again"))
            }
        }
        company = own
        taken += 1
        if need == .nothing, !entries.contains(entry) {
            entries.append(entry)
            length += size
        }
        return .accept
    }

    private func data(_ request: PolicyRequest) -> PolicyReply {
        guard request.recipientCount <= taken else {
            return .answer(SMTPReply(451, "4.3.0", "Mail routing began anew, please send this again"))
        }
        return entries.isEmpty ? .pass : .note(DecisionNote(entries).text)
    }
}
