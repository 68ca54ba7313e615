internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// What became of each message, newest first; `/` filters by any of it: `from:eve`, `rule:info`, `verdict:reject`.
enum MailActivityScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("age", "AGE", .content(3, 4), right: true, priority: 7),
            Column("verdict", "VERDICT", .content(7, 9), priority: 9),
            Column("from", "FROM", .content(8, 30), priority: 9), Column("to", "TO", .content(8, 30), priority: 8),
            Column("subject", "SUBJECT", .rest(8), priority: 6), Column("rule", "RULE", .content(6, 20), priority: 7),
            Column("auth", "AUTH", .content(4, 30), priority: 3),
            Column("answer", "ANSWER", .content(8, 40), priority: 4),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        (MailPicture(context.content)?.activity ?? []).map { one in
            let decided = one.decided
            let ink: Role = one.isFailed ? .statusBad : .text
            return Row(
                id(one),
                [
                    StyledLine(Words.age(one.at, at: context.now), .textMuted),
                    StyledLine(
                        Words.text(decided?.outcome.rawValue ?? "-"), one.isFailed ? .statusBad : verdict(decided)),
                    StyledLine(Words.line(decided.map { $0.sender.isEmpty ? "<>" : $0.sender } ?? "-"), .textStrong),
                    StyledLine(Words.text(one.recipient.description), .text),
                    StyledLine(Words.line(decided?.content?.subject ?? ""), .text),
                    StyledLine(Words.text(decided?.rule ?? "-"), .text),
                    StyledLine(Words.text(decided?.content?.authentication.text ?? "-"), .textMuted),
                    StyledLine(Words.line(answer(one)), ink),
                ], keys: [Double(-one.at.milliseconds)])
        }
    }

    private static func id(_ one: MailActivity) -> String {
        "\(one.message.instance ?? "")/\(one.message.queueID ?? "")/\(one.recipient)/\(one.at.milliseconds)"
    }

    private static func verdict(_ decided: MailDecided?) -> Role {
        switch decided?.outcome {
        case .reject, .unknown, .foreign: .statusWarn
        case .drop, nil: .textMuted
        case .defer: .statusPaused
        default: .statusOk
        }
    }

    /// What went wrong before what went well.
    private static func answer(_ one: MailActivity) -> String {
        if let failure = one.workers.compactMap(\.failure).last { return "worker: \(failure)" }
        let delivery = one.deliveries.first { $0.status.isFailure } ?? one.deliveries.first
        return delivery.map { "\($0.status.rawValue): \($0.answer)" } ?? one.decided?.detail ?? ""
    }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard command == .block, let one = MailPicture(context.content)?.activity.first(where: { Self.id($0) == id })
        else { return .none }
        guard let decided = one.decided else { return .unavailable("nobody knows any more who sent it") }
        guard let sender = MailSender(decided.sender), sender.local != nil else {
            return .unavailable("it has no sender to block: a notice of a mail server")
        }
        return .operation(.block(sender, in: decided.domain))
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil else { return [StyledLine("reading…", .textMuted)] }
        return [
            StyledLine("No mail yet. What Postfix needs to ask signalbox serve:", .textStrong), StyledLine(),
            StyledLine("  :email postfix setup --print", .textKey),
        ]
    }
}
