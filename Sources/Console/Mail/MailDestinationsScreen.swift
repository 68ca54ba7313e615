internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// Where mail is forwarded to: whether the owner confirmed it, and how it fares; those that fail stand first.
enum MailDestinationsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("sign", "", .content(1, 1), priority: 9),
            Column("destination", "DESTINATION", .content(11, 40), priority: 9),
            Column("state", "STATE", .content(7, 18), priority: 8),
            Column("answer", "LAST FAILURE", .rest(14), priority: 7),
            Column("failed", "FAILED", .content(6, 7), right: true, priority: 8),
            Column("delivered", "DELIVERED", .content(7, 9), right: true, priority: 6),
            Column("deferred", "DEFERRED", .content(7, 8), right: true, priority: 3),
            Column("bounced", "BOUNCED", .content(7, 7), right: true, priority: 3),
            Column("uses", "USED BY", .content(7, 32), priority: 4),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        let all = MailPicture(context.content)?.destinations ?? []
        return all.sorted { ($0.rank, $0.destination.address) < ($1.rank, $1.destination.address) }.map { summary in
            let figures = summary.figures
            let isFailing = figures?.isFailing ?? false
            let state: (sign: TerminalText, words: TerminalText, role: Role) =
                isFailing
                ? ("✗", "deliveries fail", .statusBad)
                : summary.destination.isVerified
                    ? ("●", "verified", .statusOk) : ("○", "not confirmed yet", .statusWarn)
            return Row(
                "\(summary.destination.address)",
                [
                    StyledLine(state.sign, state.role),
                    StyledLine(
                        Words.text(summary.destination.address.description), isFailing ? .statusBad : .textStrong),
                    StyledLine(state.words, state.role),
                    StyledLine(Words.line(figures?.lastFailure ?? ""), isFailing ? .statusBad : .textMuted),
                    StyledLine(figures?.lastFailedAt.map { Words.age($0, at: context.now) } ?? "-", .textMuted),
                    StyledLine("\(figures?.delivered ?? 0)", .textNumber),
                    StyledLine("\(figures?.deferred ?? 0)", .textNumber),
                    StyledLine("\(figures?.bounced ?? 0)", .textNumber),
                    StyledLine(
                        summary.uses.isEmpty ? "no rule" : Words.text(summary.uses.joined(separator: ", ")),
                        .textMuted),
                ],
                keys: [
                    Double(summary.rank), nil, nil, nil, figures?.lastFailedAt.map { Double(-$0.milliseconds) },
                    Double(figures?.delivered ?? 0), Double(figures?.deferred ?? 0), Double(figures?.bounced ?? 0),
                ])
        }
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        EntryForm(
            "add a destination", ["email", "destination", "add"],
            [EntryForm.Field(id: "address", label: "address", placeholder: "ops@dest.example")])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil else { return [StyledLine("reading…", .textMuted)] }
        return [
            StyledLine("No destination. Rules forward only to addresses that their owners confirmed:", .textStrong),
            StyledLine(), StyledLine("  :email destination add ops@dest.example", .textKey),
        ]
    }
}

extension MailDestinationSummary {
    /// Worst lowest.
    fileprivate var rank: Int { figures?.isFailing == true ? 0 : destination.isVerified ? 2 : 1 }
}
