internal import EdgeModel

/// Thresholds on how much of a configuration one change may touch without `--force --reason`.
enum Safety {
    static let removedShare = 0.3
    static let changedShare = 0.3
    /// Below so many rules a share says nothing.
    static let fewestRules = 5

    static func exceeded(_ diff: ConfigurationDiff, rulesBefore: Int) -> [String] {
        exceeded(removed: diff.removedRules, changed: diff.changedRules, rulesBefore: rulesBefore)
    }

    static func exceeded(removed: Int, changed: Int, rulesBefore: Int) -> [String] {
        guard rulesBefore >= fewestRules else { return [] }
        var sentences: [String] = []
        func check(_ count: Int, _ limit: Double, _ word: String) {
            guard Double(count) > limit * Double(rulesBefore) else { return }
            sentences.append(
                "\(count) of \(rulesBefore) rules would be \(word) (\(count * 100 / rulesBefore) %; the limit is \(Int(limit * 100)) %)"
            )
        }
        check(removed, removedShare, "removed")
        check(changed, changedShare, "changed")
        return sentences
    }
}
