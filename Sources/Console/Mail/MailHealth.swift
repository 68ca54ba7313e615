package import ControlPlane
internal import EdgeModel
package import MailRouting

/// What every screen says of mail: destinations whose last delivery failed. It is observation, which the state's revision
/// does not count.
package struct MailHealth: Hashable, Sendable {
    /// Whether there is a destination that could fail.
    package var isUsed = false
    /// Worst first: the one that failed last.
    package var failing: [MailDestinationFigures] = []

    /// Nothing of a state that keeps no mail.
    package static func read(_ plane: ControlPlane) throws -> MailHealth {
        guard let store = plane.store as? any MailStore else { return MailHealth() }
        let known = try store.readMail { Set(try $0.mailDestinations().map(\.address.folded)) }
        guard !known.isEmpty else { return MailHealth() }
        let failing = try store.mailLedger.destinationFigures().filter {
            known.contains($0.destination) && $0.isFailing
        }
        return MailHealth(
            isUsed: true, failing: failing.sorted { ($0.failedAt, $1.destination) > ($1.failedAt, $0.destination) })
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
