internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import TerminalUI

/// The fleet: which nodes there are, what they serve, how far behind they are.
enum NodesScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("state", "", .content(1, 1), priority: 9),
            Column("node", "NODE", .content(5, 24), priority: 9),
            Column("region", "REGION", .content(4, 12), priority: 5),
            Column("serves", "SERVES", .rest(14), priority: 8),
            Column("production", "PRODUCTION", .content(8, 12), priority: 6),
            Column("staging", "LOWER", .content(8, 12), priority: 4),
            Column("seen", "SEEN", .content(4, 5), right: true, priority: 7),
            Column("restarts", "RESTARTS", .content(3, 8), right: true, priority: 3),
            Column("memory", "MEMORY", .content(4, 8), right: true, priority: 2),
            Column("envoy", "ENVOY", .content(5, 8), priority: 2),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        context.picture.status.nodes.map { row in
            let status = row.status
            let state = NodeState(row, context)
            return Row(
                row.node.name.rawValue,
                [
                    StyledLine(state.sign, state.role), StyledLine(Words.name(row.node.name), .textStrong),
                    StyledLine(Words.text(row.node.region), .text), StyledLine(state.words, state.role),
                    digest(status, .production), digest(status, .lower),
                    StyledLine(status?.lastSeen.map { Words.age($0, at: context.now) } ?? "-", .textMuted),
                    StyledLine("\(status?.restarts ?? 0)", .textNumber),
                    StyledLine(status?.residentBytes.map { "\($0 / 1_048_576)M" } ?? "-", .textNumber),
                    StyledLine(Words.text(status?.description?.envoyVersion ?? "-"), .textMuted),
                ],
                keys: [
                    Double(state.rank), nil, nil, nil, nil, nil, status?.lastSeen.map { Double(-$0.milliseconds) },
                    Double(status?.restarts ?? 0), Double(status?.residentBytes ?? 0),
                ])
        }
    }

    private static func digest(_ status: NodeStatus?, _ network: Network) -> StyledLine {
        StyledLine(status?.plan(of: network).map { Words.text($0.short) } ?? "-", .textMuted)
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { ResourceName(rawValue: id).map { .node($0) } }

    static func form(_ context: ScreenContext) -> EntryForm? {
        EntryForm(
            "add a node", ["node", "create"],
            [
                EntryForm.Field(id: "name", label: "name", placeholder: "fra1"),
                EntryForm.Field(
                    id: "region", label: "region", placeholder: "fra", option: "--region", isNeeded: false),
            ])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        [
            StyledLine("No node yet. Each is an Envoy that fetches its configuration here:", .textStrong), StyledLine(),
            StyledLine("  :node create fra1 --region fra", .textKey),
        ]
    }
}

/// How a node stands, in one sign and some words.
struct NodeState {
    var sign: TerminalText
    var words: TerminalText
    var role: Role
    /// Worst highest.
    var rank: Int

    init(_ row: NodeRow, _ context: ScreenContext) {
        let account = context.picture.status
        guard let status = row.status, status.lastSeen != nil else {
            (sign, words, role, rank) = ("○", "never seen", .textMuted, 1)
            return
        }
        let refusal = Network.allCases.compactMap { status.openRefusal(of: $0) }.first
        let hold = account.standstill?.holds.first { $0.node == row.node.name }
        if let hold {
            (sign, words, role, rank) = (
                "✗", "holds \(Words.text(hold.plan.short)): it \(Words.text(hold.words)) it", .statusBad, 5
            )
        } else if let refusal {
            (sign, words, role, rank) = (
                "✗", "refuses: \(Words.line(refusal.reason ?? "reason not known"))", .statusBad, 4
            )
        } else if !status.isLive(at: context.nodesAt) {
            (sign, words, role, rank) = ("✗", "lost", .statusBad, 3)
        } else if account.behind.contains(row.node.name) {
            (sign, words, role, rank) = ("!", "behind", .statusWarn, 2)
        } else {
            (sign, words, role, rank) = ("●", "what is live", .statusOk, 0)
        }
    }
}
