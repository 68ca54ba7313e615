package import EdgePlan

/// Something that happened at a node, worth telling later: what the store keeps of the fleet's events.
package struct FleetNote: Hashable, Sendable, Codable {
    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        /// It is there, for the first time or again.
        case came
        case lost
        /// It serves another plan.
        case accepted
        case refused
        /// Its Envoy was started again.
        case restarted
        /// What it did keeps a plan from all others.
        case held
        /// It was given a state that this one does not contain, or is no longer beyond it.
        case ahead
        /// Somebody came in its name without its token.
        case unauthorized
        /// A certificate that it serves with is not well, or is again.
        case certificate
    }

    package var at: Timestamp
    package var node: ResourceName
    package var kind: Kind
    /// One sentence without the node's name; nodes' own words in it are cut, not sanitised.
    package var text: String
    package var severity: Finding.Severity
    /// Digest of the plan it is about.
    package var plan: Digest?

    package init(
        at: Timestamp, node: ResourceName, kind: Kind, _ text: String, severity: Finding.Severity = .info,
        plan: Digest? = nil
    ) {
        self.at = at
        self.node = node
        self.kind = kind
        self.text = text.utf8.count > Self.longest ? String(text.prefix(Self.longest / 4)) + "…" : text
        self.severity = severity
        self.plan = plan
    }

    /// Bytes of a text; what is longer is cut.
    private static let longest = 1_200
}

/// Fleet events → notes: tells what changed, once.
package struct FleetNotes: Sendable {
    private struct Known {
        var isThere = false
        var plans: [ResourceKind: Digest] = [:]
        var restarts: Int?
        var process: String?
        var refusal: String?
        var problems: Set<String> = []
        var isAhead = false
    }

    private var known: [ResourceName: Known] = [:]

    /// - Parameter statuses: what was known when the server started, so that it is not told again.
    package init(_ statuses: [ResourceName: NodeStatus] = [:]) {
        known = statuses.mapValues { status in
            var node = Known()
            node.isThere = !status.isLost && status.lastSeen != nil
            node.plans = status.accepted.compactMapValues(\.plan)
            node.restarts = status.restarts
            node.refusal = status.lastRefusal.map { Self.key($0.kind, $0.version, $0.reason) }
            node.problems = Set(Self.problems(status.certificates))
            node.isAhead = status.ahead != nil
            return node
        }
    }

    package mutating func handle(_ event: FleetEvent) -> [FleetNote] {
        // Whoever merely claims a name does not become a node.
        if case .unauthorized = event.kind, known[event.node] == nil { return [] }
        var node = known[event.node] ?? Known()
        defer { known[event.node] = node }
        var notes: [FleetNote] = []
        func note(
            _ kind: FleetNote.Kind, _ text: String, _ severity: Finding.Severity = .info, plan: Digest? = nil
        ) {
            notes.append(
                FleetNote(at: event.at, node: event.node, kind: kind, text, severity: severity, plan: plan))
        }
        func isThere() {
            if !node.isThere { note(.came, "is there") }
            node.isThere = true
        }
        switch event.kind {
        case .seen: isThere()
        case .accepted(let kind, _, let plan):
            isThere()
            guard let plan, let network = kind.network, node.plans[kind] != plan else { break }
            node.plans[kind] = plan
            note(.accepted, "serves plan \(plan.short) of \(network.rawValue)", plan: plan)
        case .refused(let kind, let version, let plan, let reason):
            isThere()
            let key = Self.key(kind, version, reason)
            guard node.refusal != key else { break }
            node.refusal = key
            let what = plan.map { "plan \($0.short)" } ?? "version \(version.prefix(12))"
            note(
                .refused, "refuses \(what) (\(kind.rawValue)): \(reason ?? "reason not known yet")", .error, plan: plan)
        case .reported(let report):
            isThere()
            for refusal in report.refusals {
                note(.refused, "said of \(refusal.kind.rawValue): \(refusal.reason)", .error)
            }
            if let before = node.restarts, report.restarts > before, node.process != nil {
                note(.restarted, "its Envoy ended by itself and was started again", .error)
            } else if let before = node.process, before != report.process {
                note(.restarted, "its Envoy was started again")
            }
            (node.restarts, node.process) = (report.restarts, report.process)
            let problems = Set(Self.problems(report.certificates))
            for problem in problems.subtracting(node.problems).sorted() { note(.certificate, problem, .error) }
            for problem in node.problems.subtracting(problems).sorted() { note(.certificate, "mended: \(problem)") }
            node.problems = problems
        case .held(let hold):
            note(.held, "\(hold.words) plan \(hold.plan.short); no further node gets it", .error, plan: hold.plan)
        case .ahead(let position):
            guard node.isAhead != (position != nil) else { break }
            node.isAhead = position != nil
            if let position {
                note(.ahead, "was given a state that this one does not contain (\(position.sequence))", .error)
            } else {
                note(.ahead, "is sent what is live again")
            }
        case .lost:
            if node.isThere { note(.lost, "is lost", .error) }
            node.isThere = false
        case .unauthorized: note(.unauthorized, "somebody came without its token", .warning)
        }
        return notes
    }

    private static func key(_ kind: ResourceKind, _ version: String, _ reason: String?) -> String {
        "\(kind.rawValue) \(version) \(reason ?? "")"
    }

    private static func problems(_ inspections: [CertificateInspection]?) -> [String] {
        (inspections ?? []).compactMap { $0.problem.map { "\($0.file): \($0.message)" } }
    }
}
