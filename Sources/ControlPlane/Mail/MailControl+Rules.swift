package import EdgeModel
package import EdgePlan
package import MailRouting

/// A change of the draft of a domain's rules.
package enum MailRulesetEdit: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case first, last
        case before(String)
        case after(String)
    }

    case add(MailRule, Place)
    /// Replaces the rule of that ref, keeping its place.
    case replace(MailRule)
    case remove(String)
    case move(String, Place)
    case setEnabled(String, Bool)
    /// nil: none.
    case catchAll(MailCatchAll?)
    case subaddressing(Bool)
    case senderRewriting(Bool)
    case authenticationServer(String?)
    /// The whole content.
    case content(MailRuleset)
}

/// A version with its content.
package struct MailRulesetContent: Hashable, Sendable {
    package var version: MailVersion
    package var isLive: Bool
    package var ruleset: MailRuleset
}

/// What an edit did to the draft.
package struct MailEditOutcome: Hashable, Sendable {
    package var version: MailVersion
    package var diff: MailRulesetDiff
    /// What promoting the draft would find wrong with it.
    package var findings: [Finding]
}

extension MailControl {
    package func rulesets(of domain: String) throws -> [MailVersion] {
        try store.readMail { try $0.mailVersions(of: try Find.mailDomain(domain, in: $0).name) }
    }

    package func ruleset(_ reference: MailVersionReference) throws -> MailRulesetContent {
        try store.readMail { tx in
            let version = try Find.mailVersion(reference, in: tx)
            return MailRulesetContent(
                version: version, isLive: try tx.mailDomain(named: version.domain)?.live == version.number,
                ruleset: try MailRulesetStorage.read(version, in: tx))
        }
    }

    package func rulesetDiff(_ left: MailVersionReference, _ right: MailVersionReference) throws
        -> (MailVersion, MailVersion, MailRulesetDiff)
    {
        let (a, b) = (try ruleset(left), try ruleset(right))
        return (a.version, b.version, MailRulesetDiff(from: a.ruleset, to: b.ruleset))
    }

    /// What promoting a version would find wrong with it.
    package func findings(_ reference: MailVersionReference) throws -> [Finding] {
        try store.readMail { tx in
            let version = try Find.mailVersion(reference, in: tx)
            return try MailPlanner.findings(
                try MailRulesetStorage.read(version, in: tx), at: now(), programs: programProblem, in: tx)
        }
    }

    /// Changes the draft of a domain. A domain without a draft gets one, copied from what is in force.
    ///
    /// - Parameter expected: the draft's digest when it was read; another one now is `.stale`.
    package func edit(
        _ name: String, _ edit: MailRulesetEdit, note: String? = nil, expected: Digest? = nil
    ) throws -> MailEditOutcome {
        try mutate { tx in
            let domain = try Find.mailDomain(name, in: tx)
            if let expected {
                let (draft, _) = try draft(of: domain, in: tx)
                guard draft.digest == expected else {
                    throw ControlPlaneError(
                        .stale, at: "email rules \(draft.label)",
                        "they were changed by \(draft.author) at \(draft.updatedAt)",
                        remedy: "signalbox email ruleset diff \(name)@live \(name)@draft; then edit what is there now")
                }
            }
            var edited = try edited(edit, of: domain, in: tx)
            if let note { edited.draft.note = note }
            let outcome = MailEditOutcome(
                version: edited.draft, diff: MailRulesetDiff(from: edited.before, to: edited.after),
                findings: try MailPlanner.findings(edited.after, at: now(), programs: programProblem, in: tx))
            return (outcome, [try write(edited, in: tx)])
        }
    }

    /// A draft as an edit makes it, not yet in the store.
    struct EditedDraft {
        var draft: MailVersion
        var before: MailRuleset
        var after: MailRuleset
        var summary: String
    }

    func edited(_ edit: MailRulesetEdit, of domain: MailDomain, in tx: any MailReading) throws -> EditedDraft {
        var (draft, before) = try draft(of: domain, in: tx)
        let (after, summary) = try Self.applied(edit, to: before, label: draft.label)
        draft.digest = after.digest
        draft.updatedAt = now()
        draft.author = actor.label
        return EditedDraft(draft: draft, before: before, after: after, summary: summary)
    }

    func write(_ edited: EditedDraft, in tx: any MailWriting) throws -> AuditNote {
        let draft = edited.draft
        try tx.putMailVersion(draft, ruleset: edited.after.document.json())
        return AuditNote(
            "email.ruleset-edit", "email-rules/\(draft.label)", "\(edited.summary); digest \(draft.digest.short)")
    }

    /// The draft to write on, not yet in the store when it is new.
    func draft(of domain: MailDomain, in tx: any MailReading) throws -> (MailVersion, MailRuleset) {
        let versions = try tx.mailVersions(of: domain.name)
        if let draft = versions.last(where: { $0.state == .draft }) {
            return (draft, try MailRulesetStorage.read(draft, in: tx))
        }
        let base = versions.first { $0.number == domain.live }
        let ruleset = try base.map { try MailRulesetStorage.read($0, in: tx) } ?? MailRuleset(domain: domain.name)
        let moment = now()
        let draft = MailVersion(
            domain: domain.name, number: (versions.last?.number ?? 0) + 1, base: base?.number, state: .draft,
            digest: ruleset.digest, note: base.map { "from \($0.label)" } ?? "first rules", author: actor.label,
            createdAt: moment, updatedAt: moment)
        return (draft, ruleset)
    }

    // MARK: the change itself

    private static func applied(
        _ edit: MailRulesetEdit, to ruleset: MailRuleset, label: String
    ) throws -> (MailRuleset, String) {
        var ruleset = ruleset
        let place = "email rules \(label)"
        func index(_ ref: String) throws -> Int {
            guard let index = ruleset.rules.firstIndex(where: { $0.ref == ref }) else {
                throw ControlPlaneError(
                    .notFound, at: place, "there is no rule '\(ref)'",
                    remedy: "signalbox email rule list \(ruleset.domain)")
            }
            return index
        }
        func insert(_ rule: MailRule, _ where: MailRulesetEdit.Place) throws {
            switch `where` {
            case .first: ruleset.rules.insert(rule, at: 0)
            case .last: ruleset.rules.append(rule)
            case .before(let ref): ruleset.rules.insert(rule, at: try index(ref))
            case .after(let ref): ruleset.rules.insert(rule, at: try index(ref) + 1)
            }
        }
        switch edit {
        case .add(let rule, let place):
            guard ruleset.rule(rule.ref) == nil else {
                throw ControlPlaneError(
                    .exists, at: "email rule \(rule.ref)", "there is a rule of that ref",
                    remedy: "signalbox email rule show \(ruleset.domain) \(rule.ref)")
            }
            try insert(rule, place)
            return (ruleset, "rule \(rule.ref) added: \(rule.condition), \(rule.action.sentence)")
        case .replace(let rule):
            ruleset.rules[try index(rule.ref)] = rule
            return (ruleset, "rule \(rule.ref) changed")
        case .remove(let ref):
            ruleset.rules.remove(at: try index(ref))
            return (ruleset, "rule \(ref) removed")
        case .move(let ref, let place):
            let rule = ruleset.rules.remove(at: try index(ref))
            try insert(rule, place)
            return (ruleset, "rule \(ref) moved")
        case .setEnabled(let ref, let enabled):
            ruleset.rules[try index(ref)].enabled = enabled
            return (ruleset, "rule \(ref) \(enabled ? "enabled" : "disabled")")
        case .catchAll(let catchAll):
            ruleset.catchAll = catchAll
            return (ruleset, "catch-all " + (catchAll.map { "set: \($0.action.sentence)" } ?? "removed"))
        case .subaddressing(let isOn):
            ruleset.subaddressing = isOn
            return (ruleset, "subaddressing \(isOn ? "on" : "off")")
        case .senderRewriting(let isOn):
            ruleset.senderRewriting = isOn
            return (ruleset, "sender rewriting \(isOn ? "on" : "off")")
        case .authenticationServer(let server):
            ruleset.authenticationServer = server
            return (ruleset, "authentication server \(server ?? "none")")
        case .content(let content):
            guard content.domain == ruleset.domain else {
                throw ControlPlaneError(
                    .usage, at: place, "these are rules of \(content.domain)",
                    remedy: "signalbox email ruleset apply \(content.domain) FILE")
            }
            return (content, MailRulesetDiff(from: ruleset, to: content).summary)
        }
    }

    /// A ref for a new rule that says what it is about: the local part, or the sender's, made to fit.
    package static func ref(for matcher: MailRule.Matcher, in ruleset: MailRuleset) -> String {
        let source: String =
            switch matcher {
            case .address(let address): address.local
            case .sender(let sender): "from-" + (sender.local.map { "\($0)-" } ?? "") + sender.domain
            case .expression: "rule"
            }
        var text = ""
        for byte in source.lowercased().utf8 {
            let isPlain = (97...122).contains(byte) || (48...57).contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else if !text.isEmpty, !text.hasSuffix("-") {
                text += "-"
            }
        }
        while text.hasSuffix("-") { text.removeLast() }
        let base = text.isEmpty || text == MailRule.catchAll ? "rule" : String(text.prefix(40))
        guard ruleset.rule(base) != nil else { return base }
        return (2...(ruleset.rules.count + 2)).lazy.map { "\(base)-\($0)" }.first { ruleset.rule($0) == nil } ?? base
    }
}
