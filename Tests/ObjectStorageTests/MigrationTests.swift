import FoundationEssentials
import Glibc
import ImageFolders
import ImageSourcing
import LedgerSQLite
import ObjectStorage
import TestKit
import Testing

/// Whole migrations from a real S3 server: what the store holds at the end, and that every object is accounted for.
@Suite(.timeLimit(.minutes(5)), .enabled(if: ObjectStoreTools.isInstalled)) struct MigrationTests {
    /// A ledger in a folder of its own, and runs on it.
    private struct Run {
        let directory: TemporaryDirectory
        let ledger: SQLiteLedger

        init() throws {
            directory = try TemporaryDirectory("images")
            ledger = try SQLiteLedger(directory.path("ledger.sqlite"))
        }

        func engine(
            _ id: Int, from source: S3Client, to target: any ImageTarget, transfers: Int = 16,
            _ settings: MigrationSettings = MigrationSettings(),
            observe: @escaping @Sendable (Progress) -> Void = { _ in }
        ) throws -> MigrationEngine {
            let begun = try ledger.run(id) ?? LedgerRun(id: id)
            if try ledger.run(id) == nil { try ledger.begin(begun) }
            return try MigrationEngine(
                source: S3Source(source), target: target, ledger: ledger, run: begun, settings: settings,
                tuning: Tuning(transfers: transfers),
                surroundings: MigrationEngine.Surroundings(
                    clock: FastClock(10), date: StoreRig.now, processorTime: { .zero }, random: { 0.5 }),
                encode: { "\($0.phase)" }, observe: observe)
        }

        /// Counts by fate; listed is always their sum.
        func tally(_ id: Int, listed: Int) throws -> Tally {
            let tally = try ledger.tally(of: id)
            #expect(tally.listed.objects == listed)
            let parts = [tally.imported, tally.kept, tally.skipped, tally.failed, tally.pending]
            #expect(parts.map(\.objects).reduce(0, +) == listed)
            return tally
        }
    }

    private static func name(_ number: Int) -> ObjectKey { ObjectKey("press/\(number % 7)/a b+\(number).png") }

    private static func image(_ number: Int) -> [UInt8] {
        SampleImage.png(width: 3 + number % 50, height: 5, seed: UInt8(number % 251))
    }

    /// So many images, and a damaged one, a note and an empty one besides.
    private static func fill(_ client: S3Client, images: Int) async throws {
        let target = S3Target(client)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<images {
                group.addTask {
                    _ = try await target.put(
                        name(number), ImageContent(.bytes(image(number)), format: .png), .always)
                }
            }
            try await group.waitForAll()
        }
        for (key, bytes) in [
            ("press/cut.png", Array(image(1).dropLast(3))), ("press/note.png", Array("a note".utf8)),
            ("press/empty.png", []),
        ] { _ = try await target.put(ObjectKey(key), ImageContent(.bytes(bytes), format: .png), .always) }
    }

    @Test func aBucketBecomesAnotherBucketAndASecondRunMovesOnlyWhatIsNew() async throws {
        let from = try await StoreRig.weedBucket("migrate-from")
        let to = try await StoreRig.weedBucket("migrate-to")
        try await Self.fill(from, images: 60)
        // Somebody's own image under a name that is to come.
        try await StoreRig.put("mine", as: Self.name(5), in: to)
        let run = try Run()
        #expect(try await run.engine(1, from: from, to: S3Target(to)).run().phase == .completed)
        var tally = try run.tally(1, listed: 63)
        #expect(tally.imported.objects == 59 && tally.kept.objects == 1 && tally.skipped.objects == 3)
        #expect(tally[.skipped(.truncated)].objects == 1 && tally[.skipped(.notAnImage)].objects == 1)
        #expect(tally[.skipped(.empty)].objects == 1)
        #expect(try await StoreRig.text(of: Self.name(5), in: to) == "mine")
        for number in [0, 1, 31, 59] {
            #expect(try await S3Source(to).open(Self.name(number)).everything() == Self.image(number))
        }
        #expect(try await StoreRig.keys(of: to).count == 60)

        for number in 60..<63 {
            _ = try await S3Target(from).put(
                Self.name(number), ImageContent(.bytes(Self.image(number)), format: .png), .always)
        }
        #expect(try await run.engine(2, from: from, to: S3Target(to)).run().phase == .completed)
        tally = try run.tally(2, listed: 66)
        #expect(tally.imported.objects == 3)
        #expect(tally[.skipped(.unchanged)].objects == 59)
    }

    @Test func overwritingIsAPolicy() async throws {
        let from = try await StoreRig.weedBucket("overwrite-from")
        let to = try await StoreRig.weedBucket("overwrite-to")
        try await Self.fill(from, images: 5)
        try await StoreRig.put("mine", as: Self.name(3), in: to)
        let run = try Run()
        let settings = MigrationSettings(overwrite: .always)
        #expect(try await run.engine(1, from: from, to: S3Target(to), settings).run().phase == .completed)
        #expect(try run.tally(1, listed: 8).imported.objects == 5)
        #expect(try await S3Source(to).open(Self.name(3)).everything() == Self.image(3))
    }

    @Test func aBucketBecomesAFolder() async throws {
        let from = try await StoreRig.weedBucket("folder-from")
        try await Self.fill(from, images: 20)
        let run = try Run()
        let target = try FolderTarget(run.directory.path)
        #expect(try await run.engine(1, from: from, to: target).run().phase == .completed)
        #expect(try run.tally(1, listed: 23).imported.objects == 20)
        #expect(try run.directory.bytes("press/3/a b+10.png") == Self.image(10))
    }

    /// Some answers are a 503, some are cut, some never come: all of it is tried again, and nothing is lost or doubled.
    @Test func troublesOnTheWayCostNothingButTime() async throws {
        let from = try await StoreRig.weedBucket("rough-from")
        let to = try await StoreRig.weedBucket("rough-to")
        try await Self.fill(from, images: 60)
        var cut = FaultProxy.Fault(.cut, every: 13, methods: "GET", path: "press")
        cut.times = 10
        var refused = FaultProxy.Fault(.refuse, every: 17)
        refused.times = 10
        var busy = FaultProxy.Fault(.status, every: 10)
        busy.times = 15
        let proxy = try await FaultProxy.start(before: try await StoreRig.weed.value.address, [cut, refused, busy])
        let run = try Run()
        let engine = try run.engine(
            1, from: try await StoreRig.weedClient("rough-from", through: proxy.url),
            to: S3Target(try await StoreRig.weedClient("rough-to", through: proxy.url)))
        #expect(await engine.run().phase == .completed)
        let done = try await proxy.done()
        for kind in ["status", "cut", "refuse"] { #expect(done[kind] ?? 0 > 0, "\(done)") }
        // Whoever had bad luck five times waits for another try; by then the way is clear.
        let unlucky = try run.tally(1, listed: 63).failed.objects
        #expect(unlucky <= 3)
        try await proxy.set([])
        _ = try run.ledger.reopen([.throttled, .cut, .unavailable, .targetError], of: 1)
        let second = try run.engine(1, from: from, to: S3Target(to))
        #expect(await second.run().phase == .completed)
        #expect(try run.tally(1, listed: 63).imported.objects == 60)
        #expect(Set(try await StoreRig.keys(of: to)) == Set((0..<60).map(Self.name)))
    }

    @Test func wrongKeysStopARunBeforeItTouchesAnything() async throws {
        let from = try await StoreRig.weedBucket("denied-from")
        let to = try await StoreRig.weedBucket("denied-to")
        try await Self.fill(from, images: 3)
        let stranger = try await StoreRig.weedClient(
            "denied-from", credentials: S3Credentials(keyID: SeaweedFS.keyID, secret: "nottheone"))
        let run = try Run()
        let end = try await run.engine(1, from: stranger, to: S3Target(to)).run()
        #expect(end.phase == .failed)
        #expect(end.cause?.contains("secret key is wrong") == true)
        #expect(try await StoreRig.keys(of: to).isEmpty)
        #expect(try await run.engine(1, from: from, to: S3Target(to)).run().phase == .completed)
        #expect(try run.tally(1, listed: 6).imported.objects == 3)
    }

    @Test func aPausedRunGoesOnWhereItWas() async throws {
        let from = try await StoreRig.weedBucket("pause-from")
        let to = try await StoreRig.weedBucket("pause-to")
        try await Self.fill(from, images: 80)
        let run = try Run()
        let engine = try run.engine(1, from: from, to: S3Target(to), transfers: 1)
        async let ended = engine.run()
        try await eventually(within: .seconds(60), "some objects at the target") {
            try await StoreRig.keys(of: to).count > 5
        }
        await engine.pause()
        #expect(await ended.phase == .paused)
        let paused = try run.ledger.tally(of: 1)
        #expect(paused.pending.objects > 0 && paused.imported.objects > 5)
        #expect(try await StoreRig.keys(of: to).count == paused.imported.objects)
        #expect(try await run.engine(1, from: from, to: S3Target(to)).run().phase == .completed)
        #expect(try run.tally(1, listed: 83).imported.objects == 80)
    }

    /// A source that goes away half way fails the run and not its objects; what is left waits.
    @Test func aSourceThatVanishesLeavesTheRestWaiting() async throws {
        let to = try await StoreRig.weedBucket("vanish-to")
        let from = try await StoreRig.weedBucket("vanish-from")
        try await Self.fill(from, images: 60)
        let proxy = try await FaultProxy.start(before: try await StoreRig.weed.value.address)
        let run = try Run()
        let engine = try run.engine(
            1, from: try await StoreRig.weedClient("vanish-from", through: proxy.url), to: S3Target(to), transfers: 1)
        async let ended = engine.run()
        try await eventually(within: .seconds(60), "some objects at the target") {
            try await StoreRig.keys(of: to).count > 5
        }
        try await proxy.stop()
        _ = await ended
        #expect(try await run.engine(1, from: from, to: S3Target(to)).run().phase == .completed)
        let tally = try run.tally(1, listed: 63)
        #expect(tally.imported.objects + tally.failed.objects == 60)
        _ = try run.ledger.reopen([.unreachable, .cut], of: 1)
        #expect(try await run.engine(1, from: from, to: S3Target(to)).run().phase == .completed)
        #expect(try run.tally(1, listed: 63).imported.objects == 60)
    }

    /// Killed again and again, each time somewhere else: in the end ledger, listing and target agree exactly.
    @Test func aKilledProcessLosesAndDoublesNothing() async throws {
        let from = try await StoreRig.weedBucket("kill-from")
        let to = try await StoreRig.weedBucket("kill-to")
        try await Self.fill(from, images: 300)
        let directory = try TemporaryDirectory("images")
        let weed = try await StoreRig.weed.value
        let arguments = [
            directory.path("ledger.sqlite"), weed.url, "kill-from", "bucket", "kill-to", "--transfers", "8",
        ]
        let keys = ["IMAGEMOVER_KEYS": "\(SeaweedFS.keyID):\(SeaweedFS.secret)"]
        let program = try Checkout.program("imagemover")
        var kills = 0
        for round in 1...12 {
            let mover = try ChildProcess(program, arguments, environment: keys)
            let wanted = min(round * 25, 290)
            let isThere: Bool = try await eventually(within: .seconds(60), "\(wanted) objects at the target") {
                if !mover.isRunning { return .some(false) }
                return try await StoreRig.keys(of: to).count >= wanted ? .some(true) : nil
            }
            mover.signal(SIGKILL)
            try await mover.wait()
            if isThere { kills += 1 }
        }
        #expect(kills >= 8)
        let last = try await ChildProcess.run(program, arguments, environment: keys, within: .seconds(120))
        #expect(last.exit.isSuccess, "\(last.errors)")
        #expect(
            last.output.contains(
                #""failed":0,"imported":300,"kept":0,"listed":303,"pending":0,"skipped":3"#), "\(last.output)")
        #expect(Set(try await StoreRig.keys(of: to)) == Set((0..<300).map(Self.name)))
    }
}

extension TemporaryDirectory {
    fileprivate func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }
}
