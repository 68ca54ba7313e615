import EdgeModel
import EdgePlan
import GRDB
import MailRouting

private let columns = """
    id, stream, sequence, kind, from_version, to_version, change, at, actor_name, actor_uid, actor_sudo_user,
    actor_ssh_client, actor_claimed, reason, plan, undoes, previous_head, head
    """

extension DatabaseReading {
    func mailDeployments(of stream: String?, last: Int?) throws -> [MailDeployment] {
        let limit = last.map { max(0, $0) } ?? -1
        let isOne = stream == nil ? "" : "WHERE stream = ?"
        return try all(
            "entry of the mail journal", "SELECT \(columns) FROM mail_journal \(isOne) ORDER BY id DESC LIMIT ?",
            StatementArguments(stream.map { [$0] } ?? []) + [limit], MailDeployment.init
        ).reversed()
    }
}

extension Transaction {
    func append(_ deployment: MailDeployment) throws {
        let place = "mail deployment \(deployment.id)"
        let journal = "the mail journal"
        try change(place) {
            let newest = try mailDeployments(of: nil, last: 1).last
            let before = try mailDeployments(of: deployment.stream, last: 1).last
            try checkNext(deployment.id, after: newest?.id ?? 0, of: journal, at: place)
            try checkNext(
                deployment.sequence, after: before?.sequence ?? 0, of: "\(journal) of \(deployment.stream)", at: place)
            try checkHead(deployment.previousHead, after: before?.head, of: journal, at: place)
            let (actor, versions) = (deployment.actor, deployment.versions)
            try db.run(
                "INSERT INTO mail_journal (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    deployment.id, deployment.stream, deployment.sequence, deployment.kind.rawValue, versions?.from,
                    versions?.to, versions == nil ? try StoredJSON.text(deployment.change) : nil,
                    deployment.at.milliseconds, actor.name, actor.uid, actor.sudoUser, actor.sshClient, actor.claimed,
                    deployment.reason, deployment.planChecksum?.rawValue, deployment.undoes,
                    deployment.previousHead?.rawValue, deployment.head.rawValue,
                ])
        }
    }
}

extension MailDeployment {
    fileprivate init(_ row: Columns) throws {
        let change: MailChange =
            try row.optionalText(6) == nil
            ? .rules(domain: try row.text(1), from: try row.optionalInt(4), to: try row.optionalInt(5))
            : try row.json(6, as: MailChange.self)
        self.init(
            id: try row.int(0), sequence: try row.int(2), kind: try row.raw(3, as: MailDeployment.Kind.self),
            change: change, at: try row.time(7), actor: try row.actor(from: 8), reason: try row.optionalText(13),
            planChecksum: try row.optionalDigest(14), undoes: try row.optionalInt(15),
            previousHead: try row.optionalDigest(16), head: try row.digest(17))
        // A stream that was edited breaks its chain.
        stream = try row.text(1)
    }
}
