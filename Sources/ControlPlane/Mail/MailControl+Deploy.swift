package import EdgeModel
package import EdgePlan
package import MailRouting

/// What bringing a version of a domain's rules into force would do; the checksum names exactly this change on exactly this
/// base.
package struct MailPlanReview: Hashable, Sendable {
    package var domain: String
    package var kind: MailDeployment.Kind
    package var from: MailVersion?
    package var to: MailVersion
    /// What is done to the draft before it is promoted; nil: it is promoted as it is.
    package var edit: MailRulesetEdit?
    package var diff: MailRulesetDiff
    package var findings: [Finding]
    /// Safety thresholds exceeded, each a sentence.
    package var thresholds: [String]
    /// Set when the version was not made from what is in force now.
    package var staleBase: String?
    /// Head of the domain's journal the plan was made on.
    package var baseHead: Digest?
    package var checksum: Digest

    package var errors: [Finding] { findings.filter { $0.severity == .error } }
    package var warnings: [Finding] { findings.filter { $0.severity == .warning } }

    /// `promote example.com@2 (now example.com@1)`
    package var title: String {
        let now = from.map { "now \($0.label)" } ?? "no rules in force yet"
        return kind == .rollback ? "roll back to \(to.label) (\(now))" : "promote \(to.label) (\(now))"
    }

    package var document: DocumentValue {
        .object([
            "checksum": .string(checksum.rawValue), "kind": .string(kind.rawValue), "title": .string(title),
            "domain": .string(domain), "from": from.map { .int($0.number) }, "to": .int(to.number),
            "diff": diff.document, "findings": .array(findings.map(\.document)),
            "thresholds_exceeded": .array(thresholds.map { .string($0) }),
            "stale_base": staleBase.map { .string($0) }, "base_head": baseHead.map { .string($0.rawValue) },
        ])
    }
}

extension MailControl {
    /// What promoting a version would do: by default the draft. Reads only.
    package func planPromotion(of reference: MailVersionReference) throws -> MailPlanReview {
        try store.readMail { tx in
            var reference = reference
            if reference.selector == .unspecified { reference.selector = .draft }
            return try review(.promote, try Find.mailVersion(reference, in: tx), in: tx)
        }
    }

    /// What going back would do: to the version that was in force before, or to a chosen one that once was.
    package func planRollback(of domain: String, to number: Int? = nil) throws -> MailPlanReview {
        try store.readMail { tx in
            let domain = try Find.mailDomain(domain, in: tx)
            let journal = try tx.mailDeployments(of: domain.name, last: nil)
            let earlier = Self.earlierVersions(journal, than: domain.live)
            guard let target = number ?? earlier.last else {
                throw ControlPlaneError(
                    .refused, at: "email domain \(domain.name)", "no other version was in force before",
                    remedy: "signalbox email history \(domain.name)")
            }
            guard journal.contains(where: { $0.versions?.to == target }), target != domain.live else {
                throw ControlPlaneError(
                    .refused, at: "email domain \(domain.name)",
                    target == domain.live ? "version \(target) is in force" : "version \(target) was never in force",
                    remedy: "signalbox email history \(domain.name)")
            }
            let reference = MailVersionReference(domain: domain.name, selector: .number(target))
            return try review(.rollback, try Find.mailVersion(reference, in: tx), in: tx)
        }
    }

    /// Versions that a rollback goes to, the nearest last: each rollback undoes one step that was not undone yet.
    private static func earlierVersions(_ journal: [MailDeployment], than live: Int?) -> [Int] {
        var stack: [Int] = []
        for entry in journal {
            guard let versions = entry.versions else { continue }
            guard let to = versions.to else {
                stack = []
                continue
            }
            if entry.kind == .rollback || entry.kind == .undo, let place = stack.lastIndex(of: to) {
                stack.removeSubrange((place + 1)...)
            } else {
                stack.append(to)
            }
        }
        return stack.last == live ? stack.dropLast() : stack.filter { $0 != live }
    }

    /// - Parameter edited: its content, when it is not in the store yet.
    func review(
        _ kind: MailDeployment.Kind, _ to: MailVersion, edited: MailRuleset? = nil, in tx: any MailReading
    ) throws -> MailPlanReview {
        let domain = try Find.mailDomain(to.domain, in: tx)
        guard domain.live != to.number else {
            throw ControlPlaneError(
                .refused, at: "email rules \(to.label)", "it is in force already",
                remedy: "signalbox email ruleset list \(domain.name)")
        }
        let from = try tx.mailVersions(of: domain.name).first { $0.number == domain.live }
        let old = try from.map { try MailRulesetStorage.read($0, in: tx) } ?? MailRuleset(domain: domain.name)
        let new = try edited ?? MailRulesetStorage.read(to, in: tx)
        let diff = MailRulesetDiff(from: old, to: new)
        let baseHead = try tx.mailDeployments(of: domain.name, last: 1).last?.head
        let findings = try MailPlanner.findings(new, at: now(), programs: programProblem, in: tx)
        let isStale = kind == .promote && to.state == .draft && from != nil && to.base != from?.number
        let checksum: DocumentValue = .object([
            "kind": .string(kind.rawValue), "domain": .string(domain.name), "from": from.map { .int($0.number) },
            "to": .int(to.number), "content": .string(to.digest.rawValue),
            "base": baseHead.map { .string($0.rawValue) },
            "findings": .array(findings.filter { $0.severity != .info }.map(\.document)),
        ])
        return MailPlanReview(
            domain: domain.name, kind: kind, from: from, to: to, diff: diff, findings: findings,
            thresholds: Safety.exceeded(
                removed: diff.removedRules, changed: diff.changedRules, rulesBefore: old.rules.count),
            staleBase: isStale
                ? "\(to.label) was made from \(to.base.map { "\(domain.name)@\($0)" } ?? "nothing"), and \(from?.label ?? "") is in force"
                : nil,
            baseHead: baseHead, checksum: Digest.sha256(of: checksum.sorted.json()))
    }

    /// Applies a review in one transaction: makes it once more on what the store holds now and goes on only when that is
    /// exactly what was reviewed. A way back passes all gates.
    ///
    /// - Throws: `ControlPlaneError.conflict` when somebody else was faster, `.stale` when the content is no longer what
    ///   was reviewed, `.refused` when a gate holds it up.
    @discardableResult
    package func apply(_ plan: MailPlanReview, _ options: ApplyOptions = ApplyOptions()) throws -> MailDeployment {
        try Gate.check(plan, options)
        return try mutate(reason: options.reason) { tx in
            let reference = MailVersionReference(domain: plan.domain, selector: .number(plan.to.number))
            let head = try tx.mailDeployments(of: plan.domain, last: 1).last?.head
            guard head == plan.baseHead else {
                throw ControlPlaneError(
                    .conflict, at: plan.title, "somebody else was faster",
                    remedy: "look at signalbox email history \(plan.domain), then plan again")
            }
            var notes: [AuditNote] = []
            if let edit = plan.edit {
                let domain = try Find.mailDomain(plan.domain, in: tx)
                notes.append(try write(try edited(edit, of: domain, in: tx), in: tx))
            }
            let fresh = try review(plan.kind, try Find.mailVersion(reference, in: tx), in: tx)
            guard fresh.checksum == plan.checksum else {
                throw ControlPlaneError(
                    .stale, at: plan.title, "what would be in force now is not what was reviewed",
                    remedy: "review it again: the plan's checksum is now \(fresh.checksum.short)")
            }
            var version = fresh.to
            if version.state == .draft {
                version.state = .locked
                version.updatedAt = now()
                try tx.putMailVersion(version, ruleset: try tx.mailRuleset(version.number, of: version.domain) ?? "{}")
            }
            let domain = try Find.mailDomain(plan.domain, in: tx)
            let entry = try deploy(
                version.number, of: domain, kind: plan.kind, reason: options.reason, plan: fresh.checksum, in: tx)
            return (entry, notes)
        }
    }

    /// Makes a version the one in force, with its entry in the mail journal and in the audit; nil: none.
    @discardableResult
    func deploy(
        _ version: Int?, of domain: MailDomain, kind: MailDeployment.Kind, reason: String?, plan: Digest? = nil,
        undoes: Int? = nil, in tx: any MailWriting
    ) throws -> MailDeployment {
        var changed = domain
        changed.live = version
        changed.updatedAt = now()
        changed.author = actor.label
        try tx.putMailDomain(changed)
        let change = MailChange.rules(domain: domain.name, from: domain.live, to: version)
        return try enter(change, kind: kind, reason: reason, plan: plan, undoes: undoes, in: tx)
    }
}

extension MailPlanReview: GatedPlan {
    package var isGated: Bool { kind == .promote }
    package var staleRemedy: String {
        "compare with signalbox email ruleset diff \(domain)@live \(domain)@draft"
    }
    package var effect: String { "in force" }
}
