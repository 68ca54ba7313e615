internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// What became of each message, newest first; `/` filters by any of it: `from:eve`, `rule:info`, `verdict:reject`.
enum MailActivityScreen: ListScreen {
    static let word = "activity"

    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("age", "AGE", .content(3, 4), right: true, priority: 7),
            Column("verdict", "VERDICT", .content(7, 9), priority: 9),
            Column("from", "FROM", .content(15, 30), priority: 9), Column("to", "TO", .content(12, 30), priority: 8),
            Column("subject", "SUBJECT", .rest(7), priority: 5), Column("rule", "RULE", .content(6, 20), priority: 7),
            Column("auth", "AUTH", .content(9, 30), priority: 6),
            Column("answer", "ANSWER", .content(10, 40), priority: 7),
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
                    StyledLine(Words.text(word(one)), one.isFailed ? .statusBad : verdict(decided)),
                    StyledLine(Words.line(decided.map { $0.sender.isEmpty ? "<>" : $0.sender } ?? "-"), .textStrong),
                    StyledLine(Words.text(one.recipient.description), .text),
                    StyledLine(Words.line(decided?.content?.subject ?? ""), .text),
                    StyledLine(Words.text(decided?.rule ?? "-"), .text),
                    StyledLine(Words.text(decided?.content?.authentication.worstFirst ?? "-"), .textMuted),
                    StyledLine(Words.line(answer(one)), ink),
                ], keys: [Double(-one.at.milliseconds)])
        }
    }

    /// Its moment last, by which it is found again: ``moment(of:)``.
    private static func id(_ one: MailActivity) -> String {
        let message = one.message.queueID ?? one.message.instance
        return [message, "\(one.recipient)", "\(one.at.milliseconds)"].compactMap(\.self).joined(separator: "/")
    }

    /// When the one that an id names happened.
    static func moment(of id: String) -> Timestamp? {
        id.split(separator: "/").last.flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
    }

    /// The one that is selected, or whose details are shown.
    static func message(_ id: String?, _ context: ScreenContext) -> MailActivity? {
        var id = id
        if case .added(word, let item?) = context.place { id = item }
        return MailPicture(context.content)?.activity.first { Self.id($0) == id }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { .added(word, item: id) }

    /// What was done with it; of what a worker decided, or was to decide, that and not who.
    static func word(_ one: MailActivity) -> String {
        guard let outcome = one.decided?.outcome else { return "-" }
        return (outcome == .worker ? one.workers.last?.verdict : nil) ?? outcome.rawValue
    }

    static func verdict(_ decided: MailDecided?) -> Role {
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
        guard let mail = MailPicture(context.content), let one = message(id, context) else { return .none }
        switch command {
        case .block: return block(one, mail)
        case .promote:
            guard let summary = mail.domains.first(where: { $0.domain.name == one.decided?.domain }) else {
                return .none
            }
            return MailDomainsScreen.offer(.promote, summary)
        default: return .none
        }
    }

    /// At once, with its plan to be seen, unless the draft holds what somebody else is still at.
    private static func block(_ one: MailActivity, _ mail: MailPicture) -> Offer {
        guard let decided = one.decided else { return .unavailable("nobody knows any more who sent it") }
        guard let sender = MailSender(decided.sender), sender.local != nil else {
            return .unavailable("it has no sender to block: a notice of a mail server")
        }
        guard let others = mail.pending[decided.domain] else {
            return .command(Operation.blockWords(sender, in: decided.domain))
        }
        return .operation(.block(sender, in: decided.domain, beside: others))
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil else { return [StyledLine("reading…", .textMuted)] }
        return [
            StyledLine("No mail yet. What Postfix needs to ask signalbox serve:", .textStrong), StyledLine(),
            StyledLine("  :email postfix setup --print", .textKey),
        ]
    }
}

extension MailAuthentication {
    /// What was not passed first: a narrow column shows no more, and one that begins with a pass has nothing else.
    fileprivate var worstFirst: String {
        let parts = text.split(separator: " ")
        let passed = parts.filter { $0.hasSuffix("=pass") }
        return (parts.filter { !$0.hasSuffix("=pass") } + passed).joined(separator: " ")
    }
}
