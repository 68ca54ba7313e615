internal import EdgeModel
package import MailRouting

/// A domain with its versions in short.
package struct MailDomainSummary: Hashable, Sendable {
    package var domain: MailDomain
    package var live: MailVersion?
    package var draft: MailVersion?
    /// Of the live version.
    package var ruleCount: Int
}

extension MailControl {
    package func domains() throws -> [MailDomainSummary] {
        try store.readMail { tx in try tx.mailDomains().map { try Self.summary($0, in: tx) } }
    }

    package func domain(named name: String) throws -> MailDomainSummary {
        try store.readMail { try Self.summary(try Find.mailDomain(name, in: $0), in: $0) }
    }

    private static func summary(_ domain: MailDomain, in tx: any MailReading) throws -> MailDomainSummary {
        let versions = try tx.mailVersions(of: domain.name)
        let live = versions.first { $0.number == domain.live }
        return MailDomainSummary(
            domain: domain, live: live, draft: versions.last { $0.state == .draft },
            ruleCount: try live.map { try MailRulesetStorage.read($0, in: tx).rules.count } ?? 0)
    }

    /// A domain that is switched on but refuses its mail until rules are promoted.
    ///
    /// - Throws: `ControlPlaneError.refused` while a destination lies in it: its mail would come back.
    package func addDomain(_ name: String) throws -> MailDomain {
        try mutate { tx in
            guard try tx.mailDomain(named: name) == nil else {
                throw ControlPlaneError(
                    .exists, at: "email domain \(name)", "the domain is here already",
                    remedy: "signalbox email domain show \(name)")
            }
            if let destination = try tx.mailDestinations().first(where: { $0.address.domain == name }) {
                throw ControlPlaneError(
                    .refused, at: "email domain \(name)",
                    "destination \(destination.address) lies in it: mail would loop",
                    remedy: "signalbox email destination remove \(destination.address)")
            }
            let moment = now()
            let domain = MailDomain(
                name: name, enabled: true, live: nil, check: nil, createdAt: moment, updatedAt: moment,
                author: actor.label)
            try tx.putMailDomain(domain)
            return (domain, [AuditNote("email.domain-add", "email/\(name)", "added")])
        }
    }

    /// Switches a domain on or off, at once.
    package func setDomain(_ name: String, enabled: Bool, reason: String? = nil) throws -> MailDomain {
        try mutate(reason: reason) { tx in
            var domain = try Find.mailDomain(name, in: tx)
            guard domain.enabled != enabled else { return (domain, []) }
            domain.enabled = enabled
            domain.updatedAt = now()
            domain.author = actor.label
            try tx.putMailDomain(domain)
            try enter(.domain(name, isOn: enabled), kind: .switch, reason: reason, in: tx)
            return (domain, [])
        }
    }

    /// Removes a domain that is switched off or never had rules in force, with all versions of its rules.
    package func removeDomain(_ name: String, reason: String? = nil) throws {
        try mutate(reason: reason) { tx in
            let domain = try Find.mailDomain(name, in: tx)
            guard !domain.enabled || domain.live == nil else {
                throw ControlPlaneError(
                    .refused, at: "email domain \(name)", "its rules are in force",
                    remedy: "signalbox email domain disable \(name)")
            }
            try tx.removeMailDomain(named: name)
            return ((), [AuditNote("email.domain-remove", "email/\(name)", "removed")])
        }
    }

    /// Keeps what a look at the domain's DNS found. Not audited: an observation.
    package func setCheck(_ check: MailDomainCheck, of name: String) throws {
        try store.writeMail { tx in
            var domain = try Find.mailDomain(name, in: tx)
            domain.check = check
            try tx.putMailDomain(domain)
        }
    }
}
