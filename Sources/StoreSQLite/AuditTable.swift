import EdgeModel
import EdgePlan
import GRDB

private let columns = """
    sequence, at, actor_name, actor_uid, actor_sudo_user, actor_ssh_client, actor_claimed, action, resource, summary,
    reason, previous_head, head
    """

extension DatabaseReading {
    func auditEntries(last: Int?) throws -> [AuditEntry] {
        let limit = last.map { max(0, $0) } ?? -1
        return try all("audit entry", "SELECT \(columns) FROM audit ORDER BY sequence DESC LIMIT ?", [limit]) { row in
            AuditEntry(
                sequence: try row.int(0), at: try row.time(1), actor: try row.actor(from: 2), action: try row.text(7),
                resource: try row.text(8), summary: try row.text(9), reason: try row.optionalText(10),
                previousHead: try row.optionalDigest(11), head: try row.digest(12))
        }.reversed()
    }
}

extension Transaction {
    func append(_ entry: AuditEntry) throws {
        let place = "audit entry \(entry.sequence)"
        try change(place) {
            let before = try auditEntries(last: 1).last
            try checkNext(entry.sequence, after: before?.sequence ?? 0, of: "the audit", at: place)
            try checkHead(entry.previousHead, after: before?.head, of: "the audit", at: place)
            let actor = entry.actor
            try db.run(
                "INSERT INTO audit (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    entry.sequence, entry.at.milliseconds, actor.name, actor.uid, actor.sudoUser, actor.sshClient,
                    actor.claimed, entry.action, entry.resource, entry.summary, entry.reason,
                    entry.previousHead?.rawValue, entry.head.rawValue,
                ])
        }
    }
}
