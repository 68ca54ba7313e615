internal import EdgeModel
internal import EdgePlan

extension Planner {
    /// The part of the edge that a change can be seen in, before and after. What is said of a change is the same whether
    /// this part is looked at or all of it.
    struct Scope {
        /// Names of the zones in it; nil: all.
        var zones: Set<String>?
        var before: EdgeSnapshot
        var after: EdgeSnapshot
        var rowsBefore: [EffectiveRule]
        var rowsAfter: [EffectiveRule]
        var compiled: (before: EdgePlan, after: EdgePlan)
        /// What is wrong with what would be served, as far as the change brings it.
        var findings: [Finding]
    }

    /// - Parameter live: what is live, without zones and contents.
    func scope(of intent: Intent, _ restored: [ListChange], _ live: EdgeSnapshot) throws -> Scope {
        var changed = live
        try apply(intent.change, restored, to: &changed)
        let rows = (EffectiveRule.rows(live), EffectiveRule.rows(changed))
        var zones = changed.zonesTouched(since: live)
        switch intent.change {
        case .list: zones = nil
        case .zone(let name, _, _): zones?.insert(name)
        case .assignment, .routing, .environment, .settings, .reservation: break
        }
        // Findings in what would be served newly are told wherever it is served.
        if let target = intent.target { zones = Self.joined(zones, rows.1.filter { $0.servedLabel == target }) }
        while true {
            if let count = zones?.count, count > Self.mostZones { zones = nil }
            let before =
                try zones.map { try ControlPlane.snapshot(of: $0, or: rows.1, in: tx) }
                ?? ControlPlane.snapshot(in: tx)
            var after = before
            try apply(intent.change, restored, to: &after)
            // What both have in common, which is nearly all, is compiled once.
            var memory = PlanMemory()
            let old = PlanCompiler.compile(before, &memory)
            let new = PlanCompiler.compile(after, &memory)
            let known = Set(old.1)
            let findings = new.1.filter { finding in
                !known.contains(finding) || intent.target.map { finding.place.hasPrefix($0 + ":") } ?? false
            }
            // What is new here may be served in another zone already, and then it is not new.
            let served = rows.0.filter { row in
                row.servedLabel.map { label in findings.contains { $0.place.hasPrefix(label + ":") } } ?? false
            }
            let wider = zones.flatMap { Self.joined($0, served) }
            if findings.isEmpty || wider == zones {
                return Scope(
                    zones: zones, before: before, after: after, rowsBefore: rows.0, rowsAfter: rows.1,
                    compiled: (old.0, new.0), findings: findings)
            }
            zones = wider
        }
    }

    private func apply(_ change: Change, _ restored: [ListChange], to snapshot: inout EdgeSnapshot) throws {
        try Self.apply(change, to: &snapshot, in: tx)
        for list in restored { try Self.apply(.list(list), to: &snapshot, in: tx) }
    }

    /// With the zones in which some effective rules can hold; nil: all.
    private static func joined(_ zones: Set<String>?, _ rows: [EffectiveRule]) -> Set<String>? {
        guard let zones, let more = RowIndex.zones(of: rows) else { return nil }
        return zones.union(more)
    }
}
