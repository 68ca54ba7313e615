import EdgeModel
import EdgePlan
import GRDB

private let columns = """
    id, stream, sequence, kind, change, at, actor_name, actor_uid, actor_sudo_user, actor_ssh_client, actor_claimed,
    reason, plan_checksum, production, lower, evidence, undoes, previous_head, head
    """

extension DatabaseReading {
    func deployments(stream: ResourceName?, last: Int?) throws -> [Deployment] {
        // A negative limit is none. Newest first, to stop early, then turned round.
        let limit = last.map { max(0, $0) } ?? -1
        let entries =
            if let stream {
                try all(
                    "deployment",
                    "SELECT \(columns) FROM deployment WHERE stream = ? ORDER BY sequence DESC LIMIT ?",
                    [stream.rawValue, limit], Deployment.init)
            } else {
                try all(
                    "deployment", "SELECT \(columns) FROM deployment ORDER BY id DESC LIMIT ?", [limit],
                    Deployment.init)
            }
        return entries.reversed()
    }

    func deployment(_ id: Int) throws -> Deployment? {
        try one("deployment", "SELECT \(columns) FROM deployment WHERE id = ?", [id], Deployment.init)
    }

    func acknowledgements(of deployment: Int) throws -> [Acknowledgement] {
        try all(
            "acknowledgement", "SELECT node, at FROM acknowledgement WHERE deployment = ? ORDER BY node", [deployment]
        ) { Acknowledgement(deployment: deployment, node: try $0.name(0), at: try $0.time(1)) }
    }
}

extension Transaction {
    func append(_ deployment: Deployment) throws {
        let place = "deployment \(deployment.id)"
        try change(place) {
            let newest = try deployments(stream: nil, last: 1).last?.id ?? 0
            try checkNext(deployment.id, after: newest, of: "the journal", at: place)
            let before = try deployments(stream: deployment.stream, last: 1).last
            let stream = "stream \(deployment.stream)"
            try checkNext(deployment.sequence, after: before?.sequence ?? 0, of: stream, at: place)
            try checkHead(deployment.previousHead, after: before?.head, of: stream, at: place)
            let actor = deployment.actor
            try db.run(
                "INSERT INTO deployment (\(columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                [
                    deployment.id, deployment.stream.rawValue, deployment.sequence, deployment.kind.rawValue,
                    try StoredJSON.text(StoredChange(deployment.change)), deployment.at.milliseconds,
                    actor.name, actor.uid, actor.sudoUser, actor.sshClient, actor.claimed,
                    deployment.reason, deployment.planChecksum?.rawValue, deployment.production?.rawValue,
                    deployment.lower?.rawValue, try StoredJSON.text(deployment.evidence), deployment.undoes,
                    deployment.previousHead?.rawValue, deployment.head.rawValue,
                ])
        }
    }

    func putAcknowledgement(_ acknowledgement: Acknowledgement) throws {
        try change("acknowledgement of deployment \(acknowledgement.deployment) by \(acknowledgement.node)") {
            try db.run(
                """
                INSERT INTO acknowledgement (deployment, node, at) VALUES (?, ?, ?)
                ON CONFLICT (deployment, node) DO UPDATE SET at = excluded.at
                """,
                [acknowledgement.deployment, acknowledgement.node.rawValue, acknowledgement.at.milliseconds])
        }
    }

    /// Refuses a repeat and a gap.
    func checkNext(_ number: Int, after newest: Int, of what: String, at place: String) throws {
        if number == newest + 1 { return }
        throw StoreError.refusal(
            place, "\(what) is at \(newest), so the next is \(newest + 1) and not \(number)",
            remedy: "Read the newest entry and append to that.")
    }

    func checkHead(_ given: Digest?, after newest: Digest?, of what: String, at place: String) throws {
        if given == newest { return }
        throw StoreError.refusal(
            place, "the head of \(what) is \(newest?.short ?? "none") and not \(given?.short ?? "none")",
            remedy: "Read the newest entry and append to that.")
    }
}

extension Deployment {
    fileprivate init(_ row: Columns) throws {
        guard let change = try row.json(4, as: StoredChange.self).change else {
            throw StoreError.damaged(row.path, "a stored deployment cannot be read")
        }
        self.init(
            id: try row.int(0), stream: try row.name(1), sequence: try row.int(2), kind: try row.raw(3, as: Kind.self),
            change: change, at: try row.time(5), actor: try row.actor(from: 6), reason: try row.optionalText(11),
            planChecksum: try row.optionalDigest(12), production: try row.optionalDigest(13),
            lower: try row.optionalDigest(14), evidence: try row.json(15, as: [String: String].self),
            undoes: try row.optionalInt(16), previousHead: try row.optionalDigest(17), head: try row.digest(18))
    }
}
