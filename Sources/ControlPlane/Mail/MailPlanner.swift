internal import EdgeModel
internal import MailRouting
internal import RulesLanguage

/// What is wrong with rules as far as only the account tells: their own mistakes were found when they were read.
enum MailPlanner {
    /// - Parameter programProblem: what is wrong with the file of a worker's program.
    static func findings(
        _ ruleset: MailRuleset, at now: Timestamp, programs programProblem: (String) -> MailProgramProblem?,
        in tx: any MailReading
    ) throws -> [Finding] {
        var findings: [Finding] = []
        var known: [MailAddress: MailDestination?] = [:]
        var workers: Set<ResourceName> = []
        func check(_ action: MailAction, _ place: String) throws {
            switch action {
            case .forward(let addresses):
                for address in addresses {
                    let destination = try known[address.folded] ?? tx.mailDestination(address)
                    known[address.folded] = .some(destination)
                    try findings += Self.findings(address, destination, at: place, in: tx)
                }
            case .worker(let name):
                if let worker = try tx.mailWorker(named: name) {
                    // Told once, however many rules send their mail there.
                    guard workers.insert(name).inserted else { break }
                    try findings += Self.findings(worker, programs: programProblem, in: tx)
                } else {
                    findings.append(
                        Finding(
                            .error, "worker-missing", at: place, "there is no worker '\(name)'",
                            remedy: "signalbox email worker new \(name) --starter blocklist"))
                }
            default: break
            }
        }
        var shelf = MailRulesetShelf()
        let lists = try shelf.lists(of: [ruleset], in: tx)
        var decided: [String: String] = [:]
        for rule in ruleset.rules where rule.enabled {
            let place = "email rule \(ruleset.domain)/\(rule.ref)"
            try check(rule.action, place)
            if case .address(let address) = rule.matcher {
                if let other = decided[address.local] {
                    findings.append(
                        Finding(
                            .warning, "never-reached", at: place, "rule '\(other)' before it decides about \(address)",
                            remedy: "signalbox email rule move \(ruleset.domain) \(rule.ref) --before \(other)"))
                }
                if rule.action.isFinal, rule.expires == nil {
                    decided[address.local] = decided[address.local] ?? rule.ref
                }
            }
            if case .expression(let text) = rule.matcher, text.contains("$") {
                findings += MailCondition.findings(text, at: place, lists: lists)
            }
            if let expires = rule.expires, expires <= now {
                findings.append(
                    Finding(.info, "expired", at: place, "it expired at \(expires): its mail is refused"))
            }
            if ruleset.authenticationServer == nil, asksForVerdicts(rule.matcher) {
                findings.append(
                    Finding(
                        .warning, "no-authentication-server", at: place,
                        "it asks for SPF, DKIM or DMARC, and no verifier is trusted: what it asks is never known",
                        remedy:
                            "signalbox email ruleset set \(ruleset.domain) --authentication-server mx.\(ruleset.domain)"
                    ))
            }
        }
        if let server = ruleset.authenticationServer,
            ruleset.rules.contains(where: { $0.enabled && asksForVerdicts($0.matcher) })
        {
            findings.append(
                Finding(
                    .info, "trusted-verifier", at: "email rules \(ruleset.domain)",
                    "Authentication-Results of \(server) decide: a verifier of that name must stand before Signalbox and "
                        + "remove those that senders write (RFC 8601 section 5), or anybody passes",
                    remedy: "signalbox email postfix check"))
        }
        if let catchAll = ruleset.catchAll, catchAll.enabled {
            try check(catchAll.action, "email rule \(ruleset.domain)/\(MailRule.catchAll)")
        } else if !ruleset.rules.contains(where: { $0.enabled && $0.action.isFinal }) {
            findings.append(
                Finding(
                    .warning, "nothing-accepted", at: "email rules \(ruleset.domain)",
                    "no rule takes mail: all of it will be refused",
                    remedy: "signalbox email rule add \(ruleset.domain) --to info --forward ops@dest.example"))
        }
        return findings
    }

    /// What keeps a worker from its work, and from what is to happen when it fails.
    static func findings(
        _ worker: MailWorker, programs programProblem: (String) -> MailProgramProblem?, in tx: any MailReading
    ) throws -> [Finding] {
        let place = "email worker \(worker.name)"
        var findings: [Finding] = []
        if case .program(let path, _) = worker.target {
            switch programProblem(path) {
            case .unusable(let problem)?:
                findings.append(
                    Finding(
                        .warning, "worker-program", at: place,
                        "its program \(path) \(problem): its mail meets what is set for failures",
                        remedy: "signalbox email worker edit \(worker.name) --program /PATH"))
            case .incomplete(let problem)?:
                findings.append(
                    Finding(
                        .warning, "worker-incomplete", at: place, "its program \(path) \(problem)",
                        remedy: "make that file, or name another: signalbox email worker edit \(worker.name)"))
            case nil: break
            }
        }
        guard case .forward(let addresses) = worker.onFailure else { return findings }
        for address in addresses {
            try findings += Self.findings(address, tx.mailDestination(address), at: place, in: tx).map { finding in
                var finding = finding
                finding.message += "; when the worker fails, its mail is deferred instead of forwarded"
                // Its owner may confirm it before the worker ever fails.
                if finding.code == "destination-pending" { finding.severity = .warning }
                return finding
            }
        }
        return findings
    }

    static func findings(
        _ address: MailAddress, _ destination: MailDestination?, at place: String, in tx: any MailReading
    ) throws -> [Finding] {
        if try tx.mailDomain(named: address.domain) != nil {
            return [
                Finding(
                    .error, "mail-loop", at: place,
                    "'\(address)' is in a domain of our own: its mail would come back here",
                    remedy: "forward to where the mail of \(address) is read in the end")
            ]
        }
        guard let destination else {
            return [
                Finding(
                    .error, "destination-unknown", at: place, "'\(address)' is no destination yet",
                    remedy: "signalbox email destination add \(address)")
            ]
        }
        guard destination.isVerified else {
            return [
                Finding(
                    .error, "destination-pending", at: place, "'\(address)' has not been confirmed by its owner",
                    remedy: "signalbox email destination verify \(address) CODE")
            ]
        }
        return []
    }

    private static func asksForVerdicts(_ matcher: MailRule.Matcher) -> Bool {
        guard case .expression(let text) = matcher, let condition = try? MailCondition(text) else { return false }
        return !Set(condition.expression.usedFields).isDisjoint(with: [.mailSPF, .mailDKIM, .mailDMARC])
    }
}
