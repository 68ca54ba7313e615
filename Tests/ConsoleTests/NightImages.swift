import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import Testing

@testable import Console

/// Images as a console meets them: sources, targets, runs good and bad.
extension NightShift {
    /// Two sources, two targets; runs that are completed, aborted, under way and interrupted.
    static func withImages() throws -> NightShift {
        let shift = try NightShift.withShop()
        let plane = shift.plane()
        func put(_ role: ImageStore.Role, _ label: String, _ place: ImageStore.Place, _ credentials: String? = nil)
            throws
        {
            _ = try plane.putImageStore(
                role, name(label), replacing: false, isRunning: { _ in false }, { _ in (place, credentials) })
        }
        let bucket = ImageStore.Bucket(
            "press-photos", prefix: "2024/", endpoint: "https://s3.example.com", region: "eu-1")
        try put(.source, "press", .s3(bucket), "env:PRESS_KEYS")
        try put(.source, "archive", .folder("/srv/photos"))
        try put(.target, "media", .cloudflare(.init("0123abcd")), "command:print the token")
        try put(.target, "disk", .folder("/srv/media"))
        func run(_ source: String, _ target: String, _ phase: MigrationMachine.Phase, _ facts: ImageRunFacts) throws {
            let filter = KeyFilter(prefix: source == "press" ? "sport/" : "")
            let run = try plane.beginImageRun(
                from: name(source), to: name(target), MigrationSettings(filter: filter), .standard, manifest: nil)
            try plane.noteImageRun(run.id, phase, cause: nil)
            shift.ledgers.withLock { $0[run.id] = facts }
            shift.advance(seconds: 1_800)
        }
        let failed = [("a/first.jpg", Reason.throttled, 3), ("b/über \u{1B}[2J.png", .timedOut, 1)].map {
            LedgerRow(
                SourceObject(ObjectKey($0), size: 48_000), fate: ObjectFate($1), attempts: $2, run: 2)
        }
        let counts: [ObjectFate: Tally.Count] = [
            .imported(replaced: false): .init(objects: 5_200, bytes: 201_000_000),
            .imported(replaced: true): .init(objects: 12, bytes: 430_000), .kept: .init(objects: 40, bytes: 1_600_000),
            .skipped(.notAnImage): .init(objects: 21, bytes: 90_000),
            .skipped(.truncated): .init(objects: 7, bytes: 320_000),
            .skipped(.excluded): .init(objects: 300, bytes: 11_000_000),
            .failed(.timedOut): .init(objects: 3, bytes: 140_000),
            .failed(.throttled): .init(objects: 2, bytes: 96_000),
        ]
        let waiting: [ObjectFate: Tally.Count] = [.pending: .init(objects: 4_415, bytes: 168_000_000)]
        let all = Tally([.imported(replaced: false): .init(objects: 1_200, bytes: 48_000_000)])
        try run("archive", "disk", .completed, ImageRunFacts(tally: all))
        try run("press", "media", .aborted, ImageRunFacts(tally: Tally(counts), failed: failed))
        try run(
            "press", "media", .running, ImageRunFacts(tally: Tally(counts.merging(waiting) { $1 }), isRunning: true))
        shift.goOn(3, perSecond: 812, listed: 10_000)
        try run("archive", "media", .listing, ImageRunFacts(tally: all))
        return shift
    }

    /// A run that is under way says how it stands now.
    func goOn(_ run: Int, perSecond: Double, listed: Int) {
        ledgers.withLock { ledgers in
            guard var facts = ledgers[run], var tally = facts.tally else { return }
            tally.counts[.pending, default: .init()].objects += listed - tally.listed.objects
            facts.tally = tally
            let at = (facts.progress?.at ?? now.milliseconds) + 1_000
            facts.progress = Progress(
                phase: .running, pass: 1, transfers: 32, underWay: 30, objectsPerSecond: perSecond,
                bytesPerSecond: perSecond * 38_000, limiter: .source, at: at, secondsLeft: 4_415 / perSecond)
            ledgers[run] = facts
        }
    }
}
