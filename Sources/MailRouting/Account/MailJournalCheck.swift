package import EdgeModel
internal import EdgePlan

/// Checks the mail journal: edit, removal, reordering and truncation each leave a trace in its chains, or beside them in
/// the audit and in what is in force.
package enum MailJournalCheck {
    /// - Parameters:
    ///   - entries: the whole journal, ascending by id.
    ///   - audit: the whole audit.
    ///   - domains: what is in force now.
    package static func findings(
        in entries: [MailDeployment], audit: [AuditEntry], domains: [MailDomain]
    ) -> [Finding] {
        chains(entries) + untold(entries, audit) + domains.compactMap { astray($0, entries) }
    }

    private static func chains(_ entries: [MailDeployment]) -> [Finding] {
        var findings: [Finding] = []
        var streams: [String: MailDeployment] = [:]
        var expected = 1
        for entry in entries {
            let place = "mail journal \(entry.stream) #\(entry.sequence) (mail deployment \(entry.id))"
            if entry.id != expected {
                findings.append(
                    Finding(.error, "journal-gap", at: place, "mail deployment \(expected) is missing before it"))
            }
            expected = entry.id + 1
            let before = streams.updateValue(entry, forKey: entry.stream)
            if entry.sequence != (before?.sequence ?? 0) + 1 || entry.previousHead != before?.head {
                findings.append(
                    Finding(.error, "journal-broken-link", at: place, "it does not follow the entry before it"))
            }
            if entry.computedHead != entry.head {
                findings.append(Finding(.error, "journal-edited", at: place, "its content does not match its digest"))
            }
        }
        return findings
    }

    /// Both are written in one transaction: as many entries of a kind as the audit tells of.
    private static func untold(_ entries: [MailDeployment], _ audit: [AuditEntry]) -> [Finding] {
        MailDeployment.Kind.allCases.compactMap { kind in
            let told = audit.count { $0.action == kind.auditAction }
            let kept = entries.count { $0.kind == kind }
            guard told != kept else { return nil }
            return Finding(
                .error, kept < told ? "journal-short" : "audit-short", at: "mail journal",
                "it has \(kept) entries of the kind '\(kind.rawValue)', the audit tells of \(told)",
                remedy: "entries were removed or added; compare with a backup")
        }
    }

    /// The newest entry about a domain's rules says which are in force.
    private static func astray(_ domain: MailDomain, _ entries: [MailDeployment]) -> Finding? {
        // A domain that was removed and added again begins anew.
        let newest = entries.last { $0.stream == domain.name && $0.versions != nil && $0.at >= domain.createdAt }
        let told = newest?.versions?.to
        guard told != domain.live else { return nil }
        func words(_ version: Int?) -> String { version.map { "\(domain.name)@\($0)" } ?? "no rules" }
        return Finding(
            .error, "journal-astray", at: "mail journal \(domain.name)",
            "\(words(domain.live)) in force, and the journal ends with \(words(told))",
            remedy: "entries were removed, or the state was written to by hand; compare with a backup")
    }
}
