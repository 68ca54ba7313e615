import ImageSourcing
import LedgerSQLite
import Synchronization
import TestKit
import Testing

/// What the ledger calls imported is at the target and stays there, whatever happens between the two.
@Suite("Imported is lasting", .timeLimit(.minutes(2))) struct LastingTests {
    private static let gallery = Dictionary(
        uniqueKeysWithValues: (0..<40).map { ("image-\($0).png", SampleImage.png(width: 1 + $0, height: 2)) })

    @Test func nothingIsWrittenDownBeforeTheTargetHasSettled() async throws {
        let target = MemoryStore()
        let rig = try MigrationRig(MemoryStore(Self.gallery), target)
        let engine = try rig.engine(run: 1) { [ledger = rig.ledger] _ in
            let imported = (try? ledger.tally(of: 1).imported.objects) ?? -1
            #expect(imported <= target.state.withLock { $0.settled })
        }
        #expect(await engine.run().phase == .completed)
        #expect(target.state.withLock { $0.settled } == Self.gallery.count)
    }

    /// Stored and not settled: after the trouble it is found at the target, and is ours.
    ///
    /// - Parameter speed: of the clock. A fast one has fates written down while others are under way, a slow one all
    ///   at the end of the pass.
    @Test(arguments: [1000, 1]) func aTargetThatCannotSettleFailsTheRunAndLosesNothing(speed: Int) async throws {
        let isBroken = Mutex(true)
        let target = MemoryStore(fault: { call, _, _ in
            call == .settle && isBroken.withLock { $0 } ? ObjectFailure(.local, "the disk has failed") : nil
        })
        let rig = try MigrationRig(MemoryStore(Self.gallery), target)
        let end = try await rig.engine(run: 1, surroundings: MigrationRig.surroundings(FastClock(speed))).run()
        #expect(end.phase == .failed && end.cause == "the disk has failed")
        #expect(try rig.tally(run: 1).pending.objects == Self.gallery.count)
        isBroken.withLock { $0 = false }
        #expect(try await rig.migrate(run: 1).phase == .completed)
        #expect(try rig.tally(run: 1)[.imported(replaced: false)].objects == Self.gallery.count)
    }

    /// As after a loss of power: a name without bytes, under an object that was under way.
    @Test func aShellThatWeLeftIsFilled() async throws {
        let source = MemoryStore(Self.gallery)
        let target = MemoryStore(["image-0.png": [], "image-9.png": []])
        let rig = try MigrationRig(source, target)
        try rig.ledger.begin(LedgerRun(id: 1))
        let page = try await source.list(ListingRequest())
        _ = try rig.ledger.record(page.objects.map { ($0, nil) }, next: nil, of: 1, revisiting: .init(.never))
        let claimed = try rig.ledger.claim(1, after: nil, of: 1)
        #expect(claimed.first?.object.key == ObjectKey("image-0.png"))
        #expect(try await rig.migrate(run: 1).phase == .completed)
        #expect(target["image-0.png"] == Self.gallery["image-0.png"])
        // Nobody knows of the other one; it is somebody's.
        #expect(try target["image-9.png"] == [] && rig.fates(run: 1)["image-9.png"] == .kept)
    }

    @Test func aLargeImageIsReplacedWhenItChangedAndOnlyThen() async throws {
        let large = SampleImage.jpeg(width: 4000, height: 3000, size: 900_000)
        let smaller = SampleImage.jpeg(width: 4000, height: 3000, size: 800_000)
        for (there, fate) in [(smaller, ObjectFate.imported(replaced: true)), (large, .kept)] {
            let target = MemoryStore(["a.jpg": there])
            let rig = try MigrationRig(MemoryStore(["a.jpg": large]), target)
            try await rig.migrate(run: 1, MigrationSettings(overwrite: .ifChanged))
            #expect(try target["a.jpg"] == large && rig.fates(run: 1)["a.jpg"] == fate)
        }
    }
}

/// One listing and no more, when that is wanted.
@Suite("One listing") struct OneListingTests {
    /// Lists what lies before a place behind it, as SeaweedFS does.
    private struct Unsorted: ObjectSource {
        let store: MemoryStore
        let isReady: @Sendable () async -> Void

        func list(_ request: ListingRequest) async throws(ObjectFailure) -> ListingPage {
            let all = try await store.list(ListingRequest()).objects
            let later = all.filter { $0.key < ObjectKey("k/") }
            guard request.after == nil else {
                await isReady()
                return ListingPage(later, next: nil)
            }
            return ListingPage(all.filter { $0.key >= ObjectKey("k/") }, next: ObjectKey("k/z"))
        }

        func open(_ key: ObjectKey, range: Range<Int64>?, expecting etag: EntityTag?) async throws(ObjectFailure)
            -> ObjectBody
        { try await store.open(key, range: range, expecting: etag) }
    }

    @Test func itIsListedOnceAndWhatCameIsForTheNextRun() async throws {
        let png = SampleImage.png(width: 3, height: 3)
        let source = MemoryStore(["a.png": png])
        let target = MemoryStore(fault: { call, _, _ in
            if call == .put { source["late.png"] = png }
            return nil
        })
        let rig = try MigrationRig(source, target)
        let end = try await rig.migrate(run: 1, MigrationSettings(listsOnce: true))
        #expect(end.phase == .completed && end.pass == 1 && source.state.withLock { $0.listings } == 1)
        #expect(try rig.tally(run: 1).listed.objects == 1 && target["late.png"] == nil)
        try await rig.migrate(run: 2, MigrationSettings(listsOnce: true))
        #expect(target["late.png"] == png)
    }

    @Test func whatIsListedBehindItsPlaceIsNotForgotten() async throws {
        let png = SampleImage.png(width: 3, height: 3)
        let store = MemoryStore(["k/b.png": png, "k/c.png": png, "k-a.png": png])
        let target = MemoryStore()
        let source = Unsorted(store: store) {
            try? await eventually(within: .seconds(30)) { target.state.withLock { $0.puts } == 2 }
        }
        let rig = try MigrationRig(source, target)
        #expect(try await rig.migrate(run: 1, MigrationSettings(listsOnce: true)).phase == .completed)
        #expect(try rig.tally(run: 1).imported.objects == 3 && target["k-a.png"] == png)
    }
}
