internal import ControlPlane
internal import EdgeModel
internal import MailRouting
internal import TerminalUI

/// The rules of one domain in their order, with what each has done: the first that decides does.
enum MailRulesScreen: ListScreen {
    static let word = "email"

    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("position", "#", .content(1, 4), right: true, priority: 9),
            Column("state", "", .content(1, 1), priority: 9), Column("rule", "RULE", .content(6, 24), priority: 9),
            Column("when", "WHEN", .rest(10), priority: 8), Column("then", "THEN", .content(8, 36), priority: 8),
            Column("matched", "MATCHED", .content(7, 8), right: true, priority: 8),
            Column("forwarded", "FORWARDED", .content(7, 9), right: true, priority: 4),
            Column("refused", "REFUSED", .content(7, 8), right: true, priority: 3),
            Column("failed", "FAILED", .content(6, 8), right: true, priority: 7),
            Column("hour", "LAST HOUR", .content(MailHour.pieces, MailHour.pieces), priority: 6),
            Column("last", "LAST", .content(4, 5), right: true, priority: 4),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard let mail = MailPicture(context.content), let rules = mail.rules else { return [] }
        var rows = rules.ruleset.rules.enumerated().map { index, rule in
            row(index, rule.ref, when(rule), rule.action, rule.isOn(at: context.now), mail, context)
        }
        if let catchAll = rules.ruleset.catchAll {
            rows.append(
                row(rows.count, MailRule.catchAll, "all others", catchAll.action, catchAll.enabled, mail, context))
        }
        return rows
    }

    private static func row(
        _ index: Int, _ ref: String, _ when: String, _ action: MailAction, _ isOn: Bool, _ mail: MailPicture,
        _ context: ScreenContext
    ) -> Row {
        let domain = mail.rules?.version.domain ?? ""
        let figures =
            mail.counters.first { $0.domain == domain && $0.rule == ref }
            ?? MailRuleCounters(domain: domain, rule: ref)
        let failed = figures.failed
        let hour = MailHour(
            mail.spans.filter { $0.counters.domain == domain && $0.counters.rule == ref }, at: context.now)
        let ink: Role = isOn ? .text : .textDisabled
        return Row(
            ref,
            [
                StyledLine(ref == MailRule.catchAll ? "*" : "\(index + 1)", .textNumber),
                StyledLine(isOn ? "●" : "○", isOn ? .statusOk : .statusPaused),
                StyledLine(Words.text(ref), isOn ? .textStrong : .textDisabled), StyledLine(Words.line(when), ink),
                StyledLine(Words.line(then(action)), ink), StyledLine("\(figures.matched)", .textNumber),
                StyledLine("\(figures.forwarded)", .textNumber),
                StyledLine("\(figures.rejected + figures.dropped + figures.deferredHere)", .textNumber),
                StyledLine("\(failed)", failed > 0 ? .statusBad : .textNumber),
                StyledLine(Words.text(sparkline(hour.counts)), .textNumber),
                StyledLine(figures.lastAt.map { Words.age($0, at: context.now) } ?? "-", .textMuted),
            ],
            keys: [
                Double(index), isOn ? 1 : 0, nil, nil, nil, Double(figures.matched), Double(figures.forwarded), nil,
                Double(failed), nil, figures.lastAt.map { Double(-$0.milliseconds) },
            ])
    }

    /// All addresses are of the one domain that is shown.
    private static func when(_ rule: MailRule) -> String {
        guard case .address(let address) = rule.matcher else { return rule.condition }
        return String(rule.condition.dropLast(address.domain.count + 1))
    }

    /// Where it goes without a word more, so that there is room for it beside the figures.
    private static func then(_ action: MailAction) -> String {
        guard case .forward(let to) = action else { return action.sentence }
        return "→ " + to.map(\.description).joined(separator: ", ")
    }

    /// Eight heights, nothing at all for none.
    static func sparkline(_ counts: [Int]) -> String {
        let heights = Array("▁▂▃▄▅▆▇█")
        guard let most = counts.max(), most > 0 else { return "" }
        return String(counts.map { $0 == 0 ? " " : heights[min(7, ($0 * 8 - 1) / most)] })
    }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard case .added(_, let domain?) = context.place,
            let summary = MailPicture(context.content)?.domains.first(where: { $0.domain.name == domain })
        else { return .none }
        return MailDomainsScreen.offer(command, summary)
    }

    static func form(_ context: ScreenContext) -> EntryForm? {
        guard case .added(_, let domain?) = context.place else { return nil }
        return EntryForm(
            "add a rule to the draft", ["email", "rule", "add", domain],
            [
                EntryForm.Field(id: "to", label: "to", placeholder: "support", option: "--to"),
                EntryForm.Field(
                    id: "forward", label: "forward to", placeholder: "ops@dest.example", option: "--forward"),
            ])
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard context.content != nil, case .added(_, let domain?) = context.place else {
            return [StyledLine("reading…", .textMuted)]
        }
        return [
            StyledLine("No rule: all mail of this domain is refused.", .textStrong), StyledLine(),
            StyledLine("  :email rule add \(Words.text(domain)) --to info --forward ops@dest.example", .textKey),
        ]
    }
}

extension MailRule {
    /// Enabled, and not expired.
    fileprivate func isOn(at now: Timestamp) -> Bool { enabled && expires.map { now < $0 } ?? true }
}
