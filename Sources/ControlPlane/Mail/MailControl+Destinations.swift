package import EdgeModel
internal import EdgePlan
package import MailRouting

/// A destination with who uses it and how it fares.
package struct MailDestinationSummary: Hashable, Sendable {
    package var destination: MailDestination
    /// `example.com/support`: live rules that forward to it.
    package var uses: [String]
    /// Workers that send mail on to it; without it their mail is deferred.
    package var workers: [ResourceName]
    package var figures: MailDestinationFigures?
}

/// A code that must be mailed to its address, and is told nowhere else.
package struct MailVerification: Hashable, Sendable {
    package var address: MailAddress
    package var code: String
    package var expires: Timestamp
}

/// Rules that were disabled because their destination went.
package struct MailWithdrawal: Hashable, Sendable {
    package var domain: String
    package var refs: [String]
    /// The version that is in force now.
    package var version: Int
    /// Its entry in the mail journal.
    package var deployment: Int
}

extension MailControl {
    package func destinations() throws -> [MailDestinationSummary] {
        let figures = try store.mailLedger.destinationFigures()
        return try store.readMail { tx in
            var uses: [MailAddress: [String]] = [:]
            for (domain, ruleset) in try Self.liveRulesets(in: tx) {
                for rule in ruleset.rules where rule.enabled {
                    guard case .forward(let to) = rule.action else { continue }
                    for address in to { uses[address.folded, default: []].append("\(domain.name)/\(rule.ref)") }
                }
                if let catchAll = ruleset.catchAll, catchAll.enabled, case .forward(let to) = catchAll.action {
                    for address in to {
                        uses[address.folded, default: []].append("\(domain.name)/\(MailRule.catchAll)")
                    }
                }
            }
            let workers = try tx.mailWorkers().map { ($0.name, destinations(of: $0)) }
            return try tx.mailDestinations().map { destination in
                MailDestinationSummary(
                    destination: destination, uses: uses[destination.address.folded] ?? [],
                    workers: workers.filter { $0.1.contains(destination.address.folded) }.map(\.0),
                    figures: figures.first { $0.destination == destination.address.folded })
            }
        }
    }

    /// Where a worker sends mail on, folded: what its program names, and what is done when it fails.
    private func destinations(of worker: MailWorker) -> Set<MailAddress> {
        var all: Set<MailAddress> = []
        if case .program(let path, _) = worker.target, let address = programDestination(path) {
            all.insert(address.folded)
        }
        if case .forward(let addresses) = worker.onFailure { all.formUnion(addresses.map(\.folded)) }
        return all
    }

    static func liveRulesets(in tx: any MailReading) throws -> [(MailDomain, MailRuleset)] {
        try tx.mailDomains().compactMap { domain in
            guard let version = try tx.mailVersions(of: domain.name).first(where: { $0.number == domain.live }) else {
                return nil
            }
            return (domain, try MailRulesetStorage.read(version, in: tx))
        }
    }

    /// A pending destination and the code that its owner must confirm.
    ///
    /// - Throws: `ControlPlaneError.refused` for an address in a domain of our own: its mail would come back here.
    package func addDestination(_ address: MailAddress) throws -> (MailDestination, MailVerification) {
        try mutate { tx in
            guard try tx.mailDestination(address) == nil else {
                throw ControlPlaneError(
                    .exists, at: "email destination \(address)", "the destination is here already",
                    remedy: "signalbox email destination list")
            }
            if try tx.mailDomain(named: address.domain) != nil || address.domain.hasSuffix(".invalid") {
                throw ControlPlaneError(
                    .refused, at: "email destination \(address)",
                    "\(address.domain) is a domain of our own: its mail would come back here",
                    remedy: "name the address where the mail is read in the end")
            }
            let verification = newCode(for: address)
            let destination = MailDestination(
                address: address, codeDigest: MailDestination.digest(ofCode: verification.code, for: address),
                codeExpires: verification.expires, createdAt: now(), author: actor.label)
            try tx.putMailDestination(destination)
            let change = MailChange.destination(before: nil, after: destination, withdrawals: [])
            try enter(change, kind: .destination, reason: nil, in: tx)
            return ((destination, verification), [])
        }
    }

    /// A new code for a pending destination; the old one no longer holds.
    package func renewCode(of address: MailAddress) throws -> MailVerification {
        try mutate { tx in
            var destination = try Find.mailDestination(address, in: tx)
            guard !destination.isVerified else {
                throw ControlPlaneError(
                    .refused, at: "email destination \(address)", "it is verified already",
                    remedy: "signalbox email destination list")
            }
            let verification = newCode(for: destination.address)
            destination.codeDigest = MailDestination.digest(ofCode: verification.code, for: destination.address)
            destination.codeExpires = verification.expires
            destination.failedTries = 0
            try tx.putMailDestination(destination)
            return (
                verification,
                [AuditNote("email.destination-code", "email-destination/\(address)", "a new code was made")]
            )
        }
    }

    /// Eight letters and digits that are hard to confuse: 39 bits, of which five tries may be wrong.
    private func newCode(for address: MailAddress) -> MailVerification {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let code = String(plane.random(8).map { letters[Int($0) % letters.count] })
        return MailVerification(
            address: address, code: code, expires: now().advanced(byMilliseconds: MailDestination.codeLifetime))
    }

    /// Confirms a destination with the code that was mailed to it. A wrong code is counted even though it throws.
    package func verifyDestination(_ address: MailAddress, code: String) throws -> MailDestination {
        let place = "email destination \(address)"
        let outcome: Result<MailDestination, ControlPlaneError> = try mutate { tx in
            var destination = try Find.mailDestination(address, in: tx)
            if destination.isVerified { return (.success(destination), []) }
            let renew = "signalbox email destination resend \(address)"
            guard destination.failedTries < MailDestination.mostTries, let expires = destination.codeExpires,
                now() < expires
            else {
                let why =
                    destination.failedTries < MailDestination.mostTries
                    ? "its code has expired" : "too many wrong codes"
                return (.failure(ControlPlaneError(.refused, at: place, why, remedy: renew)), [])
            }
            guard destination.codeDigest == MailDestination.digest(ofCode: code.lowercased(), for: destination.address)
            else {
                destination.failedTries += 1
                try tx.putMailDestination(destination)
                let left = MailDestination.mostTries - destination.failedTries
                let error = ControlPlaneError(
                    .refused, at: place, "that is not the code; \(left) more tr\(left == 1 ? "y" : "ies")",
                    remedy: left > 0 ? "copy it from the mail again, or: \(renew)" : renew)
                return (
                    .failure(error),
                    [
                        AuditNote(
                            "email.destination-wrong-code", "email-destination/\(address)", "a wrong code was given")
                    ]
                )
            }
            destination.verifiedAt = now()
            destination.codeDigest = nil
            destination.codeExpires = nil
            destination.failedTries = 0
            try tx.putMailDestination(destination)
            return (
                .success(destination),
                [AuditNote("email.destination-verify", "email-destination/\(address)", "verified by its code")]
            )
        }
        return try outcome.get()
    }

    /// Removes a destination. Rules in force that use it are disabled in a new version that is in force at once; those of a
    /// draft are disabled in the draft.
    package func removeDestination(_ address: MailAddress, reason: String? = nil) throws -> [MailWithdrawal] {
        try mutate(reason: reason) { tx in
            let destination = try Find.mailDestination(address, in: tx)
            var withdrawals: [MailWithdrawal] = []
            for domain in try tx.mailDomains() {
                if let withdrawal = try withdraw(destination.address, from: domain, in: tx) {
                    withdrawals.append(withdrawal)
                }
            }
            try tx.removeMailDestination(address)
            try enter(
                .destination(before: destination, after: nil, withdrawals: withdrawals.map(\.deployment)),
                kind: .destination, reason: reason, in: tx)
            return (withdrawals, [])
        }
    }

    private func withdraw(
        _ address: MailAddress, from domain: MailDomain, in tx: any MailWriting
    ) throws -> MailWithdrawal? {
        let versions = try tx.mailVersions(of: domain.name)
        if var draft = versions.last(where: { $0.state == .draft }) {
            let (ruleset, refs) = Self.disabled(address, in: try MailRulesetStorage.read(draft, in: tx))
            if !refs.isEmpty {
                draft.digest = ruleset.digest
                draft.updatedAt = now()
                draft.author = actor.label
                try tx.putMailVersion(draft, ruleset: ruleset.document.json())
            }
        }
        guard let live = versions.first(where: { $0.number == domain.live }), let last = versions.last else {
            return nil
        }
        let (ruleset, refs) = Self.disabled(address, in: try MailRulesetStorage.read(live, in: tx))
        guard !refs.isEmpty else { return nil }
        let moment = now()
        let version = MailVersion(
            domain: domain.name, number: last.number + 1, base: live.number, state: .locked, digest: ruleset.digest,
            note: "without destination \(address)", author: actor.label, createdAt: moment, updatedAt: moment)
        try tx.putMailVersion(version, ruleset: ruleset.document.json())
        let entry = try deploy(
            version.number, of: domain, kind: .withdraw, reason: "destination \(address) removed", in: tx)
        return MailWithdrawal(domain: domain.name, refs: refs, version: version.number, deployment: entry.id)
    }

    /// However the address is spelled in the rules.
    private static func disabled(_ address: MailAddress, in ruleset: MailRuleset) -> (MailRuleset, refs: [String]) {
        ruleset.liveDestinations.filter { $0.folded == address.folded }.reduce((ruleset, [String]())) { sum, spelled in
            let (next, refs) = sum.0.disabling(destination: spelled)
            return (next, sum.1 + refs)
        }
    }
}
