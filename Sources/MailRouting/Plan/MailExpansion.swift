package import EdgeModel

/// What a mail server's alias map must answer for an address. Every address of an own domain has an answer that is not in
/// an own domain, so that no mail goes out unexpanded.
package enum MailExpansion: Hashable, Sendable {
    /// Not ours; as it is.
    case foreign
    case addresses([MailAddress])
    /// An address that only our transports know, with the rule in it so that the mail server's log carries it.
    case reserved(MailReservedAddress)

    /// The addresses that take the recipient's place; none for foreign ones.
    package var addresses: [MailAddress] {
        switch self {
        case .foreign: []
        case .addresses(let addresses): addresses
        case .reserved(let address): [address.address]
        }
    }
}

/// `r-12@drop.invalid`: a rule's ref in a domain that nobody can own (RFC 2606), which says what becomes of the mail.
package struct MailReservedAddress: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Accepted and discarded.
        case drop
        /// A worker's verdict takes its place before the message is queued.
        case worker
        /// The rules ask for more than the recipient: the decision takes its place before the message is queued.
        case undecided
        /// Nobody takes it any more: refused since the recipient was accepted.
        case gone
    }

    package var kind: Kind
    package var ref: String

    package init(_ kind: Kind, ref: String) {
        self.kind = kind
        self.ref = ref
    }

    /// nil for every address that is not one of ours.
    package init?(_ address: MailAddress) {
        guard address.domain.hasSuffix(".invalid"), let kind = Kind(rawValue: String(address.domain.dropLast(8))) else {
            return nil
        }
        self.init(kind, ref: address.local)
    }

    package var address: MailAddress { MailAddress(trusted: ref, "\(kind.rawValue).invalid") }
}

/// Where a mail server sends mail for an address.
package enum MailTransport: Hashable, Sendable {
    /// Accepted and discarded, with this text in the log.
    case discard(String)
    /// Kept in the queue and tried again, with this text in the log.
    case retry(String)
    /// Bounced with this text.
    case error(String)
    /// The mail server's own business.
    case ordinary
}

extension MailPlan {
    /// What takes the place of a recipient, from the recipient alone: all that an alias map is told.
    package func expansion(of recipient: MailAddress, at now: Timestamp) -> MailExpansion {
        guard let domain = domains[recipient.domain] else { return .foreign }
        let decision = domain.decideByRecipient(recipient, at: now)
        let ref = decision.rule ?? "none"
        switch decision.outcome {
        case .forward(let addresses): return .addresses(addresses)
        case .drop: return .reserved(MailReservedAddress(.drop, ref: ref))
        case .worker: return .reserved(MailReservedAddress(.worker, ref: ref))
        case .needsContent: return .reserved(MailReservedAddress(.undecided, ref: "none"))
        // A recipient that is deferred or refused is turned away before; whoever gets here came in between.
        case .deferral: return .reserved(MailReservedAddress(.undecided, ref: ref))
        case .reject, .unknownUser, .foreignDomain: return .reserved(MailReservedAddress(.gone, ref: ref))
        }
    }

    /// Where mail for an address goes after its expansion.
    package func transport(for address: MailAddress) -> MailTransport {
        guard let reserved = MailReservedAddress(address) else {
            // An own address here was not expanded; it must not leave to anybody else.
            return domains[address.domain] == nil ? .ordinary : .retry("4.3.0 not expanded")
        }
        return switch reserved.kind {
        case .drop: .discard("rule \(reserved.ref)")
        case .worker, .undecided: .retry("4.3.0 rule \(reserved.ref): not decided yet")
        case .gone: .error("5.1.1 no such address")
        }
    }
}

extension MailDomainPlan {
    /// The decision when nothing but the recipient is known: `needsContent` when a sender or a condition may decide first.
    func decideByRecipient(_ recipient: MailAddress, at now: Timestamp) -> MailDecision {
        var position = Int32.max
        let local = recipient.folded.local
        let base = ruleset.subaddressing && !isClaimed(local) ? recipient.folded.subaddress?.base : nil
        var keeper = Int32.max
        for name in [local, base].compactMap(\.self) {
            var index = firstRule(ofLocal: name)
            while index >= 0 {
                let rule = ruleset.rules[Int(index)]
                if rule.action.isFinal {
                    if isLive(rule, now) {
                        position = min(position, index)
                        break
                    }
                    keeper = min(keeper, index)
                }
                index = self.rule(ofAddressAfter: index)
            }
        }
        var decision = MailDecision(domain: ruleset.domain, version: version, outcome: .unknownUser)
        if isUncertain(before: position) {
            decision.outcome = .needsContent
            decision.wantsContent = true
        } else if position < .max {
            decision.rule = ruleset.rules[Int(position)].ref
            decision.outcome = .init(ruleset.rules[Int(position)].action)
        } else if keeper < .max {
            decision.rule = ruleset.rules[Int(keeper)].ref
        } else if let catchAll = ruleset.catchAll, catchAll.enabled {
            decision.rule = MailRule.catchAll
            decision.outcome = .init(catchAll.action)
        }
        return decision
    }
}
