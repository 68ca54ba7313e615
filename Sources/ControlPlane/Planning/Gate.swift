internal import EdgeModel

/// What holds a plan up before it may be applied. Ways back (rollback, undo) pass, but for rules that would come back
/// without the list that they ask for: a rule that is left out blocks nobody.
package enum Gate {
    package static func check(_ plan: Plan, _ options: ApplyOptions) throws(ControlPlaneError) {
        guard plan.isGated else {
            guard !plan.thresholds.isEmpty, !options.force || (options.reason ?? "").isEmpty else { return }
            throw ControlPlaneError(
                .refused, at: plan.title, "rules would come back without the list that they ask for",
                remedy: "make the list again, or add --force --reason TEXT when those rules may be left out",
                details: plan.thresholds)
        }
        if !plan.errors.isEmpty {
            throw ControlPlaneError(
                .refused, at: plan.title,
                "\(plan.errors.count) error\(plan.errors.count == 1 ? "" : "s") in what would be served",
                remedy: "mend what the findings name, then plan again", findings: plan.errors)
        }
        if let staleBase = plan.staleBase, !options.allowStaleBase {
            throw ControlPlaneError(
                .refused, at: plan.title, staleBase,
                remedy: "make a version from what is served and apply your change to it, or add --allow-stale-base")
        }
        if !plan.thresholds.isEmpty, !options.force || (options.reason ?? "").isEmpty {
            throw ControlPlaneError(
                .refused, at: plan.title, "it exceeds a safety threshold",
                remedy: "add --force --reason TEXT when that is intended", details: plan.thresholds)
        }
        if !plan.warnings.isEmpty, !options.acceptWarnings {
            throw ControlPlaneError(
                .refused, at: plan.title,
                "\(plan.warnings.count) warning\(plan.warnings.count == 1 ? "" : "s") not accepted",
                remedy: "mend what the findings name, or add --accept-warnings", findings: plan.warnings)
        }
    }
}
