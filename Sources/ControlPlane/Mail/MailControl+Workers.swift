package import EdgeModel
package import MailRouting

extension MailControl {
    package func workers() throws -> [MailWorker] { try store.readMail { try $0.mailWorkers() } }

    package func worker(named name: ResourceName) throws -> MailWorker {
        try store.readMail { try Find.mailWorker(name, in: $0) }
    }

    /// What keeps a worker from its work, and from what is to happen when it fails.
    package func findings(of worker: MailWorker) throws -> [Finding] {
        try store.readMail { try MailPlanner.findings(worker, programs: programProblem, in: $0) }
    }

    /// Why an address gets no mail from a worker that chooses it.
    package func findings(ofChoice address: MailAddress, by worker: ResourceName) throws -> [Finding] {
        try store.readMail { tx in
            try MailPlanner.findings(address, tx.mailDestination(address), at: "email worker \(worker)", in: tx)
        }
    }

    /// Makes or replaces a worker; it is in force at once for the rules that name it.
    package func putWorker(_ worker: MailWorker) throws -> MailWorker {
        try mutate { tx in
            let old = try tx.mailWorker(named: worker.name)
            var worker = worker
            worker.createdAt = old?.createdAt ?? now()
            worker.updatedAt = now()
            worker.author = actor.label
            try tx.putMailWorker(worker)
            try enter(.worker(before: old, after: worker), kind: .worker, reason: nil, in: tx)
            return (worker, [])
        }
    }

    /// Removes a worker that no rule in force names.
    package func removeWorker(_ name: ResourceName) throws {
        try mutate { tx in
            let worker = try Find.mailWorker(name, in: tx)
            for (domain, ruleset) in try Self.liveRulesets(in: tx) {
                let rule = ruleset.rules.first { $0.enabled && $0.action == .worker(name) }?.ref
                let catchAll = ruleset.catchAll?.enabled == true && ruleset.catchAll?.action == .worker(name)
                if let ref = rule ?? (catchAll ? MailRule.catchAll : nil) {
                    throw ControlPlaneError(
                        .refused, at: "email worker \(name)", "rule '\(ref)' of \(domain.name) names it",
                        remedy: "signalbox email rule remove \(domain.name) \(ref), and promote")
                }
            }
            try tx.removeMailWorker(named: name)
            try enter(.worker(before: worker, after: nil), kind: .worker, reason: nil, in: tx)
            return ((), [])
        }
    }
}
