internal import EdgeModel
internal import ImageSourcing
internal import TerminalUI

/// One migration: how it goes, what became of its objects by reason, and some of those that failed. The counts add up to
/// what was listed.
enum ImageRunScreen: ListScreen {
    private static let object = "object "

    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("what", "WHAT", .content(8, 24), priority: 9),
            Column("objects", "OBJECTS", .content(7, 10), right: true, priority: 8),
            Column("note", "", .rest(24), priority: 9),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        guard let run = context.content?.images?.runs.first else { return [] }
        return head(run, context) + (run.facts.tally.map { sums($0, context) } ?? []) + failures(run)
    }

    // MARK: how it goes

    private static func head(_ run: ImagesContent.Run, _ context: ScreenContext) -> [Row] {
        let settings = run.run.settings
        var state = StyledLine(Words.text(run.state), run.ink, .bold)
        if run.facts.isRunning, run.run.wish != .run {
            state.append("  will \(Words.text(run.run.wish.rawValue)) when what is under way is finished", .statusWarn)
        }
        if let cause = run.cause { state.append("  \(Words.line(cause))", .text) }
        let started = Words.age(Timestamp(milliseconds: run.run.startedAt), at: context.now)
        var what: TerminalText =
            "\(Words.text(run.run.source)) → \(Words.text(run.run.target))  overwrite \(Words.text(settings.overwrite.rawValue))"
        if !settings.filter.prefix.isEmpty { what += "  below \(Words.text(settings.filter.prefix))" }
        if !settings.filter.include.isEmpty {
            what += "  only \(Words.text(settings.filter.include.joined(separator: " ")))"
        }
        if !settings.filter.exclude.isEmpty {
            what += "  not \(Words.text(settings.filter.exclude.joined(separator: " ")))"
        }
        var rows: [Row] = [
            fact("state", state), fact("images", StyledLine(what)),
            run.pace.map { fact("pace", StyledLine($0, .textNumber)) },
            fact("started", StyledLine("\(started) ago by \(Words.text(run.run.author))", .textMuted)),
        ].compactMap(\.self)
        if !run.rates.isEmpty {
            let line = Sparkline(run.rates, isStale: !run.facts.isRunning).line(width: 48)
            let top = Words.rate(run.rates.max() ?? 0)
            rows.append(fact("objects/s", line + StyledLine("  at most \(top)", .textMuted)))
        }
        rows.append(fact("report", StyledLine("signalbox images report \(run.run.id)", .textKey)))
        return rows
    }

    private static func fact(_ name: TerminalText, _ line: StyledLine) -> Row {
        Row(
            "fact \(name.string)",
            [StyledLine(name, .textMuted), StyledLine(), line])
    }

    // MARK: what became of them

    private static func sums(_ tally: Tally, _ context: ScreenContext) -> [Row] {
        func row(
            _ id: String, _ name: TerminalText, _ ink: Role, _ count: Tally.Count, _ note: TerminalText = .empty
        ) -> Row {
            Row(
                id,
                [
                    StyledLine(name, ink), StyledLine("\(count.objects)", .textNumber),
                    StyledLine(Words.bytes(count.bytes).fitted(to: 8, .right), .textNumber)
                        + StyledLine(
                            "\(Words.share(count.objects, of: tally.listed.objects).fitted(to: 8, .right))  \(note)",
                            .textMuted),
                ])
        }
        func reasons(_ wanted: Bool, _ ink: Role) -> [Row] {
            Reason.allCases.filter { $0.isFailure == wanted && tally[ObjectFate($0)].objects > 0 }.map {
                row($0.rawValue, "  \(Words.text($0.rawValue))", ink, tally[ObjectFate($0)])
            }
        }
        let replaced = tally[.imported(replaced: true)].objects
        let hasFailed = tally.failed.objects > 0
        return [
            row("listed", "listed", .textStrong, tally.listed, "the sum of these"),
            row("imported", "imported", .statusOk, tally.imported, replaced > 0 ? "\(replaced) replaced" : .empty),
            row("kept", "kept", .text, tally.kept, "the target had them"),
            row("skipped", "skipped", .text, tally.skipped),
        ] + reasons(false, .textMuted) + [
            row(
                "failed", "failed", hasFailed ? .statusBad : .text, tally.failed,
                hasFailed ? "\(context.keys.key(.retry)) tries them again" : .empty)
        ] + reasons(true, .statusBad) + [row("waiting", "waiting", .text, tally.pending)]
    }

    private static func failures(_ run: ImagesContent.Run) -> [Row] {
        run.facts.failed.map { row in
            let tries = row.attempts > 1 ? "  \(row.attempts) times" as TerminalText : .empty
            return Row(
                object + row.object.key.description,
                [
                    StyledLine("✗ ", .statusBad) + StyledLine(Words.text(row.fate.reason?.rawValue ?? ""), .textMuted),
                    StyledLine(), StyledLine(Words.text(row.object.key.description)) + StyledLine(tries, .textMuted),
                ])
        }
    }

    // MARK: what can be done

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard let run = context.content?.images?.runs.first else { return .none }
        // On a reason it is about that one.
        let reason = id.flatMap { Reason(rawValue: $0) }
        return ImageOffers.offer(command, run, reason: reason?.isFailure == true ? reason : nil, context.keys)
    }

    static func label(_ action: Action) -> TerminalText? { ImageOffers.label(action) }

    static func copied(_ id: String, _ context: ScreenContext) -> [String]? {
        guard !id.hasPrefix(object), let run = context.content?.images?.runs.first else { return nil }
        return ["images", "report", "\(run.run.id)"]
    }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] { [StyledLine("reading…", .textMuted)] }
}
