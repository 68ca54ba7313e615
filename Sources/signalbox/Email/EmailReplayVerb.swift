internal import ArgumentParser
internal import ControlPlane
internal import EdgeModel
internal import MailRouting

struct EmailReplayVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show what other rules would have done with past mail; exit 1 when anything.",
        discussion: Examples.text(
            "signalbox email replay --ruleset draft --activity last-7d",
            "signalbox email replay example.com --ruleset 3 --activity 24h --output json",
            before: """
                The activity log keeps envelope, subject, size and verdicts, and no other headers: mail that a condition \
                over those may decide is counted as unknown, not as different.
                """))

    @Argument(help: "The domain; may be left out where one has such rules.") var domain: String?
    @Option(help: ArgumentHelp("Which rules: draft, live or a number.", valueName: "version")) var ruleset = "draft"
    @Option(help: ArgumentHelp("Mail of the last so long, e.g. last-7d.", valueName: "duration")) var activity =
        "last-7d"
    @Option(help: ArgumentHelp("So many messages at most.", valueName: "number")) var limit = 100_000
    @OptionGroup(title: "Global options") var global: GlobalOptions

    /// Differences that people are shown.
    private static let shown = 100

    func validate() throws {
        if MailVersionReference.Selector(ruleset) == nil {
            throw ValidationError("--ruleset takes draft, live or a number.")
        }
        if EmailActivityOptions.milliseconds(activity) == nil {
            throw ValidationError("--activity takes a duration such as last-7d or 24h.")
        }
        if limit < 1 { throw ValidationError("--limit takes a number from 1.") }
    }

    func run() throws {
        let session = try Session(global)
        let mail = try session.mail(.reading)
        let now = TimeText.now()
        let selector = MailVersionReference.Selector(ruleset) ?? .draft
        let name = try domain.map(MailNames.domain) ?? onlyDomain(mail, selector)
        let (plan, version) = try mail.plan(with: MailVersionReference(domain: name, selector: selector))
        let span = Int64(EmailActivityOptions.milliseconds(activity) ?? 0)
        let past = try mail.store.mailLedger.activity(
            MailActivityFilter(domain: name, since: now.advanced(byMilliseconds: -span), limit: limit))
        let replay = MailReplay(past, with: plan, at: now)
        session.output.show(version.label, document(replay, version)) { pieces(replay, version, past.count, session) }
        if !replay.differences.isEmpty { throw ExitCode(1) }
    }

    private func onlyDomain(_ mail: MailControl, _ selector: MailVersionReference.Selector) throws -> String {
        let names = try mail.domains().map(\.domain.name).filter { name in
            let version = try? mail.ruleset(MailVersionReference(domain: name, selector: selector))
            return version != nil
        }
        guard let only = names.first, names.count == 1 else {
            throw ErrorReport(
                names.isEmpty ? .notFound : .usage, at: "email replay --ruleset \(ruleset)",
                names.isEmpty ? "no domain has such rules" : "\(names.count) domains have such rules",
                remedy: names.isEmpty
                    ? "signalbox email domain list" : "signalbox email replay \(names[0]) --ruleset \(ruleset)")
        }
        return only
    }

    private func pieces(
        _ replay: MailReplay, _ version: MailVersion, _ count: Int, _ session: Session
    ) -> [Output.Piece] {
        var pieces = replay.differences.prefix(Self.shown).map { one -> Output.Piece in
            let decided = one.activity.decided
            let before = "\(decided?.outcome.rawValue ?? "-") (\(decided?.rule ?? "no rule"))"
            let after = "\(one.decision.outcome.word.rawValue) (\(one.decision.rule ?? "no rule"))"
            return Output.Piece(
                "\(session.output.time(one.activity.at))  \(decided.map { $0.sender.isEmpty ? "<>" : $0.sender } ?? "-") → \(one.activity.recipient)  \(decided?.content?.subject ?? ""): \(before) → \(after)"
            )
        }
        if replay.differences.count > Self.shown {
            pieces.append(Output.Piece("and \(replay.differences.count - Self.shown) more", .dim))
        }
        let unknown =
            replay.unknown > 0 ? ", \(replay.unknown) decided by headers or content, which the log does not keep" : ""
        pieces.append(
            Output.Piece(
                "\(version.label): \(replay.differences.count) of \(replay.count) messages would have been decided otherwise\(unknown)",
                .strong))
        return pieces
    }

    private func document(_ replay: MailReplay, _ version: MailVersion) -> DocumentValue {
        .object([
            "ruleset": .string(version.label), "messages": .int(replay.count), "unknown": .int(replay.unknown),
            "different": .int(replay.differences.count),
            "differences": .array(
                replay.differences.map { one in
                    .object([
                        "activity": one.activity.document, "outcome": .string(one.decision.outcome.word.rawValue),
                        "rule": one.decision.rule.map { .string($0) },
                    ])
                }),
        ])
    }
}
