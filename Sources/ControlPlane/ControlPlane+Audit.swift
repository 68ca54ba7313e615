package import EdgeModel
package import EdgePlan
internal import MailRouting

extension ControlPlane {
    package func auditEntries(last: Int?) throws -> [AuditEntry] { try store.read { try $0.auditEntries(last: last) } }

    /// What the last entry of the mail journal printed; nil: nothing of mail was deployed.
    package func mailHead() throws -> Digest? {
        try store.read { try ($0 as? any MailReading)?.mailDeployments(of: nil, last: 1).last?.head }
    }

    /// Checks every hash chain, the mail journal's too. With a head that a deployment once printed, also that nothing after it was cut off
    /// together with it.
    package func verifyAudit(head: Digest?) throws -> [Finding] {
        try store.read { tx in
            let deployments = try tx.deployments(stream: nil, last: nil)
            let entries = try tx.auditEntries(last: nil)
            var findings = JournalCheck.findings(in: deployments) + JournalCheck.findings(in: entries)
            let changes = deployments.count
            let told = entries.count { note in
                Deployment.Kind.allCases.contains { note.action.hasSuffix("." + $0.rawValue) }
            }
            // Both are written in one transaction; the newest of either can be cut off without breaking its chain.
            if told != changes {
                findings.append(
                    Finding(
                        .error, told < changes ? "audit-short" : "journal-short",
                        at: told < changes ? "audit" : "journal",
                        "the journal has \(changes) deployments, the audit tells of \(told)",
                        remedy: "entries were removed or added; compare with a backup"))
            }
            var ofMail: [MailDeployment] = []
            if let mail = tx as? any MailReading {
                ofMail = try mail.mailDeployments(of: nil, last: nil)
                findings += MailJournalCheck.findings(in: ofMail, audit: entries, domains: try mail.mailDomains())
            }
            if let head, !deployments.contains(where: { $0.head == head }),
                !entries.contains(where: { $0.head == head }), !ofMail.contains(where: { $0.head == head })
            {
                findings.append(
                    Finding(
                        .error, "head-missing", at: "journal", "no entry has the head \(head.short)",
                        remedy: "entries were removed or rewritten; compare with a backup"))
            }
            return findings
        }
    }
}
