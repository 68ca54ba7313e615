import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import TerminalUI
import TestKit
import Testing

@testable import Console

/// Sources, targets and migrations of images, as somebody at the console meets them.
struct ImageScreenTests {
    private static let places = ["images", "images/3", "images/2", "sources", "targets", "sources/press"]
    private static let forms = [("images", "over-images-add"), ("sources", "over-sources-add")]
    static let goldens =
        (places + forms.map(\.1)).flatMap { place in
            ScreenGoldenTests.sizes.map { ScreenGoldenTests.file(place, $0) }
        } + ["images", "sources", "targets"].map { ScreenGoldenTests.file("\($0)-empty", ScreenGoldenTests.sizes[0]) }

    @Test(arguments: places)
    func screensAreAsTheyWere(path: String) async throws {
        let shift = try NightShift.withImages()
        for size in ScreenGoldenTests.sizes {
            let console = try await shift.operatorAt(path, size: size)
            try Golden.check(ScreenText.of(console.simulator.frame), ScreenGoldenTests.file(path, size))
        }
    }

    @Test(arguments: forms)
    func formsAreAsTheyWere(path: String, golden: String) async throws {
        let shift = try NightShift.withImages()
        for size in ScreenGoldenTests.sizes {
            var console = try await shift.operatorAt(path, size: size)
            try await console.press("+")
            try Golden.check(ScreenText.of(console.simulator.frame), ScreenGoldenTests.file(golden, size))
        }
    }

    @Test(arguments: ["images", "sources", "targets"])
    func emptyOnesSayWhatNow(path: String) async throws {
        let size = ScreenGoldenTests.sizes[0]
        let console = try await NightShift.withShop().operatorAt(path, size: size)
        #expect(console.screen.contains(":images "))
        try Golden.check(ScreenText.of(console.simulator.frame), ScreenGoldenTests.file("\(path)-empty", size))
    }

    @Test func whatBecameOfThemAddsUp() async throws {
        let console = try await NightShift.withImages().operatorAt(
            "images/3", size: TerminalSize(columns: 140, rows: 40))
        let rows = console.simulator.model.screen.rows.rows
        func count(_ ids: [String]) throws -> Int {
            try rows.filter { ids.contains($0.id) }.reduce(0) { $0 + (try #require(Int($1.cells[1].text.string))) }
        }
        #expect(try count(["listed"]) == 10_000)
        #expect(try count(["imported", "kept", "skipped", "failed", "waiting"]) == 10_000)
        #expect(try count(["excluded", "not-an-image", "truncated"]) == count(["skipped"]))
        #expect(try count(["timed-out", "throttled"]) == count(["failed"]))
    }

    // MARK: keys

    @Test func oneKeyPausesAndGoesOn() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images")
        #expect(console.rows.count == 4)
        try await console.press("o Esc")
        try await console.press("j o")
        #expect(console.message.contains("run 3 will pause"))
        #expect(shift.commands.withLock(\.self) == [["images", "resume", "4"], ["images", "pause", "3"]])
        try await console.press("@")
        #expect(console.screen.contains("signalbox images pause 3"))
    }

    @Test func anEndIsTypedAndWhatIsAtItsEndHasNone() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3")
        try await console.press("A")
        #expect(console.dialog?.id == "typed")
        #expect(console.screen.contains("= signalbox images abort 3"))
        await console.wait(500)
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.count) == 0)
        await console.type("run 3")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self) == [["images", "abort", "3"]])
        console = try await shift.operatorAt("images/1")
        try await console.press("A")
        #expect(console.dialog == nil)
        #expect(console.message.contains("run 1 is completed"))
    }

    @Test func failedOnesAreTriedAgainByReason() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3", size: TerminalSize(columns: 120, rows: 40))
        try await console.press("r")
        #expect(console.message.contains("under way"))
        console = try await shift.operatorAt("images/2", size: TerminalSize(columns: 120, rows: 40))
        try await console.press("r Esc G k k k")
        #expect(console.simulator.model.screen.selected == "throttled")
        try await console.press("r")
        #expect(
            shift.commands.withLock(\.self) == [
                ["images", "retry", "2"], ["images", "retry", "2", "--reason", "throttled"],
            ])
    }

    @Test func whoOnlyReadsChangesNothing() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3", readOnly: true)
        try await console.press("o A + r")
        #expect(console.dialog == nil)
        #expect(shift.commands.withLock(\.count) == 0)
        try await console.press(":")
        await console.type("images survey press")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self) == [["images", "survey", "press"]])
    }

    @Test func theReportIsCopied() async throws {
        var console = try await NightShift.withImages().operatorAt("images/3")
        try await console.press("y")
        #expect(console.simulator.copied.last == "signalbox images report 3")
        console = try await NightShift.withImages().operatorAt("images")
        try await console.press("j y")
        #expect(console.simulator.copied.last == "signalbox images report 3")
    }

    // MARK: going on

    @Test func aRunThatGoesOnIsFollowedWhileSomebodyLooks() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3", size: TerminalSize(columns: 120, rows: 40))
        #expect(console.screen.contains("812/s"))
        shift.goOn(3, perSecond: 406, listed: 10_100)
        await console.wait(1_100)
        #expect(console.screen.contains("406/s"))
        #expect(console.screen.contains("10100"))
        #expect(console.screen.contains("█▄"), "its rates as a line")
        try await console.press("z")
        shift.goOn(3, perSecond: 77, listed: 10_200)
        await console.wait(1_100)
        #expect(!console.screen.contains("77/s"), "the display is paused")
        try await console.press("z")
        await console.wait(1_100)
        #expect(console.screen.contains("77/s"))
        try await console.press("g n")
        let reads = shift.ledgerReads.withLock(\.self)
        await console.wait(5_000)
        #expect(shift.ledgerReads.withLock(\.self) == reads, "nobody looks any more")
    }

    @Test func formsMakeTheCommandsOfTheirVerbs() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("sources")
        try await console.press("+")
        await console.type("wire")
        try await console.press("Tab")
        await console.type("s3://wire/photos/")
        try await console.press("Tab Tab Tab Tab")
        await console.type("env:WIRE_KEYS")
        try await console.press("Enter")
        console = try await shift.operatorAt("sources/press")
        try await console.press("+ Tab Tab")
        await console.type("media")
        try await console.press("Tab Tab Tab Enter")
        #expect(
            shift.commands.withLock(\.self) == [
                ["images", "source", "add", "wire", "--s3", "s3://wire/photos/", "--credentials", "env:WIRE_KEYS"],
                ["images", "survey", "press", "--to", "media", "--overwrite", "never"],
            ])
    }
}

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
