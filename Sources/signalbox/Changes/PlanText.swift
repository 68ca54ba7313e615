internal import ControlPlane
internal import EdgeModel
internal import EdgePlan

/// A plan as people review it: what changes in the configuration and in the traffic, what stands against it, its checksum.
enum PlanText {
    static func pieces(_ plan: Plan) -> [Output.Piece] {
        var pieces = [Output.Piece(SafeText(plan.title), .strong)]
        if let diff = plan.diff {
            pieces.append(Output.Piece("  \(diff.summary)"))
            if !plan.createsZone {
                pieces += DiffText.pieces(diff).map { Output.Piece($0.text.indented(by: 2), $0.style) }
            }
        }
        if case .zone(_, let before, let after) = plan.change, before?.tls != after?.tls {
            if let old = before?.tls { pieces.append(Output.Piece("  - tls \(old.certificate), \(old.key)", .bad)) }
            if let new = after?.tls { pieces.append(Output.Piece("  + tls \(new.certificate), \(new.key)", .good)) }
        }
        if case .list(let change) = plan.change {
            pieces += ListChangeText.pieces(change) + ListUseText.pieces(plan.uses, of: change.name)
        }
        for (list, sentence) in zip(plan.restoredLists, plan.restorations) {
            pieces.append(Output.Piece(SafeText(sentence), .strong))
            pieces += ListChangeText.pieces(list)
        }
        if !plan.effectiveRemoved.isEmpty || !plan.effectiveAdded.isEmpty {
            pieces.append(Output.Piece("effective rules"))
            pieces += plan.effectiveRemoved.map { Output.Piece("  - \($0)", .bad) }
            pieces += plan.effectiveAdded.map { Output.Piece("  + \($0)", .good) }
        }
        if plan.before == plan.after {
            pieces.append(Output.Piece("no request will be answered otherwise than now", .dim))
        }
        pieces += plan.locks.map { Output.Piece("\($0) will be locked for good", .warning) }
        if let staleBase = plan.staleBase { pieces.append(Output.Piece("warning: \(staleBase)", .warning)) }
        pieces += plan.thresholds.map { Output.Piece("threshold: \($0)", .warning) }
        pieces += FindingText.pieces(plan.findings)
        pieces.append(Output.Piece("plan \(plan.checksum)", .dim))
        return pieces
    }
}

extension Plan {
    /// Everything in a new zone is new; listing it says no more than the file that it came from.
    fileprivate var createsZone: Bool {
        if case .zone(_, nil, _?) = change { return true }
        return false
    }
}

/// A difference of configurations, coloured by what comes and goes.
enum DiffText {
    static func pieces(_ diff: ConfigurationDiff, byWords: Bool = false) -> [Output.Piece] {
        SafeText(lines: diff.text(byWords: byWords)).trimmed.lines.filter { !$0.isEmpty }.map { line in
            let mark = line.text.first { $0 != " " }
            let style: Style =
                switch mark {
                case "+": .good
                case "-": .bad
                case "~", ">": .warning
                default: line.text.hasPrefix(" ") ? .plain : .strong
                }
            return Output.Piece(line, style)
        }
    }
}
