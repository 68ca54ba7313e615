internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import TerminalUI

/// A plan as it is reviewed: what changes in traffic and configuration, whom it touches, what stands against it.
enum PlanLines {
    /// What it means, before the difference.
    static func lines(_ plan: Plan, _ picture: Picture?, at now: Timestamp) -> [StyledLine] {
        var lines: [StyledLine] = []
        if plan.before == plan.after {
            lines.append(StyledLine("No request will be answered otherwise than now.", .textMuted))
        } else {
            lines.append(blastRadius(plan, picture))
        }
        lines += undone(plan, picture, at: now)
        if let staleBase = plan.staleBase { lines.append(StyledLine(Words.text(staleBase), .statusWarn)) }
        lines += plan.restorations.map { StyledLine(Words.text($0), .textStrong) }
        lines += plan.thresholds.map { StyledLine("threshold: \(Words.text($0))", .statusWarn) }
        lines += plan.locks.map { StyledLine("\(Words.text($0)) will be locked for good", .statusWarn) }
        for finding in plan.findings {
            lines.append(
                StyledLine("\(Words.text(finding.severity.rawValue)) ", Role.severity(finding.severity), .bold)
                    + StyledLine("\(Words.text(finding.place)): ", .textStrong)
                    + StyledLine(Words.line(finding.message), .text))
            if let remedy = finding.remedy { lines.append(StyledLine("  \(Words.line(remedy))", .textKey)) }
        }
        return lines + [StyledLine()]
    }

    /// What the edge evaluates, and the configuration that it uses, before and after.
    static func difference(_ plan: Plan) -> [DiffLine] {
        var lines: [DiffLine] = []
        if !plan.effectiveRemoved.isEmpty || !plan.effectiveAdded.isEmpty {
            lines.append(DiffLine(.heading, "effective rules"))
            lines += plan.effectiveRemoved.map { DiffLine(.removed, Words.text($0), change: "effective") }
            lines += plan.effectiveAdded.map { DiffLine(.added, Words.text($0), change: "effective") }
        }
        if let diff = plan.diff, !diff.isEmpty {
            if !lines.isEmpty { lines.append(DiffLine(.context, .empty)) }
            lines.append(
                DiffLine(.heading, [.init("configuration  "), .init(Words.text(diff.summary), isQuiet: true)]))
            lines += DifferenceLines.lines(diff)
        }
        return lines
    }

    /// `production: 2 nodes, 104 requests/s on shop@5 now`
    private static func blastRadius(_ plan: Plan, _ picture: Picture?) -> StyledLine {
        var networks: [TerminalText] = []
        if plan.touchesProduction { networks.append("production traffic") }
        if plan.before.lower != plan.after.lower { networks.append("staging addresses") }
        let live = picture.map { picture in
            picture.status.nodes.count { $0.status?.isLive(at: picture.status.at) ?? false }
        }
        var line = StyledLine(
            "changes \(networks.joined(separator: " and "))", plan.touchesProduction ? .envProd : .envStaging, .bold)
        if let live { line.append(" on \(Words.count(live, "live node", "live nodes"))", .text) }
        return line
    }

    /// Versions between where a way back leads and where it starts: what else goes with the change for the worse.
    private static func undone(_ plan: Plan, _ picture: Picture?, at now: Timestamp) -> [StyledLine] {
        guard plan.request.kind == .rollback || plan.request.kind == .undo,
            case .assignment(let name, _, let from?, let to) = plan.change, from > (to ?? 0), let picture
        else { return [] }
        // What the present one is made of, back to where the way leads.
        let known = Dictionary((picture.versions[name] ?? []).map { ($0.version.number, $0.version) }) { first, _ in
            first
        }
        var gone: [Version] = []
        var next = known[from]
        while let version = next, version.number > (to ?? 0) {
            gone.append(version)
            next = version.base.flatMap { known[$0] }
        }
        guard !gone.isEmpty else { return [] }
        return [StyledLine("takes back, of \(Words.name(name)):", .text)]
            + gone.map { version in
                let what = version.note.isEmpty ? "no note" : Words.line(version.note)
                return StyledLine("  @\(version.number) ", .textStrong) + StyledLine(what, .text)
                    + StyledLine(
                        "  \(Words.text(version.author)), \(Words.ago(version.createdAt, at: now))", .textMuted)
            }
    }
}
