internal import EdgeModel
internal import FoundationEssentials
internal import Glibc
internal import ImageSourcing
internal import Synchronization

/// Progress as it is kept in the ledger.
enum ProgressText {
    static let encode: @Sendable (Progress) -> String = { progress in
        guard let data = try? JSONEncoder().encode(progress) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    static func decode(_ text: String) -> Progress? {
        try? JSONDecoder().decode(Progress.self, from: Data(text.utf8))
    }

    /// `listing, 12,000 of 40,000, 812/s, 21 MB/s, limited by the source, 35 s left`
    static func line(_ progress: Progress, _ tally: Tally?) -> String {
        var words = [progress.phase.rawValue]
        if let tally { words.append("\(tally.listed.objects - tally.pending.objects) of \(tally.listed.objects)") }
        words.append("\(Int(progress.objectsPerSecond.rounded()))/s")
        words.append("\(rounded(progress.bytesPerSecond / 1e6)) MB/s")
        words.append("limited by \(progress.limiter)")
        if let left = progress.secondsLeft, left < 1e7 { words.append("\(DurationText.text(Int(left) * 1000)) left") }
        if let tally, tally.failed.objects > 0 { words.append("\(tally.failed.objects) failed") }
        return words.joined(separator: ", ")
    }

    static func rounded(_ number: Double) -> Double { (number * 10).rounded() / 10 }
}

/// Shows how a run goes: on one line of a terminal's standard error, or as lines of JSON on standard output when these
/// were asked for.
final class ProgressPrinter: Sendable {
    private let run: Int
    private let output: Output
    private let isTerminal: Bool
    private let last = Mutex<(at: Int64, wrote: Bool)>((0, false))

    init(run: Int, output: Output) {
        self.run = run
        self.output = output
        isTerminal = isatty(STDERR_FILENO) == 1 && !output.quiet
    }

    func show(_ progress: Progress, _ tally: Tally?) {
        last.withLock { last in
            // Twice a second for eyes, once for programs.
            guard progress.at - last.at >= (output.format == .jsonl ? 1000 : 500) else { return }
            last.at = progress.at
            if output.format == .jsonl {
                output.line(
                    SafeText(json: RunText.document(progress, run, tally), pretty: false))
            } else if isTerminal {
                last.wrote = true
                write("\r\u{1B}[K" + SafeText(ProgressText.line(progress, tally)).text)
            }
        }
    }

    func finish() {
        last.withLock { last in
            if last.wrote { write("\r\u{1B}[K") }
            last.wrote = false
        }
    }

    private func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// A run as people and programs read it.
enum RunText {
    /// `listed = imported + kept + skipped + failed`, and what waits, so that the sum is always right.
    static func pieces(_ tally: Tally) -> [Output.Piece] {
        var facts: [(name: SafeText, value: SafeText)] = [
            ("listed", "\(tally.listed.objects) objects, \(Bytes.text(tally.listed.bytes))"),
            ("imported", "\(tally.imported.objects), of them \(tally[.imported(replaced: true)].objects) replaced"),
            ("kept", "\(tally.kept.objects) that the target had"),
        ]
        if tally.pending.objects > 0 { facts.append(("waiting", "\(tally.pending.objects)")) }
        for (name, wanted) in [("skipped", false), ("failed", true)] {
            let reasons = Reason.allCases.filter { $0.isFailure == wanted && tally[ObjectFate($0)].objects > 0 }
            let words = reasons.map { "\($0.rawValue) \(tally[ObjectFate($0)].objects)" }.joined(separator: ", ")
            let sum = wanted ? tally.failed.objects : tally.skipped.objects
            facts.append((SafeText(name), SafeText(words.isEmpty ? "\(sum)" : "\(sum): \(words)")))
        }
        return Facts.pieces(facts)
    }

    static func document(_ run: ImageRun, _ state: String, _ tally: Tally?, _ progress: Progress?) -> DocumentValue {
        let cause: DocumentValue? = (progress?.cause ?? run.cause).map { .string($0) }
        let bytes: DocumentValue? = run.tuning.bytesPerSecond.map { .int(Int($0)) }
        let objects: DocumentValue? = run.tuning.objectsPerSecond.map { .double($0) }
        let manifest: DocumentValue? = run.manifest.map { .string($0) }
        let started = Timestamp(milliseconds: run.startedAt).description
        return .object([
            "run": .int(run.id), "source": .string(run.source), "target": .string(run.target), "state": .string(state),
            "cause": cause, "prefix": .string(run.settings.filter.prefix),
            "overwrite": .string(run.settings.overwrite.rawValue), "transfers": .int(run.tuning.transfers),
            "bytes_per_second_cap": bytes, "objects_per_second_cap": objects, "manifest": manifest,
            "started_at": .string(started), "author": .string(run.author), "totals": tally.map(totals),
            "progress": progress.map(progressDocument),
        ])
    }

    /// One line of a run that goes on.
    static func document(_ progress: Progress, _ run: Int, _ tally: Tally?) -> DocumentValue {
        .object(["run": .int(run), "totals": tally.map(totals), "progress": progressDocument(progress)])
    }

    static func totals(_ tally: Tally) -> DocumentValue {
        func reasons(_ wanted: Bool) -> DocumentValue {
            .object(
                Reason.allCases.filter { $0.isFailure == wanted && tally[ObjectFate($0)].objects > 0 }.map {
                    DocumentMember($0.rawValue, .int(tally[ObjectFate($0)].objects))
                })
        }
        return .object([
            "listed": .int(tally.listed.objects), "bytes": .int(Int(tally.listed.bytes)),
            "imported": .int(tally.imported.objects), "replaced": .int(tally[.imported(replaced: true)].objects),
            "kept": .int(tally.kept.objects), "skipped": .int(tally.skipped.objects),
            "failed": .int(tally.failed.objects), "waiting": .int(tally.pending.objects),
            "skipped_by_reason": reasons(false), "failed_by_reason": reasons(true),
        ])
    }

    private static func progressDocument(_ progress: Progress) -> DocumentValue {
        .object([
            "phase": .string(progress.phase.rawValue), "pass": .int(progress.pass),
            "transfers": .int(progress.transfers), "under_way": .int(progress.underWay),
            "objects_per_second": .double(ProgressText.rounded(progress.objectsPerSecond)),
            "bytes_per_second": .int(Int(progress.bytesPerSecond)), "limiter": .string(progress.limiter),
            "seconds_left": progress.secondsLeft.map { .int(Int($0)) },
            "at": .string(Timestamp(milliseconds: progress.at).description),
        ])
    }
}

/// Amounts for people.
enum Bytes {
    static func text(_ count: Int64) -> SafeText {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : SafeText("\(ProgressText.rounded(value)) \(units[unit])")
    }
}
