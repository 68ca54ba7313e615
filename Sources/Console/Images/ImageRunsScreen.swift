internal import EdgeModel
internal import ImageSourcing
internal import TerminalUI

/// Migrations of images, the newest first: of all, or of one source or target.
enum ImageRunsScreen: ListScreen {
    static func columns(_ context: ScreenContext) -> [Column] {
        [
            Column("run", "RUN", .content(3, 6), right: true, priority: 9),
            Column("source", "SOURCE", .content(6, 24), priority: 8),
            Column("target", "TARGET", .content(6, 24), priority: 7),
            Column("state", "STATE", .content(11, 11), priority: 9),
            Column("listed", "LISTED", .content(6, 10), right: true, priority: 4),
            Column("imported", "IMPORTED", .content(8, 10), right: true, priority: 8),
            Column("kept", "KEPT", .content(4, 10), right: true, priority: 3),
            Column("skipped", "SKIPPED", .content(7, 10), right: true, priority: 4),
            Column("failed", "FAILED", .content(6, 10), right: true, priority: 7),
            Column("waiting", "WAITING", .content(7, 10), right: true, priority: 3),
            Column("rate", "RATE", .content(4, 8), right: true, priority: 4),
            Column("limiter", "LIMITED BY", .content(7, 10), priority: 4),
            Column("left", "LEFT", .content(4, 6), right: true, priority: 4),
            Column("started", "STARTED", .content(4, 7), right: true, priority: 4),
            Column("author", "BY", .content(4, 20), priority: 2),
        ]
    }

    static func rows(_ context: ScreenContext) -> [Row] {
        (context.content?.images?.runs ?? []).map { row($0, context) }
    }

    private static func row(_ run: ImagesContent.Run, _ context: ScreenContext) -> Row {
        let tally = run.facts.tally
        let progress = run.facts.isRunning ? run.facts.progress : nil
        func count(_ number: Int?, _ ink: Role = .textNumber) -> StyledLine {
            StyledLine(number.map { "\($0)" } ?? "-", number == nil ? .textMuted : ink)
        }
        let failed = tally?.failed.objects
        let started = Timestamp(milliseconds: run.run.startedAt)
        return Row(
            "\(run.run.id)",
            [
                StyledLine("\(run.run.id)", .textStrong), StyledLine(Words.text(run.run.source), .textStrong),
                StyledLine(Words.text(run.run.target), .text), StyledLine(Words.text(run.state), run.ink),
                count(tally?.listed.objects), count(tally?.imported.objects), count(tally?.kept.objects),
                count(tally?.skipped.objects), count(failed, failed ?? 0 > 0 ? .statusBad : .textNumber),
                count(tally?.pending.objects),
                StyledLine(progress.map { "\(Words.rate($0.objectsPerSecond))/s" } ?? .empty, .textNumber),
                StyledLine(progress.map { Words.text($0.limiter) } ?? .empty, .text),
                StyledLine(run.left ?? .empty, .textNumber),
                StyledLine(Words.age(started, at: context.now), .textMuted),
                StyledLine(Words.text(run.run.author), .textMuted),
            ],
            keys: [
                Double(run.run.id), nil, nil, nil, tally.map { Double($0.listed.objects) },
                tally.map { Double($0.imported.objects) }, tally.map { Double($0.kept.objects) },
                tally.map { Double($0.skipped.objects) }, failed.map { Double($0) },
                tally.map { Double($0.pending.objects) }, progress?.objectsPerSecond, nil, progress?.secondsLeft,
                Double(-run.run.startedAt),
            ])
    }

    static func inner(_ id: String, _ context: ScreenContext) -> Place? { .added("images", item: id) }

    static func offer(_ command: Action, _ id: String?, _ context: ScreenContext) -> Offer {
        guard let run = context.content?.images?.runs.first(where: { "\($0.run.id)" == id }) else { return .none }
        return ImageOffers.offer(command, run, context.keys)
    }

    static func label(_ action: Action) -> TerminalText? { ImageOffers.label(action) }

    static func copied(_ id: String, _ context: ScreenContext) -> [String]? { ["images", "report", id] }

    static func form(_ context: ScreenContext) -> EntryForm? { ImageOffers.form(context) }

    static func emptiness(_ context: ScreenContext) -> [StyledLine] {
        guard let images = context.content?.images else { return [StyledLine("reading…", .textMuted)] }
        let add = context.keys.key(.add)
        var lines = [StyledLine("No migration yet.", .textStrong), StyledLine()]
        if images.sources.isEmpty {
            lines.append(StyledLine("  :images source add press --directory /srv/photos", .textKey))
        }
        if images.targets.isEmpty {
            lines.append(StyledLine("  :images target add media --directory /srv/media", .textKey))
        }
        guard let source = images.sources.first, let target = images.targets.first else { return lines }
        let (from, to) = (Words.text(source.name), Words.text(target.name))
        return lines + [
            StyledLine("  :images survey \(from) --to \(to)", .textKey),
            StyledLine("  :images migrate \(from) --to \(to)", .textKey), StyledLine(),
            StyledLine("\(add) asks for the words.", .textMuted),
        ]
    }
}
