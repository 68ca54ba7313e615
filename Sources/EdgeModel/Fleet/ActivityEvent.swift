/// One line of the event tail: what somebody did or what happened, in one sentence.
package struct ActivityEvent: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// A change of what is served.
        case deployment
        /// One that puts back what was there before: a rollback or an undo.
        case undo
        /// A node serves a deployment.
        case acknowledgement
        /// Something else that somebody did, such as editing a version or registering a node.
        case change
        /// Something that happened at a node.
        case node
        /// A certificate that is not well.
        case certificate
    }

    package var at: Timestamp
    package var kind: Kind
    /// `shop`, `node/fra1`, `zone/shop.example`, ...
    package var subject: String
    /// May hold what others wrote: sanitise it where it is drawn.
    package var text: String
    package var severity: Finding.Severity
    /// Who did it; nil: it happened.
    package var actor: String?
    package var reason: String?
    package var deployment: Int?
    package var node: ResourceName?
    /// Which of several events of one moment came first; equal events are one.
    package var order: Int

    package init(
        at: Timestamp, kind: Kind, subject: String, _ text: String, severity: Finding.Severity = .info,
        actor: String? = nil, reason: String? = nil, deployment: Int? = nil, node: ResourceName? = nil, order: Int = 0
    ) {
        self.at = at
        self.kind = kind
        self.subject = subject
        self.text = text
        self.severity = severity
        self.actor = actor
        self.reason = reason
        self.deployment = deployment
        self.node = node
        self.order = order
    }
}

/// What is stored → events.
extension ActivityEvent {
    /// - Parameter subject: the resource that was changed.
    package init(_ deployment: Deployment, subject: String) {
        let text = "\(deployment.kind.rawValue): \(deployment.change.sentence)"
        self.init(
            at: deployment.at, kind: deployment.kind.isWayBack ? .undo : .deployment,
            subject: subject, text, severity: deployment.kind.isWayBack ? .warning : .info,
            actor: deployment.actor.label, reason: deployment.reason, deployment: deployment.id,
            order: deployment.id)
    }

    package init(_ acknowledgement: Acknowledgement, subject: String) {
        let text = "\(acknowledgement.node) serves deployment \(acknowledgement.deployment)"
        self.init(
            at: acknowledgement.at, kind: .acknowledgement, subject: subject, text,
            deployment: acknowledgement.deployment, node: acknowledgement.node, order: acknowledgement.deployment)
    }

    /// nil: a deployment tells of it already.
    package init?(_ entry: AuditEntry) {
        let isDeployment = Deployment.Kind.allCases.contains { entry.action.hasSuffix("." + $0.rawValue) }
        guard !isDeployment else { return nil }
        self.init(
            at: entry.at, kind: .change, subject: entry.resource, "\(entry.action): \(entry.summary)",
            actor: entry.actor.label, reason: entry.reason, order: entry.sequence)
    }

    package init(_ note: FleetNote, order: Int) {
        self.init(
            at: note.at, kind: note.kind == .certificate ? .certificate : .node, subject: "node/\(note.node)",
            "\(note.node) \(note.text)", severity: note.severity, node: note.node, order: order)
    }
}

/// Events of several sources as one tail.
package enum EventTail {
    /// - Parameters:
    ///   - kinds: empty: all.
    ///   - last: so many at most.
    /// - Returns: newest first.
    package static func merged(
        _ events: [ActivityEvent], kinds: Set<ActivityEvent.Kind> = [], since: Timestamp? = nil, last: Int
    ) -> [ActivityEvent] {
        let wanted = events.filter { event in
            (kinds.isEmpty || kinds.contains(event.kind)) && since.map { event.at >= $0 } ?? true
        }
        return Array(wanted.sorted(by: isNewer).prefix(max(0, last)))
    }

    private static func isNewer(_ a: ActivityEvent, _ b: ActivityEvent) -> Bool {
        (a.at, a.order, a.kind.rawValue, a.text) > (b.at, b.order, b.kind.rawValue, b.text)
    }
}
