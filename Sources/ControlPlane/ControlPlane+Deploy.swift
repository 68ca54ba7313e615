package import EdgeModel
internal import EdgePlan

extension ControlPlane {
    /// What a change would do. Reads only.
    package func plan(_ request: ChangeRequest) throws -> Plan {
        let kept = leaves.load()
        let plan = try store.read { tx in try Planner(tx: tx, now: now(), kept: { kept }).plan(request) }
        if plan.book != kept { leaves.keep(plan.book) }
        return plan
    }

    /// Applies a plan in one transaction: plans once more on what the store holds now and goes on only when that is
    /// exactly what was reviewed.
    ///
    /// - Throws: `ControlPlaneError.conflict` when somebody else changed the same part of the journal since,
    ///   `.stale` when the content to be served is no longer what was reviewed, `.refused` when a gate holds it up.
    @discardableResult
    package func apply(_ plan: Plan, _ options: ApplyOptions = ApplyOptions()) throws -> Deployment {
        try Gate.check(plan, options)
        let (deployment, book) = try store.write { tx in
            let moment = now()
            var fresh = try Self.replan(plan, at: moment, in: tx)
            guard fresh.checksum == plan.checksum else { throw Self.outdated(plan, fresh, in: tx) }
            let lists = try Stream.name(Stream.lists)
            for (list, sentence) in zip(fresh.restoredLists, fresh.restorations) {
                try record(.list(list), in: lists, sentence, &fresh, options, at: moment, tx)
            }
            let deployment = try record(fresh.change, in: fresh.stream, fresh.title, &fresh, options, at: moment, tx)
            return (deployment, LeafBook(try EdgeOutline(in: tx), fresh.leaves))
        }
        leaves.keep(book)
        return deployment
    }

    /// Carries one change of a plan out and writes it into journal and audit.
    @discardableResult
    private func record(
        _ change: Change, in stream: ResourceName, _ summary: String, _ plan: inout Plan, _ options: ApplyOptions,
        at moment: Timestamp, _ tx: any StoreWriting
    ) throws -> Deployment {
        var entry = try Self.entry(of: change, in: stream, plan, options, actor: actor, at: moment, tx)
        try perform(&entry, &plan, at: moment, in: tx)
        entry.head = entry.computedHead
        try tx.append(entry)
        try audit(
            AuditNote("\(stream).\(entry.kind.rawValue)", entry.change.resource, summary), reason: options.reason,
            in: tx)
        return entry
    }

    /// An undo names the newest entry at planning; it must be the same one when applied.
    private static func replan(_ plan: Plan, at moment: Timestamp, in tx: any StoreReading) throws -> Plan {
        let request = plan.undoes.map { ChangeRequest.undo($0) } ?? plan.request
        do {
            return try Planner(tx: tx, now: moment, kept: { plan.book }).plan(request)
        } catch let error as ControlPlaneError where error.code == .refused {
            // What could be planned a moment ago cannot now: somebody was faster, unless the journal did not move.
            if try tx.deployments(stream: plan.stream, last: 1).last?.head != plan.baseHead {
                throw outdated(plan, plan, in: tx)
            }
            throw error
        }
    }

    private static func outdated(_ plan: Plan, _ fresh: Plan, in tx: any StoreReading) -> ControlPlaneError {
        let entries = (try? tx.deployments(stream: plan.stream, last: nil)) ?? []
        let known = entries.lastIndex { $0.head == plan.baseHead }
        let since = entries.suffix(from: known.map { $0 + 1 } ?? 0)
        if !since.isEmpty {
            return ControlPlaneError(
                .conflict, at: plan.title, "somebody else was faster",
                remedy: "look at signalbox history \(plan.stream), then plan again",
                details: since.map { "deployment \($0.id) by \($0.actor.label) at \($0.at): \($0.change.sentence)" })
        }
        return ControlPlaneError(
            .stale, at: plan.title, "what would be served now is not what was reviewed",
            remedy: "review it again: the plan's checksum is now \(fresh.checksum.short)")
    }

    private static func entry(
        of change: Change, in stream: ResourceName, _ plan: Plan, _ options: ApplyOptions, actor: Actor,
        at moment: Timestamp, _ tx: any StoreReading
    ) throws -> Deployment {
        let last = try tx.deployments(stream: stream, last: 1).last
        var evidence = options.evidence
        if !plan.warnings.isEmpty, plan.isGated {
            evidence["warnings"] = plan.warnings.map(\.code).joined(separator: ", ")
        }
        if !plan.thresholds.isEmpty { evidence["forced"] = plan.thresholds.joined(separator: "; ") }
        if plan.isGated, plan.staleBase != nil { evidence["stale_base"] = "allowed" }
        if !plan.restoredLists.isEmpty { evidence["restored"] = plan.restorations.joined(separator: "; ") }
        return Deployment(
            id: (try tx.deployments(stream: nil, last: 1).last?.id ?? 0) + 1, stream: stream,
            sequence: (last?.sequence ?? 0) + 1, kind: plan.request.kind, change: change, at: moment, actor: actor,
            reason: options.reason, planChecksum: plan.checksum, production: plan.after.production,
            lower: plan.after.lower, evidence: evidence, undoes: change == plan.change ? plan.undoes : nil,
            previousHead: last?.head, head: plan.checksum)
    }

    /// Writes what the change says; a new zone gets its number here, and the entry the digests that follow from it.
    private func perform(
        _ entry: inout Deployment, _ plan: inout Plan, at moment: Timestamp, in tx: any StoreWriting
    ) throws {
        switch entry.change {
        case .assignment(let application, let environment, _, let to):
            for label in plan.locks where label == to.map({ "\(application)@\($0)" }) {
                if let to { try lock(try Find.version(to, of: application, in: tx), in: tx) }
            }
            try tx.putAssignment(application: application, environment: environment, version: to)
        case .routing(_, let after): try tx.putRoutingRules(after)
        case .environment(let before, let after):
            let ranked = Ranking.applying(before: before, after: after, to: try tx.environments())
            if let before, after?.name != before.name { try tx.removeEnvironment(named: before.name) }
            for environment in ranked { try tx.putEnvironment(environment) }
        case .settings(_, let after):
            for (key, value) in after.stored { try tx.putSetting(key, value) }
        case .reservation(let address, _, let after):
            try tx.putSetting(StagingReservation.key(of: address), after?.stored)
        case .list(let change): try Self.put(change, at: moment, by: actor, in: tx)
        case .zone(let name, let before, let after):
            guard var after else {
                try tx.removeZone(named: name)
                return
            }
            if after.id.rawValue == 0 { after.id = try tx.nextConfigurationID() }
            let old = try tx.zone(named: name)
            try tx.putZone(
                Zone(
                    id: after.id, name: name, hosts: after.hosts, tls: after.tls, digest: after.digest,
                    createdAt: old?.createdAt ?? moment, updatedAt: moment, author: actor.label),
                configuration: after.configuration)
            entry.change = .zone(name: name, before: before, after: after)
            let edge = PlanCompiler.compile(try Self.snapshot(of: [name], in: tx)).0
            plan.leaves.replace([name], by: edge)
            let digests = plan.leaves.digests(account: edge.account, addresses: edge.lower.addresses)
            (entry.production, entry.lower) = (digests.production, digests.lower)
        }
    }

    /// What a deployment should be applied to, read back: entries with their acknowledgements, newest last.
    package func newestDeployment() throws -> Deployment? {
        try store.read { try $0.deployments(stream: nil, last: 1).last }
    }

    /// That one and those after it.
    package func deployments(since id: Int) throws -> [Deployment] {
        try store.read { tx in
            let newest = try tx.deployments(stream: nil, last: 1).last?.id ?? id
            return try tx.deployments(stream: nil, last: max(1, newest - id + 1)).filter { $0.id >= id }
        }
    }

    package func history(stream: ResourceName?, last: Int?) throws -> [HistoryRow] {
        try store.read { tx in
            try tx.deployments(stream: stream, last: last).map {
                HistoryRow(deployment: $0, acknowledgements: try tx.acknowledgements(of: $0.id))
            }
        }
    }

    package func deployment(_ id: Int) throws -> HistoryRow {
        try store.read { tx in
            guard let deployment = try tx.deployment(id) else {
                throw ControlPlaneError(
                    .notFound, at: "deployment \(id)", "there is no deployment \(id)", remedy: "signalbox history")
            }
            return HistoryRow(deployment: deployment, acknowledgements: try tx.acknowledgements(of: id))
        }
    }
}

extension ControlPlane {
    /// How far the journal reaches now. Of many ways back in a row only the last count as such.
    package func deploymentMarks() throws -> DeploymentMarks {
        try store.read { reading in
            var last: [Deployment] = []
            // Most often one of the newest few goes forward, and each names all that it changed.
            for count in [1, 4, 32] {
                last = try reading.deployments(stream: nil, last: count)
                if let forward = last.last(where: { !$0.kind.isWayBack }) {
                    return DeploymentMarks(newest: last.last?.id ?? 0, newestForward: forward.id)
                }
            }
            return DeploymentMarks(newest: last.last?.id ?? 0, newestForward: last.first?.id ?? 0)
        }
    }
}

package struct HistoryRow: Hashable, Sendable {
    package var deployment: Deployment
    package var acknowledgements: [Acknowledgement]
}

extension Change {
    /// What the audit calls the thing changed.
    var resource: String {
        switch self {
        case .assignment(let application, let environment, _, _): "environment/\(environment)/\(application)"
        case .routing: "routing"
        case .settings: "settings"
        case .reservation(let address, _, _): "staging/\(address)"
        case .zone(let name, _, _): "zone/\(name)"
        case .list(let change): "list/\(change.name.rawValue)"
        case .environment(let before, let after): "environment/\((after ?? before)?.name.rawValue ?? "")"
        }
    }
}
