package import EdgeModel
package import MailRouting

/// What reversing an entry of the mail journal would do.
package struct MailUndo: Hashable, Sendable {
    package var entry: MailDeployment
    /// Entries that disabled rules with it, reversed too.
    package var withdrawals: [MailDeployment]

    package var title: String {
        let rest = withdrawals.map { "; \($0.change.inverse.sentence)" }.joined()
        return "undo mail deployment \(entry.id): \(entry.sentence)\(rest)"
    }

    package var document: DocumentValue {
        .object([
            "undoes": .int(entry.id), "title": .string(title),
            "withdrawals": .array(withdrawals.map { .int($0.id) }),
        ])
    }
}

extension MailControl {
    /// What an undo would do: of the newest entry, or of a chosen one. Reads only.
    ///
    /// - Throws: `ControlPlaneError.refused` when it is older than five minutes, or when something changed the same since.
    package func planUndo(_ id: Int?) throws -> MailUndo { try store.readMail { try undo(id, in: $0) } }

    /// Reverses an entry. A way back passes all gates.
    ///
    /// - Returns: the entries that were made.
    @discardableResult
    package func apply(_ plan: MailUndo, reason: String?) throws -> [MailDeployment] {
        try mutate(reason: reason) { tx in
            guard try undo(plan.entry.id, in: tx) == plan else {
                throw ControlPlaneError(
                    .conflict, at: plan.title, "somebody else was faster", remedy: "signalbox email history")
            }
            var made = [try reverse(plan.entry, reason, in: tx)]
            for withdrawal in plan.withdrawals { made.append(try reverse(withdrawal, reason, in: tx)) }
            return (made, [])
        }
    }

    /// What could be undone instead of an entry that is not there.
    private func noEntry(_ id: Int?, among all: [MailDeployment]) -> ControlPlaneError {
        guard let id else {
            return ControlPlaneError(
                .notFound, at: "mail journal", "there is nothing to undo", remedy: "signalbox email history")
        }
        // What came with something else is undone with that.
        let newest = all.last { $0.isUndoable(at: now()) && $0.kind != .withdraw }
        let told = newest.map { "the newest is \($0.id), made at \($0.at): \($0.sentence)" }
        return ControlPlaneError(
            .notFound, at: "mail deployment \(id)", "there is no mail deployment \(id)",
            remedy: newest.map { "signalbox email undo \($0.id)" } ?? "signalbox email history",
            details: [told ?? "nothing was changed in the last 5 minutes, and nothing older can be undone"])
    }

    private func undo(_ id: Int?, in tx: any MailReading) throws -> MailUndo {
        let all = try tx.mailDeployments(of: nil, last: nil)
        guard let entry = id.map({ id in all.first { $0.id == id } }) ?? all.last else {
            throw noEntry(id, among: all)
        }
        func refuse(_ message: String, _ remedy: String, _ details: [String] = []) -> ControlPlaneError {
            ControlPlaneError(
                .refused, at: "mail deployment \(entry.id)", message, remedy: remedy, details: details)
        }
        guard entry.isUndoable(at: now()) else {
            throw refuse(
                "it was made at \(entry.at), more than 5 minutes ago",
                "use signalbox email rollback for rules, or make the change the other way round")
        }
        if entry.kind == .withdraw,
            let removal = all.first(where: { $0.change.withdrawals.contains(entry.id) })
        {
            throw refuse(
                "it came with the removal of a destination (mail deployment \(removal.id))",
                "signalbox email undo \(removal.id)", [removal.sentence])
        }
        if let removal = Self.removal(takenBackBy: entry, among: all),
            case .destination(let destination?, nil, _) = removal.change
        {
            throw refuse(
                "it is a part of taking back mail deployment \(removal.id): \(removal.sentence)",
                "signalbox email destination remove \(destination.address)",
                ["that removes it again, and disables the rules that use it"])
        }
        let withdrawals = all.filter { entry.change.withdrawals.contains($0.id) }
        for one in [entry] + withdrawals {
            guard let later = all.first(where: { $0.id > one.id && $0.change.touchesSame(as: one.change) }) else {
                continue
            }
            throw refuse(
                "\(later.actor.label) changed the same thing since, at \(later.at) (mail deployment \(later.id))",
                "signalbox email history", [later.sentence])
        }
        if let use = try Self.use(ofWhatGoesWith: entry.change.inverse, in: tx) {
            throw refuse("rule '\(use)' in force uses it since", "signalbox email history", [entry.sentence])
        }
        return MailUndo(entry: entry, withdrawals: withdrawals)
    }

    /// The removal of a destination that disabled rules, and that an entry takes back or a part of it.
    private static func removal(takenBackBy entry: MailDeployment, among all: [MailDeployment]) -> MailDeployment? {
        guard let undone = entry.undoes else { return nil }
        return all.first {
            ($0.id == undone && !$0.change.withdrawals.isEmpty) || $0.change.withdrawals.contains(undone)
        }
    }

    /// A rule in force that a destination or worker is needed by, which a change would remove: `example.com/info`.
    private static func use(ofWhatGoesWith change: MailChange, in tx: any MailReading) throws -> String? {
        func uses(_ action: MailAction) -> Bool {
            switch (change, action) {
            case (.destination(let gone?, nil, _), .forward(let to)):
                to.contains { $0.folded == gone.address.folded }
            case (.worker(let gone?, nil), .worker(let name)): name == gone.name
            default: false
            }
        }
        for (domain, ruleset) in try liveRulesets(in: tx) {
            if let rule = ruleset.rules.first(where: { $0.enabled && uses($0.action) }) {
                return "\(domain.name)/\(rule.ref)"
            }
            if let catchAll = ruleset.catchAll, catchAll.enabled, uses(catchAll.action) {
                return "\(domain.name)/\(MailRule.catchAll)"
            }
        }
        return nil
    }

    private func reverse(_ entry: MailDeployment, _ reason: String?, in tx: any MailWriting) throws -> MailDeployment {
        let change = entry.change.inverse
        switch change {
        case .rules(let name, _, let to):
            let domain = try Find.mailDomain(name, in: tx)
            return try deploy(to, of: domain, kind: .undo, reason: reason, undoes: entry.id, in: tx)
        case .domain(let name, let isOn):
            var domain = try Find.mailDomain(name, in: tx)
            (domain.enabled, domain.updatedAt, domain.author) = (isOn, now(), actor.label)
            try tx.putMailDomain(domain)
        case .destination(_, let destination?, _): try tx.putMailDestination(destination)
        case .destination(let gone?, nil, _): try tx.removeMailDestination(gone.address)
        case .worker(_, let worker?): try tx.putMailWorker(worker)
        case .worker(let gone?, nil): try tx.removeMailWorker(named: gone.name)
        case .destination(nil, nil, _), .worker(nil, nil): break
        }
        return try enter(change, kind: .undo, reason: reason, undoes: entry.id, in: tx)
    }
}

extension MailChange {
    /// Ids of the entries that disabled rules with a destination's removal.
    fileprivate var withdrawals: [Int] {
        if case .destination(_, nil, let withdrawals) = self { withdrawals } else { [] }
    }
}
