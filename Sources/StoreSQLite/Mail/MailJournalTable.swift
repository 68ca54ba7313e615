import EdgeModel
import EdgePlan
import GRDB
import MailRouting

private let columns = """
    id, domain, sequence, kind, from_version, to_version, at, actor_name, actor_uid, actor_sudo_user, actor_ssh_client,
    actor_claimed, reason, plan, previous_head, head
    """

extension DatabaseReading {
    func mailDeployments(of domain: String?, last: Int?) throws -> [MailDeployment] {
        let limit = last.map { max(0, $0) } ?? -1
        let isOne = domain == nil ? "" : "WHERE domain = ?"
        return try all(
            "entry of the mail journal", "SELECT \(columns) FROM mail_deployment \(isOne) ORDER BY id DESC LIMIT ?",
            StatementArguments(domain.map { [$0] } ?? []) + [limit]
        ) { row in
            MailDeployment(
                id: try row.int(0), domain: try row.text(1), sequence: try row.int(2),
                kind: try row.raw(3, as: MailDeployment.Kind.self), from: try row.optionalInt(4), to: try row.int(5),
                at: try row.time(6), actor: try row.actor(from: 7), reason: try row.optionalText(12),
                planChecksum: try row.optionalDigest(13), previousHead: try row.optionalDigest(14),
                head: try row.digest(15))
        }.reversed()
    }
}

extension Transaction {
    func append(_ deployment: MailDeployment) throws {
        let place = "mail deployment \(deployment.id)"
        let journal = "the mail journal"
        try change(place) {
            let newest = try mailDeployments(of: nil, last: 1).last
            let before = try mailDeployments(of: deployment.domain, last: 1).last
            try checkNext(deployment.id, after: newest?.id ?? 0, of: journal, at: place)
            try checkNext(
                deployment.sequence, after: before?.sequence ?? 0, of: "\(journal) of \(deployment.domain)", at: place)
            try checkHead(deployment.previousHead, after: before?.head, of: journal, at: place)
            let actor = deployment.actor
            try db.run(
                "INSERT INTO mail_deployment (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    deployment.id, deployment.domain, deployment.sequence, deployment.kind.rawValue, deployment.from,
                    deployment.to, deployment.at.milliseconds, actor.name, actor.uid, actor.sudoUser, actor.sshClient,
                    actor.claimed, deployment.reason, deployment.planChecksum?.rawValue,
                    deployment.previousHead?.rawValue, deployment.head.rawValue,
                ])
        }
    }
}
