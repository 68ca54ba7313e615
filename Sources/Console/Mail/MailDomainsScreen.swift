internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// Domains whose mail is routed: whether it arrives, which rules are in force, what became of the last hour's mail.
enum MailDomainsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("sign", "", .content(1, 1), priority: 9), Column("domain", "DOMAIN", .content(8, 32), priority: 9),
            Column("state", "STATE", .rest(10), priority: 8), Column("live", "LIVE", .content(4, 6), priority: 9),
            Column("draft", "DRAFT", .content(5, 6), priority: 7),
            Column("rules", "RULES", .content(5, 7), right: true, priority: 6),
            Column("matched", "MATCHED 1H", .content(7, 10), right: true, priority: 7),
            Column("forwarded", "FORWARDED", .content(7, 9), right: true, priority: 4),
            Column("failed", "FAILED", .content(6, 7), right: true, priority: 8),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard let mail = MailPicture(context.content) else { return [] }
        return mail.domains.map { summary in
            let name = summary.domain.name
            let hour = MailHour(mail.spans.filter { $0.counters.domain == name }, at: context.now)
            let state = state(summary.domain.status)
            return Row(
                name,
                [
                    StyledLine(state.sign, state.role), StyledLine(Words.text(name), .textStrong),
                    StyledLine(state.words, state.role),
                    StyledLine(Words.versionOnly(summary.live?.number), summary.live == nil ? .textMuted : .text),
                    StyledLine(
                        Words.versionOnly(summary.draft?.number), summary.draft == nil ? .textMuted : .statusWarn),
                    StyledLine("\(summary.ruleCount)", .textNumber),
                    StyledLine("\(hour.matched)", .textNumber),
                    StyledLine("\(hour.forwarded)", .textNumber),
                    StyledLine("\(hour.failed)", hour.failed > 0 ? .statusBad : .textNumber),
                ],
                keys: [
                    Double(state.rank), nil, nil, summary.live.map { Double($0.number) }, nil,
                    Double(summary.ruleCount), Double(hour.matched), Double(hour.forwarded), Double(hour.failed),
                ])
        }
    }

    private static func state(_ status: MailDomain.Status) -> (
        sign: TerminalText, words: TerminalText, role: Role, rank: Int
    ) {
        switch status {
        case .ready: ("●", "ready", .statusOk, 0)
        case .unchecked: ("○", "DNS not looked at", .statusUnknown, 1)
        case .off: ("○", "off: its mail is refused", .statusPaused, 2)
        case .misconfigured(let problems): ("✗", Words.line(problems.joined(separator: "; ")), .statusBad, 3)
        }
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { .added(MailRulesScreen.word, item: id) }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard let id, let summary = MailPicture(context.content)?.domains.first(where: { $0.domain.name == id }) else {
            return .none
        }
        return offer(command, summary)
    }

    /// Of a domain's rules, wherever it is shown; the command line prints the plan, and it is asked about.
    static func offer(_ command: Action, _ summary: MailDomainSummary) -> Offer {
        let name = summary.domain.name
        switch command {
        case .promote:
            guard summary.draft != nil else { return .unavailable("\(Words.text(name)) has no draft to promote") }
            return .command(["email", "promote", name])
        case .rollback:
            guard summary.live != nil else { return .unavailable("no rules of \(Words.text(name)) are in force") }
            return .command(["email", "rollback", name])
        default: return .none
        }
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        EntryForm(
            "route the mail of a domain", ["email", "domain", "add"],
            [EntryForm.Field(id: "domain", label: "domain", placeholder: "example.com")])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil else { return [StyledLine("reading…", .textMuted)] }
        return [
            StyledLine("No domain's mail is routed here.", .textStrong), StyledLine(),
            StyledLine("  :email domain add example.com", .textKey),
        ]
    }
}
