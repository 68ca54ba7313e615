package import ControlPlane
internal import EdgeModel
package import MailRouting

/// What every screen says of mail: destinations whose last delivery failed, which is observation and not counted by the
/// state's revision, which lists are not empty, and what can be undone.
package struct MailHealth: Hashable, Sendable {
    /// Whether there is a destination that could fail.
    package var isUsed = false
    /// Worst first: the one that failed last.
    package var failing: [MailDestinationFigures] = []
    /// Words of the screens that have something to show.
    package var lists: [String] = []
    /// The newest changes that can be undone by themselves, newest first.
    package var changes: [MailDeployment] = []

    private static let changesKept = 50

    /// Nothing of a state that keeps no mail.
    package static func read(_ plane: ControlPlane) throws -> MailHealth {
        guard let store = plane.store as? any MailStore else { return MailHealth() }
        var health = MailHealth()
        let known = try store.readMail { tx in
            let destinations = try tx.mailDestinations()
            let lists = [
                (MailRulesScreen.word, try tx.mailDomains().isEmpty), ("destinations", destinations.isEmpty),
                ("workers", try tx.mailWorkers().isEmpty),
            ]
            health.lists = lists.filter { !$0.1 }.map(\.0)
            health.changes = try tx.mailDeployments(of: nil, last: changesKept).reversed().filter {
                $0.kind != .withdraw
            }
            return Set(destinations.map(\.address.folded))
        }
        guard !known.isEmpty else { return health }
        let failing = try store.mailLedger.destinationFigures().filter {
            known.contains($0.destination) && $0.isFailing
        }
        health.isUsed = true
        health.failing = failing.sorted { ($0.failedAt, $1.destination) > ($1.failedAt, $0.destination) }
        return health
    }

    var findings: [Finding] {
        failing.map {
            Finding(
                .error, "destination-failing", at: "email destination \($0.destination)",
                "mail to it is not delivered: \($0.lastFailure ?? "its server gave no answer")",
                remedy: $0.bounced > $0.deferred
                    ? "signalbox email activity --delivery bounced" : "signalbox email activity --delivery deferred")
        }
    }
}

extension MailDestinationFigures {
    /// Whether the last that is known of it is a failure.
    package var isFailing: Bool {
        guard let lastFailedAt else { return false }
        return lastDeliveredAt.map { $0 < lastFailedAt } ?? true
    }

    fileprivate var failedAt: Int64 { lastFailedAt?.milliseconds ?? 0 }
}
