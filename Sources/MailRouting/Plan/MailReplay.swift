package import EdgeModel
internal import RulesLanguage

/// What other rules would have done with mail that was decided already, as far as the activity log remembers it.
package struct MailReplay: Hashable, Sendable {
    package struct Difference: Hashable, Sendable {
        package var activity: MailActivity
        package var decision: MailDecision
    }

    package var count = 0
    package var differences: [Difference] = []
    /// Mail that a rule decides, or may decide before the one that does, by what the log does not keep: headers, or a
    /// content that was never read. It is no difference, whatever became of it.
    package var unknown = 0

    package init(_ activities: [MailActivity], with plan: MailPlan, at now: Timestamp) {
        for activity in activities {
            guard let decided = activity.decided else { continue }
            count += 1
            let sender = MailAddress(decided.sender)
            let content = decided.content.map { summary in
                MailContent(
                    headers: [MailHeader("Subject", summary.subject)], size: summary.size,
                    authentication: summary.authentication, areHeadersKnown: false)
            }
            let envelope = MailEnvelope(
                clientAddress: IPAddress(decided.clientAddress), helo: decided.helo, sender: sender,
                recipient: activity.recipient)
            let decision = plan.decide(envelope, content: content, at: now)
            if decision.outcome == .needsContent {
                unknown += 1
            } else if decision.outcome.word != decided.outcome || decision.rule != decided.rule {
                differences.append(Difference(activity: activity, decision: decision))
            }
        }
    }
}
