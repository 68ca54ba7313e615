import ImageSourcing
import LedgerSQLite
import Synchronization
import TestKit
import Testing

@Suite("Migration engine") struct EngineTests {
    private static func gallery(_ count: Int) -> [String: [UInt8]] {
        var objects: [String: [UInt8]] = [:]
        for i in 0..<count {
            objects["shop/\(i % 7)/image-\(i).png"] = SampleImage.png(width: 3 + i % 5, height: 2, seed: UInt8(i % 251))
        }
        return objects
    }

    @Test func importsEveryImageAndNothingElse() async throws {
        let whole = SampleImage.gallery
        let source = MemoryStore(Dictionary(uniqueKeysWithValues: whole.map { ($0.name, $0.bytes) }))
        source["cut.jpg"] = Array(SampleImage.jpeg(width: 9, height: 9).dropLast(2))
        source["notes.png"] = Array("these are notes".utf8)
        source["empty.gif"] = []
        source["photo.jpg"] = SampleImage.png(width: 1, height: 1)
        let target = MemoryStore()
        let rig = try MigrationRig(source, target)
        let end = try await rig.migrate(run: 1)
        #expect(end.phase == .completed && end.pass == 2)
        let fates = try rig.fates(run: 1)
        for (name, bytes) in whole {
            #expect(fates[name] == .imported(replaced: false) && target[name] == bytes, "\(name)")
        }
        #expect(fates["cut.jpg"] == .skipped(.truncated) && fates["notes.png"] == .skipped(.notAnImage))
        #expect(fates["empty.gif"] == .skipped(.empty) && fates["photo.jpg"] == .imported(replaced: false))
        #expect(target.objects.count == whole.count + 1)
        let photo = try rig.ledger.rows(of: 1, fates: nil, after: ObjectKey("photo.j"), limit: 1)[0]
        #expect(photo.format == .png && photo.flags == .typeMismatch)
        let tally = try rig.tally(run: 1)
        #expect(tally.listed.objects == whole.count + 4 && tally.imported.objects == whole.count + 1)
        #expect(tally.skipped.objects == 3 && tally.failed.objects == 0 && tally.pending.objects == 0)
    }

    @Test func aSecondRunCostsOneListingAndTakesOnlyWhatIsNewOrChanged() async throws {
        let source = MemoryStore(Self.gallery(50))
        let target = MemoryStore()
        let rig = try MigrationRig(source, target)
        try await rig.migrate(run: 1)
        let before = (source.state.withLock { $0 }, target.state.withLock { $0 })
        source["shop/new.png"] = SampleImage.png(width: 1, height: 1)
        source["shop/0/image-0.png"] = SampleImage.png(width: 9, height: 9)
        try await rig.migrate(run: 2, MigrationSettings(overwrite: .ifChanged))
        let after = (source.state.withLock { $0 }, target.state.withLock { $0 })
        #expect(after.0.opens - before.0.opens == 2 && after.1.puts - before.1.puts == 2)
        // One listing found them and another one nothing more.
        #expect(after.0.listings - before.0.listings == 2 && after.1.listings == 0 && after.1.lookUps == 0)
        let tally = try rig.tally(run: 2)
        #expect(tally[.skipped(.unchanged)].objects == 49 && tally[.imported(replaced: true)].objects == 1)
        #expect(
            tally[.imported(replaced: false)].objects == 1
                && target["shop/0/image-0.png"] == source["shop/0/image-0.png"])
        try await rig.migrate(run: 3)
        #expect(source.state.withLock { $0.listings } - after.0.listings == 1)
        #expect(try rig.tally(run: 3)[.skipped(.unchanged)].objects == 51)
    }

    @Test func whatIsThereStaysUnlessThePolicySaysOtherwise() async throws {
        let mine = SampleImage.png(width: 2, height: 2)
        let theirs = SampleImage.gif(width: 1, height: 1)
        for (overwrite, expected, fate) in [
            (MigrationSettings.Overwrite.never, theirs, ObjectFate.kept),
            (.always, mine, .imported(replaced: true)), (.ifChanged, mine, .imported(replaced: true)),
        ] {
            let target = MemoryStore(["a.png": theirs])
            let rig = try MigrationRig(MemoryStore(["a.png": mine]), target)
            try await rig.migrate(run: 1, MigrationSettings(overwrite: overwrite))
            #expect(target["a.png"] == expected, "\(overwrite)")
            #expect(try rig.fates(run: 1)["a.png"] == fate, "\(overwrite)")
        }
    }

    @Test func aStreamedImageThatIsCutNeverBecomesAnObject() async throws {
        let large = SampleImage.jpeg(width: 4000, height: 3000, size: 900_000)
        let source = MemoryStore(["cut.jpg": Array(large.dropLast()), "whole.jpg": large])
        let target = MemoryStore()
        let rig = try MigrationRig(source, target)
        try await rig.migrate(run: 1)
        #expect(target["whole.jpg"] == large && target["cut.jpg"] == nil)
        #expect(try rig.fates(run: 1)["cut.jpg"] == .skipped(.truncated))
    }

    /// Neither a second request nor the rest of the bytes.
    @Test func whatIsNoImageIsNotReadToItsEnd() async throws {
        let source = MemoryStore(["backup.tar": [UInt8](repeating: 7, count: 1 << 20)])
        let rig = try MigrationRig(source, MemoryStore())
        try await rig.migrate(run: 1)
        let state = source.state.withLock { $0 }
        #expect(state.opens == 1 && state.bytesRead <= 64 << 10)
    }

    @Test func passingTroubleIsTriedAgain() async throws {
        // Each object meets both, once: whatever the order, none of them meets more than it may.
        let opened = Mutex(Set<ObjectKey>())
        let source = MemoryStore(Self.gallery(20)) { call, key, _ in
            guard call == .open, opened.withLock({ $0.insert(key).inserted }) else { return nil }
            return ObjectFailure(.unavailable, "500")
        }
        let put = Mutex(Set<ObjectKey>())
        let target = MemoryStore(fault: { call, key, _ in
            guard call == .put, put.withLock({ $0.insert(key).inserted }) else { return nil }
            return ObjectFailure(.throttled, "503", retryAfter: .milliseconds(1))
        })
        let rig = try MigrationRig(source, target)
        let end = try await rig.migrate(run: 1)
        #expect(end.phase == .completed)
        #expect(try rig.tally(run: 1)[.imported(replaced: false)].objects == 20)
    }

    @Test func failuresAreRetriedByReason() async throws {
        let isBroken = Mutex(true)
        let source = MemoryStore(Self.gallery(10)) { call, key, _ in
            guard call == .open, isBroken.withLock({ $0 }) else { return nil }
            if key.description.hasSuffix("3.png") { return ObjectFailure(.timedOut, "too slow") }
            return key.description.hasSuffix("4.png") ? ObjectFailure(.gone, "404") : nil
        }
        let rig = try MigrationRig(source, MemoryStore())
        try await rig.migrate(run: 1)
        #expect(try rig.tally(run: 1).failed.objects == 2)
        isBroken.withLock { $0 = false }
        #expect(try rig.ledger.reopen([.timedOut], of: 1) == 1)
        try await rig.migrate(run: 1)
        let tally = try rig.tally(run: 1)
        #expect(tally[.failed(.gone)].objects == 1 && tally.failed.objects == 1 && tally.imported.objects == 9)
    }

    @Test func aSourceThatGoesEndsTheRunAndItGoesOnLater() async throws {
        let isGone = Mutex(false)
        let objects = Self.gallery(200)
        let source = MemoryStore(objects) { call, _, count in
            if call == .open, count == 40 { isGone.withLock { $0 = true } }
            return isGone.withLock { $0 }
                ? ObjectFailure(.unreachable, "no route", remedy: "Look at the network.") : nil
        }
        let target = MemoryStore()
        let rig = try MigrationRig(source, target)
        let end = try await rig.migrate(run: 1)
        #expect(end.phase == .failed && end.cause == "no route" && end.remedy == "Look at the network.")
        let half = try rig.tally(run: 1)
        #expect(half.failed.objects == 0 && half.pending.objects > 0)
        isGone.withLock { $0 = false }
        source.state.withLock { $0.opens = 1000 }
        #expect(try await rig.migrate(run: 1).phase == .completed)
        #expect(try rig.tally(run: 1).imported.objects == 200 && target.objects.count == 200)
    }

    @Test func pausedAndResumedEveryObjectIsImportedOnce() async throws {
        let source = MemoryStore(Self.gallery(300))
        let running = Mutex<MigrationEngine?>(nil)
        let target = MemoryStore(fault: { call, _, count in
            if call == .put, count % 40 == 39 { await running.withLock { $0 }?.pause() }
            return nil
        })
        let rig = try MigrationRig(source, target)
        var rounds = 0
        while rounds < 50 {
            rounds += 1
            let engine = try rig.engine(run: 1, tuning: Tuning(transfers: 2))
            running.withLock { $0 = engine }
            let end = await engine.run()
            if end.phase == .completed { break }
            #expect(end.phase == .paused)
        }
        #expect(rounds > 1)
        #expect(
            try rig.tally(run: 1)[.imported(replaced: false)].objects == 300 && target.state.withLock { $0.puts } == 300
        )
    }

    @Test func abortLetsWhatIsUnderWayFinish() async throws {
        let source = MemoryStore(Self.gallery(300))
        let target = MemoryStore()
        let rig = try MigrationRig(source, target)
        let engine = try rig.engine(run: 1, tuning: Tuning(transfers: 2))
        async let end = engine.run()
        try await eventually(within: .seconds(60), every: .milliseconds(1)) { target.state.withLock { $0.puts } >= 10 }
        await engine.abort()
        #expect(await end.phase == .aborted)
        let tally = try rig.tally(run: 1)
        #expect(tally.imported.objects == target.objects.count && tally.failed.objects == 0)
    }

    /// With a limit of one object in so long, each transfer would take one more on its way out.
    @Test func whatWaitsForItsTurnIsNotBegunAfterAPause() async throws {
        let target = MemoryStore()
        let rig = try MigrationRig(MemoryStore(Self.gallery(30)), target)
        let clock = HandClock()
        let tuning = Tuning(transfers: 4, objectsPerSecond: 0.1)
        let engine = try rig.engine(run: 1, tuning: tuning, surroundings: MigrationRig.surroundings(clock))
        let isOver = Mutex(false)
        async let end: Progress = {
            let end = await engine.run()
            isOver.withLock { $0 = true }
            return end
        }()
        // All transfers, and who looks at the gauges.
        try await eventually(within: .seconds(60), "one object, and the others waiting") {
            target.objects.count == 1 && clock.sleepers == tuning.transfers + 1
        }
        await engine.pause()
        try await eventually(within: .seconds(60), "the end") {
            clock.advance(by: .milliseconds(250))
            return isOver.withLock { $0 }
        }
        #expect(await end.phase == .paused)
        #expect(target.objects.count == 1 && clock.now.offset < .seconds(10))
        try await rig.migrate(run: 1)
        #expect(try rig.tally(run: 1)[.imported(replaced: false)].objects == 30)
    }

    @Test func aTailPassTakesWhatComesMeanwhile() async throws {
        let source = MemoryStore(Self.gallery(30))
        let target = MemoryStore(fault: { call, _, count in
            if call == .put, count == 20 { source["a-late-one.png"] = SampleImage.png(width: 7, height: 7) }
            return nil
        })
        let rig = try MigrationRig(source, target)
        let end = try await rig.migrate(run: 1)
        #expect(end.phase == .completed && end.pass == 3 && target["a-late-one.png"] != nil)
    }

    @Test func prefixFilterAndTargetPrefixAreFollowed() async throws {
        let source = MemoryStore(Self.gallery(14))
        let target = MemoryStore()
        let rig = try MigrationRig(source, target)
        try await rig.migrate(
            run: 1,
            MigrationSettings(
                filter: KeyFilter(prefix: "shop/1/", exclude: ["*-8.png"]), targetPrefix: "old/"))
        #expect(target.objects.keys.map(\.description) == ["old/shop/1/image-1.png"])
        #expect(try rig.fates(run: 1)["shop/1/image-8.png"] == .skipped(.excluded))
    }

    @Test func aFullTargetEndsTheRunAtOnce() async throws {
        let source = MemoryStore(Self.gallery(60))
        let target = MemoryStore(fault: { call, _, count in
            call == .put && count >= 5 ? ObjectFailure(.quota, "full", remedy: "Buy more.") : nil
        })
        let rig = try MigrationRig(source, target)
        let end = try await rig.migrate(run: 1, tuning: Tuning(transfers: 1))
        #expect(end.phase == .failed && end.cause == "full" && end.limiter == Limiter.quota.rawValue)
        let tally = try rig.tally(run: 1)
        #expect(tally.imported.objects == 5 && tally.failed.objects == 0 && tally.pending.objects == 55)
    }

    /// As after a crash: stored, and not written down.
    @Test func whatACrashLeftBehindIsOursAndNotSomebodyElses() async throws {
        let objects = Self.gallery(8)
        let source = MemoryStore(objects)
        let target = MemoryStore(objects)
        let rig = try MigrationRig(source, target)
        var run = LedgerRun(id: 1)
        try rig.ledger.begin(run)
        let page = try await source.list(ListingRequest())
        _ = try rig.ledger.record(page.objects.map { ($0, nil) }, next: nil, of: 1, revisiting: .init(.never))
        let claimed = try rig.ledger.claim(4, after: nil, of: 1)
        run = try #require(try rig.ledger.run(1))
        #expect(run.claimed == claimed.last?.object.key && run.isListed)
        try await rig.migrate(run: 1)
        let tally = try rig.tally(run: 1)
        #expect(tally.imported.objects == 4 && tally.kept.objects == 4)
    }

    @Test func concurrencyChangesWhileItRuns() async throws {
        let now = Mutex(0)
        let most = Mutex(0)
        let source = MemoryStore(Self.gallery(400)) { call, _, _ in
            guard call == .open else { return nil }
            let count = now.withLock { now in
                now += 1
                return now
            }
            most.withLock { $0 = max($0, count) }
            await Task.yield()
            now.withLock { $0 -= 1 }
            return nil
        }
        let rig = try MigrationRig(source, MemoryStore())
        let engine = try rig.engine(run: 1, tuning: Tuning(transfers: 1))
        async let end = engine.run()
        try await eventually(within: .seconds(60), every: .milliseconds(1)) { source.state.withLock { $0.opens } >= 50 }
        #expect(most.withLock { $0 } == 1)
        await engine.tune(Tuning(transfers: 12))
        #expect(await end.phase == .completed)
        #expect(most.withLock { $0 } > 1)
    }
}
