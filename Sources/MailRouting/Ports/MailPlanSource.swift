/// Where the endpoints get the plan in force.
package protocol MailPlanSource: Sendable {
    /// Cheap: asked for every lookup.
    func current() -> MailPlan
    /// The plan at the start and after each change; several changes may be folded into one.
    func changes() -> AsyncStream<MailPlan>
}
