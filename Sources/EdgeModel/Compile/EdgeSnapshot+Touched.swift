internal import EdgePlan

extension EffectiveRule {
    /// Names of the zones in whose plans a change of the effective rules can be seen; nil: any zone's.
    ///
    /// - Parameter isSame: whether what is behind a version's label is what it was.
    package static func zonesTouched(
        from old: [EffectiveRule], to new: [EffectiveRule], isSame: (String) -> Bool
    ) -> Set<String>? {
        let (before, after) = (Set(old), Set(new))
        func stays(_ row: EffectiveRule) -> Bool {
            before.contains(row) && after.contains(row) && (row.servedLabel.map(isSame) ?? true)
        }
        let kept = (old.filter(stays), new.filter(stays))
        // Where those that stay have changed places, what came first may not any more.
        guard kept.0 == kept.1 else { return RowIndex.zones(of: old + new) }
        return RowIndex.zones(of: old.filter { !stays($0) } + new.filter { !stays($0) })
    }
}

extension EdgeSnapshot {
    /// Names of the zones whose plans may differ from those of another snapshot; nil: any.
    package func zonesTouched(since old: EdgeSnapshot) -> Set<String>? {
        guard account == old.account, settings == old.settings, lists == old.lists,
            let routed = EffectiveRule.zonesTouched(
                from: EffectiveRule.rows(old), to: EffectiveRule.rows(self),
                isSame: { old.versions[$0] == versions[$0] })
        else { return nil }
        return routed.union(Self.zonesChanged(from: old.zones, to: zones))
    }

    private static func zonesChanged(from old: [ZoneContent], to new: [ZoneContent]) -> Set<String> {
        // Quick where nothing changed: equal storage is not looked into.
        guard old != new else { return [] }
        var rest = Dictionary(old.map { ($0.zone.name, $0) }, uniquingKeysWith: { first, _ in first })
        var names: Set<String> = []
        for zone in new where rest.removeValue(forKey: zone.zone.name) != zone { names.insert(zone.zone.name) }
        return names.union(rest.keys)
    }

    /// The same account with only these zones.
    package func only(_ names: Set<String>) -> EdgeSnapshot {
        var part = self
        // By their places: to look at each as a whole takes longer than to find the few.
        part.zones = zones.indices.filter { names.contains(zones[$0].zone.name) }.map { zones[$0] }
        return part
    }
}
