internal import EdgeModel
internal import EdgePlan
package import MailRouting

extension MailControl {
    /// Appends a change that was just made to the mail journal, and tells the audit of it.
    @discardableResult
    func enter(
        _ change: MailChange, kind: MailDeployment.Kind, reason: String?, plan: Digest? = nil, undoes: Int? = nil,
        in tx: any MailWriting
    ) throws -> MailDeployment {
        let last = try tx.mailDeployments(of: change.stream, last: 1).last
        var entry = MailDeployment(
            id: (try tx.mailDeployments(of: nil, last: 1).last?.id ?? 0) + 1, sequence: (last?.sequence ?? 0) + 1,
            kind: kind, change: change, at: now(), actor: actor, reason: reason, planChecksum: plan, undoes: undoes,
            previousHead: last?.head, head: Digest(bytes: [UInt8](repeating: 0, count: 32)))
        entry.head = entry.computedHead
        try tx.append(entry)
        let resource =
            switch change {
            case .rules(let domain, _, _), .domain(let domain, _): "email/\(domain)"
            case .destination(let before, let after, _):
                "email-destination/\((after ?? before)?.address.description ?? "")"
            case .worker(let before, let after): "email-worker/\((after ?? before)?.name.rawValue ?? "")"
            }
        let words = undoes.map { "mail deployment \($0) undone: \(entry.sentence)" } ?? entry.sentence
        try plane.audit(AuditNote(kind.auditAction, resource, words), reason: reason, in: tx)
        return entry
    }

    /// Newest last; of one domain, or of all streams.
    package func history(of domain: String?, last: Int?) throws -> [MailDeployment] {
        try store.readMail { tx in
            if let domain { _ = try Find.mailDomain(domain, in: tx) }
            return try tx.mailDeployments(of: domain, last: last)
        }
    }
}
