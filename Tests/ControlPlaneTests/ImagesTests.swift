import ControlPlane
import EdgeModel
import EdgePlan
import ImageSourcing
import StoreContract
import Testing

@Suite("Sources, targets and runs of images") struct ImagesTests {
    let account: Account

    init() throws {
        account = try Account()
        try put(.source, "press", .s3(.init("photos", prefix: "2024/")), credentials: "env:PRESS_KEYS")
        try put(.target, "media", .folder("/srv/media"))
    }

    @discardableResult
    private func put(
        _ role: ImageStore.Role, _ store: String, _ place: ImageStore.Place, credentials: String? = nil,
        replacing: Bool = false, isRunning: (ImageRun) -> Bool = { _ in false }
    ) throws -> ImageStore {
        try account.plane().putImageStore(role, name(store), replacing: replacing, isRunning: isRunning) { _ in
            (place, credentials)
        }
    }

    private func begin(_ settings: MigrationSettings = MigrationSettings()) throws -> ImageRun {
        try account.plane().beginImageRun(
            from: name("press"), to: name("media"), settings, .standard, manifest: nil)
    }

    @Test func storesAreKeptByRoleAndName() throws {
        let plane = account.plane()
        try put(.source, "media", .folder("/srv/other"))
        #expect(try plane.imageStores(.source).map(\.name) == ["media", "press"])
        #expect(try plane.imageStores(.target).map(\.address) == ["/srv/media"])
        let press = try plane.imageStore(.source, named: name("press"))
        #expect(press.prefix == "2024/" && press.credentials == "env:PRESS_KEYS" && press.author == "ada")
        #expect(refusal { _ = try plane.imageStore(.target, named: name("press")) }?.code == .notFound)
        #expect(refusal { try put(.source, "press", .folder("/x")) }?.code == .exists)
    }

    @Test func anEditKeepsWhenItWasMade() throws {
        let old = try account.plane().imageStore(.source, named: name("press"))
        account.advance(seconds: 60)
        let new = try put(.source, "press", .folder("/srv/press"), replacing: true)
        #expect(new.createdAt == old.createdAt && new.updatedAt == old.updatedAt + 60_000 && new.credentials == nil)
        #expect(refusal { try put(.source, "nobody", .folder("/x"), replacing: true) }?.code == .notFound)
    }

    @Test func aStoreIsLeftAloneWhileARunOfItIsUnderWay() throws {
        let run = try begin()
        let isRunning = { (other: ImageRun) in other.id == run.id }
        let edited = refusal { try put(.source, "press", .folder("/x"), replacing: true, isRunning: isRunning) }
        #expect(edited?.code == .refused && edited?.remedy == "signalbox images pause \(run.id)")
        for (role, store) in [(ImageStore.Role.source, "press"), (.target, "media")] {
            #expect(
                refusal { try account.plane().removeImageStore(role, name(store), isRunning: isRunning) }?.code
                    == .refused)
        }
        // Nobody works on it.
        try account.plane().removeImageStore(.target, name("media"), isRunning: { _ in false })
        #expect(try account.plane().imageStores(.target).isEmpty)
    }

    /// Both have one ledger, and whether somebody works on it is all that is seen.
    @Test func theNewestRunOfAPairIsTheOneUnderWay() throws {
        try account.plane().noteImageRun(try begin().id, .completed, cause: nil)
        let newest = try begin().id
        let refused = refusal {
            try account.plane().removeImageStore(.source, name("press"), isRunning: { _ in true })
        }
        #expect(refused?.remedy == "signalbox images pause \(newest)")
    }

    @Test func aRunHasTheSourcesPathBeforeItsOwnPrefix() throws {
        let run = try begin(MigrationSettings(filter: KeyFilter(prefix: "shop/")))
        #expect(run.id == 1 && run.settings.filter.prefix == "2024/shop/" && run.wish == .run && run.phase == .listing)
        #expect(try account.plane().imageRuns() == [run])
    }

    @Test func oneRunOfAPairIsOpenAtATime() throws {
        let first = try begin()
        let second = refusal { _ = try begin() }
        #expect(second?.code == .refused && second?.remedy == "signalbox images resume \(first.id)")
        try account.plane().noteImageRun(first.id, .failed, cause: "no route")
        #expect(refusal { _ = try begin() }?.code == .refused)
        try account.plane().noteImageRun(first.id, .completed, cause: nil)
        #expect(try begin().id == 2)
    }

    @Test func wishesAreChangesOfSomebodyAndNotesAreNot() throws {
        let run = try begin()
        let before = try account.plane().auditEntries(last: nil).count
        try account.plane().noteImageRun(run.id, .running, cause: nil)
        #expect(try account.plane().auditEntries(last: nil).count == before)
        let changed = try account.plane(as: "grace").changeImageRun(run.id, "pause") { $0.wish = .pause }
        #expect(changed.wish == .pause && changed.phase == .running)
        #expect(try account.plane().auditEntries(last: nil).count == before + 1)
        #expect(refusal { try account.plane().noteImageRun(9, .running, cause: nil) }?.code == .notFound)
    }

    @Test func anAbortThatComesWhileAPauseIsFinishedIsKept() throws {
        let run = try begin()
        for wish in [ImageRun.Wish.pause, .abort] {
            _ = try account.plane().changeImageRun(run.id, wish.rawValue) { $0.wish = wish }
        }
        try account.plane().noteImageRun(run.id, .paused, cause: nil)
        #expect(try account.plane().imageRun(run.id).phase == .aborted)
        let other = try begin()
        _ = try account.plane().changeImageRun(other.id, "pause") { $0.wish = .pause }
        try account.plane().noteImageRun(other.id, .paused, cause: nil)
        #expect(try account.plane().imageRun(other.id).phase == .paused)
    }

    /// What an older program wrote of a run lacks what is newer.
    @Test func runsOfAnOlderProgramAreRead() throws {
        let run = try begin()
        try account.store.write { tx in
            let text = try tx.settings()["images.run.1"] ?? ""
            #expect(text.contains("activeSVG") && !text.contains("listsOnce"))
        }
        #expect(try account.plane().imageRun(run.id).settings.listsOnce == nil)
    }
}
