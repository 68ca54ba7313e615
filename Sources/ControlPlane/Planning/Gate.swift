package import EdgeModel

/// What holds a plan up before it may be applied. Ways back (rollback, undo) pass.
package enum Gate {
    package static func check(_ plan: some GatedPlan, _ options: ApplyOptions) throws(ControlPlaneError) {
        guard plan.isGated else { return }
        if !plan.errors.isEmpty {
            throw ControlPlaneError(
                .refused, at: plan.title,
                "\(plan.errors.count) error\(plan.errors.count == 1 ? "" : "s") in what would be \(plan.effect)",
                remedy: "mend what the findings name, then plan again", findings: plan.errors)
        }
        if let staleBase = plan.staleBase, !options.allowStaleBase {
            throw ControlPlaneError(
                .refused, at: plan.title, staleBase, remedy: "\(plan.staleRemedy), or add --allow-stale-base")
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

/// A plan that the gate can judge, of requests or of mail.
package protocol GatedPlan {
    var title: String { get }
    /// False for ways back.
    var isGated: Bool { get }
    var findings: [Finding] { get set }
    var errors: [Finding] { get }
    var warnings: [Finding] { get }
    /// Safety thresholds exceeded, each a sentence.
    var thresholds: [String] { get }
    /// Set when it was not made from what has effect now.
    var staleBase: String? { get }
    /// What somebody does who did not mean to leave out what has come since.
    var staleRemedy: String { get }
    /// What becomes of its content: `served`, `in force`.
    var effect: String { get }
}

extension Plan: GatedPlan {
    package var staleRemedy: String { "make a version from what is served and apply your change to it" }
    package var effect: String { "served" }
}
