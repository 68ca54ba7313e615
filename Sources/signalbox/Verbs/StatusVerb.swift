internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

struct StatusVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What is live, on which nodes, and what changed last.",
        discussion: Examples.text(
            "signalbox status", "signalbox status --watch", "signalbox status --output json | jq .nodes"))

    @OptionGroup var watching: WatchOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        try await watching.show(global) { session in
            let live = ServerSocket.live(statePath: session.statePath)
            let plane = try session.planeIfAny()
            let status = try plane?.status()
            session.output.show("status", StatusText.document(status, live, session.output)) {
                StatusText.pieces(status, live, session.output)
            }
            if let plane { try session.tellNextStep(plane, isServerRunning: live != nil) }
            return true
        }
    }
}

/// The answer of `status`.
enum StatusText {
    static func document(
        _ status: AccountStatus?, _ live: LivePicture?, _ output: Output
    ) -> DocumentValue {
        let figures = live?.figures(of: .version)
        guard let status else {
            return .object([
                "zones": .int(0), "applications": .array([]), "environments": .array([]), "nodes": .array([]),
                "deployments": .array([]), "findings": .array([]), "server": .string("not running"),
            ])
        }
        return .object([
            "server": .string(figures == nil ? "not running" : "running"),
            "traffic": figures.map { .array($0.map(\.document)) }, "zones": .int(status.zones),
            "applications": .array(status.applications.map(\.document)),
            "environments": .array(status.environments.map(\.document)),
            "nodes": .array(status.nodes.map { node($0, status, live, output) }),
            "behind": .array(status.behind.map { .string($0.rawValue) }),
            "expected": .object([
                "production": .string(status.expected.production.rawValue),
                "lower": .string(status.expected.lower.rawValue),
            ]),
            "deployments": .array(status.lastDeployments.reversed().map(\.document)),
            "findings": .array(status.findings.map(\.document)),
        ])
    }

    /// A node as a document, with its state as a word, whether it is behind, and how far.
    static func node(
        _ row: NodeRow, _ account: AccountStatus, _ live: LivePicture?, _ output: Output
    ) -> DocumentValue {
        let lag = live?.lag(of: row.node.name)
        guard case .object(let members) = row.document(at: account.at) else { return .null }
        return .object(
            members + [
                DocumentMember("state", .string(state(row, account, lag: lag, output).word)),
                DocumentMember("behind", .bool(account.behind.contains(row.node.name))),
                DocumentMember("lag_ms", lag.map { .int(Int($0)) } ?? .null),
            ])
    }

    static func pieces(_ status: AccountStatus?, _ live: LivePicture?, _ output: Output) -> [Output.Piece] {
        let figures = live?.figures(of: .version)
        guard let status else { return [Output.Piece("nothing here yet")] }
        var pieces = [
            Output.Piece(
                "server        \(figures == nil ? "not running" : "running")", figures == nil ? .warning : .good),
            Output.Piece("zones         \(status.zones)"),
        ]
        for summary in status.applications {
            let served = status.environments.map { environment in
                let number = summary.assignments.first { $0.environment == environment.name }?.version
                return "\(environment.name) \(number.map { "\(summary.application.name)@\($0)" } ?? "-")"
            }
            pieces.append(Output.Piece("application   \(summary.application.name): \(served.joined(separator: ", "))"))
        }
        // What nobody asked for lately is left out here and stands in the JSON.
        for figures in figures ?? [] where figures.perSecond > 0 {
            let isBad = figures.counts.errors > 0
            pieces.append(Output.Piece("traffic       \(traffic(figures))", isBad ? .bad : .plain))
        }
        for row in status.nodes {
            let state = state(row, status, lag: live?.lag(of: row.node.name), output)
            pieces.append(Output.Piece("node          \(row.node.name): \(state.text)", state.style))
        }
        for row in status.lastDeployments.reversed() {
            let entry = row.deployment
            pieces.append(
                Output.Piece(
                    "deployment    \(entry.id) \(entry.kind.rawValue): \(entry.change.sentence), \(output.time(entry.at)) by \(entry.actor.label)"
                ))
        }
        return pieces + FindingText.pieces(status.findings)
    }

    /// `shop@2: 104.2/s, 2xx 98 %, 4xx 2 %, p50 ≤ 1 ms, p95 ≤ 5 ms, p99 ≤ 10 ms`
    private static func traffic(_ figures: LiveFigures) -> SafeText {
        let all = max(figures.counts.statusClasses.reduce(0, +), 1)
        let shares = figures.counts.statusClasses.enumerated().filter { $0.element > 0 }.map { index, count in
            let percent = Double(count) * 100 / Double(all)
            return "\(index + 1)xx \(percent < 1 ? "<1" : String(Int(percent.rounded()))) %"
        }
        let times = [("p50", figures.p50), ("p95", figures.p95), ("p99", figures.p99)].compactMap { name, time in
            time.map { "\(name) ≤ \($0 % 1000 == 0 ? "\($0 / 1000)" : "\(Double($0) / 1000)") ms" }
        }
        let rate = "\((figures.perSecond * 10).rounded() / 10)/s"
        return SafeText("\(figures.subject.name): \(([rate] + shares + times).joined(separator: ", "))")
    }

    static func state(_ row: NodeRow, _ account: AccountStatus, lag: Int64?, _ output: Output) -> NodeState {
        let now = account.at
        let isBehind = account.behind.contains(row.node.name)
        guard let status = row.status, let seen = status.lastSeen else {
            return NodeState("never-seen", "never seen", .dim)
        }
        // A request of its own since then would have come with the token.
        if let refused = status.lastUnauthorized, refused > seen {
            return NodeState(
                "unauthorized",
                "comes without its token since \(output.time(refused)), last seen \(output.time(seen))", .bad)
        }
        let holds = account.standstill?.holds ?? []
        if let hold = holds.first(where: { $0.node == row.node.name && $0.cause == .restarted }) {
            return NodeState("holding", "holds \(hold.plan.short): it \(hold.words) it", .bad)
        }
        for network in Network.allCases {
            guard let refusal = status.openRefusal(of: network) else { continue }
            return NodeState(
                "refusing",
                "refuses \(refusal.plan?.short ?? refusal.version): \(refusal.reason ?? "reason not known")", .bad)
        }
        if let problem = status.certificates?.compactMap(\.problem).first {
            return NodeState("refusing", "refuses \(problem.file): \(problem.message)", .bad)
        }
        guard status.isLive(at: now) else {
            let consequence: SafeText = status.isExpired(at: now) ? "; nothing is kept for it any more" : ""
            return NodeState("lost", "lost, last seen \(output.time(seen))" + consequence, .bad)
        }
        if account.standstill?.ahead.contains(row.node.name) == true {
            return NodeState("ahead", "ahead: it was given a state that this one does not contain", .bad)
        }
        if isBehind, let hold = holds.first(where: { status.plan(of: $0.network) != $0.plan }) {
            return NodeState("behind", "behind: \(hold.plan.short) is held by \(hold.node)", .warning)
        }
        guard isBehind else { return NodeState("current", "serves what is live", .good) }
        // Only a server knows since when; it may know of less than this reading of the state does.
        let time: SafeText = lag.map { $0 > 0 ? " for \(TimeText.span($0))" : "" } ?? ""
        return NodeState("behind", "behind" + time + ", last seen \(output.time(seen))", .warning)
    }
}

/// How a node fares.
struct NodeState {
    /// For programs: never-seen, unauthorized, holding, refusing, lost, ahead, behind or current.
    var word: String
    /// For people.
    var text: SafeText
    var style: Style

    init(_ word: String, _ text: SafeText, _ style: Style) {
        self.word = word
        self.text = text
        self.style = style
    }
}

extension LiveFigures {
    /// A version that is none of an application is a zone's own configuration.
    fileprivate var document: DocumentValue {
        let reference = VersionReference(subject.name)
        var number: Int?
        if case .number(let found)? = reference?.selector { number = found }
        return .object([
            "label": .string(subject.name),
            "application": number == nil ? nil : reference.map { .string($0.application.rawValue) },
            "version": number.map { .int($0) }, "per_second": .double(perSecond), "stale": .bool(isStale),
            "status_classes": .array(counts.statusClasses.map { .int($0) }), "p50_us": p50.map { .int($0) },
            "p95_us": p95.map { .int($0) }, "p99_us": p99.map { .int($0) },
        ])
    }
}
