internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import TerminalUI

/// Places that are shown as text: a difference, one deployment, one node, one message.
enum TextScreen {
    struct Text {
        /// Always in sight.
        var head: [StyledLine] = []
        var lines: [StyledLine] = []
        /// Columns by which a line stands in that goes on another.
        var indent = 4
        /// In place of lines.
        var difference: [DiffLine]?
    }

    static func text(_ context: ScreenContext) -> Text {
        switch context.place {
        case .difference: difference(context)
        case .deployment(let id): facts(deployment(id, context))
        case .node(let name): facts(node(name, context))
        default: facts(ScreenTable.row(of: context.place)?.facts?(context) ?? [])
        }
    }

    private static func facts(_ facts: [(TerminalText, StyledLine)]) -> Text {
        let width = (facts.map(\.0.width).max() ?? 0) + 2
        let lines = facts.map { name, value in StyledLine(" \(name.fitted(to: width))", .textMuted) + value }
        return Text(lines: lines, indent: width + 1)
    }

    private static func difference(_ context: ScreenContext) -> Text {
        guard case .difference(let difference)? = context.content else { return Text() }
        let sides = [("from", difference.left), ("to  ", difference.right)].map { word, side in
            let served =
                side.environments.isEmpty
                ? "not served" : "served in \(side.environments.map(\.rawValue).joined(separator: ", "))"
            return StyledLine(" \(Words.text(word)) ", .textMuted) + StyledLine(Words.text(side.label), .textStrong)
                + StyledLine("  \(Words.text(served))", .textMuted)
        }
        let summary = StyledLine(" \(Words.text(difference.diff.summary))", .text, .bold)
        return Text(head: sides + [summary, StyledLine()], difference: DifferenceLines.lines(difference.diff))
    }

    private static func deployment(_ id: Int, _ context: ScreenContext) -> [(TerminalText, StyledLine)] {
        guard let row = context.picture.deployments.first(where: { $0.deployment.id == id }) else { return [] }
        let entry = row.deployment
        var facts: [(TerminalText, StyledLine)] = [
            (
                "deployment",
                StyledLine("\(entry.id)", .textStrong)
                    + StyledLine("  \(Words.text(entry.stream.rawValue)) #\(entry.sequence)", .textMuted)
            ),
            ("kind", StyledLine(Words.text(entry.kind.rawValue))),
            ("change", StyledLine(Words.text(entry.change.sentence), .textStrong)),
            ("at", StyledLine("\(Words.text(entry.at.description))  (\(Words.ago(entry.at, at: context.now)))")),
            ("by", StyledLine(Words.text(entry.actor.label))),
        ]
        if let reason = entry.reason { facts.append(("why", StyledLine(Words.line(reason)))) }
        if let undone = entry.undoes { facts.append(("undoes", StyledLine("deployment \(undone)"))) }
        if entry.isUndoable(at: context.now) {
            facts.append(
                (
                    "undo",
                    StyledLine(
                        "\(context.keys.key(.undo)) takes it back, \(Words.clock(left: entry.undoLeft(at: context.now))) left",
                        .textKey)
                ))
        }
        for (key, value) in entry.evidence.sorted(by: { $0.key < $1.key }) {
            facts.append((Words.text(key), StyledLine(Words.line(value))))
        }
        facts.append(("plan", StyledLine(entry.planChecksum.map { Words.text($0.short) } ?? "-", .textMuted)))
        facts.append(("head", StyledLine(Words.text(entry.head.rawValue), .textMuted)))
        for acknowledgement in row.acknowledgements.sorted(by: { $0.at < $1.at }) {
            let after = acknowledgement.at.milliseconds - entry.at.milliseconds
            facts.append(
                (
                    "served by",
                    StyledLine("● ", .statusOk) + StyledLine(Words.name(acknowledgement.node), .textStrong)
                        + StyledLine("  after \(after) ms", .textMuted)
                ))
        }
        return facts
    }

    private static func node(_ name: ResourceName, _ context: ScreenContext) -> [(TerminalText, StyledLine)] {
        guard let row = context.picture.status.nodes.first(where: { $0.node.name == name }) else { return [] }
        let state = NodeState(row, context)
        var facts: [(TerminalText, StyledLine)] = [
            ("node", StyledLine(Words.name(name), .textStrong)), ("region", StyledLine(Words.text(row.node.region))),
            ("state", StyledLine("\(state.sign) \(state.words)", state.role)),
        ]
        guard let status = row.status else { return facts }
        if let seen = status.lastSeen {
            facts.append(("last seen", StyledLine(Words.ago(seen, at: context.now))))
        }
        facts.append(("restarts", StyledLine("\(status.restarts)")))
        if let bytes = status.residentBytes { facts.append(("memory", StyledLine("\(bytes / 1_048_576) MiB"))) }
        if let offset = status.clockOffset {
            let side: TerminalText = offset < 0 ? "behind" : "ahead of"
            facts.append(("clock", StyledLine("\(abs(offset)) ms \(side) the server's")))
        }
        if let description = status.description {
            facts.append(("envoy", StyledLine(Words.text(description.envoyVersion ?? "not told"))))
            let addresses = (description.listen + description.staging).map { "\($0)" }.joined(separator: " ")
            facts.append(("listens on", StyledLine(Words.text(addresses))))
        }
        for (kind, acceptance) in status.accepted.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            facts.append(
                (
                    Words.text(kind.rawValue),
                    StyledLine(Words.text(acceptance.plan?.short ?? String(acceptance.version.prefix(12))))
                        + StyledLine("  accepted \(Words.ago(acceptance.at, at: context.now))", .textMuted)
                ))
        }
        if let refusal = status.lastRefusal {
            facts.append(
                (
                    "last refusal",
                    StyledLine("\(Words.ago(refusal.at, at: context.now)): ", .statusBad)
                        + StyledLine(Words.line(refusal.reason ?? "reason not known"))
                ))
        }
        return facts
    }
}
