import FoundationEssentials
import ImageSourcing
import LedgerSQLite
import TestKit
import Testing

@Suite("Ledger") struct LedgerTests {
    private static func object(_ i: Int, etag: String? = nil, size: Int64 = 100) -> SourceObject {
        let number = String(i)
        let key = "key-" + String(repeating: "0", count: 8 - number.count) + number
        return SourceObject(
            ObjectKey(key), size: size, etag: EntityTag(etag ?? "d41d8cd98f00b204e9800998ecf8427e"), modified: 5)
    }

    private static func ledger(_ folder: TemporaryDirectory, run: Int = 1) throws -> SQLiteLedger {
        let ledger = try SQLiteLedger(folder.path + "/ledger")
        if try ledger.run(run) == nil { try ledger.begin(LedgerRun(id: run)) }
        return ledger
    }

    @Test func everyFateComesBackAsItWas() throws {
        let folder = try TemporaryDirectory()
        let ledger = try Self.ledger(folder)
        let fates: [ObjectFate] =
            Reason.allCases.map { ObjectFate($0) } + [
                .pending, .kept, .imported(replaced: true), .imported(replaced: false),
            ]
        let tags = ["d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E", "abc-12", "", "W/\"x\""]
        let rows = fates.enumerated().map { i, fate in
            LedgerRow(
                Self.object(i, etag: tags[i % tags.count]), fate: fate, offset: i % 2 == 0 ? Int64(i) : nil,
                format: ImageFormat.allCases[i % 7], flags: i % 3 == 0 ? [.activeSVG, .ours] : [], attempts: i, run: 1)
        }
        try ledger.settle(rows, of: 1)
        let again = try SQLiteLedger(folder.path + "/ledger", isReadOnly: true)
        #expect(try again.rows(of: 1, fates: nil, after: nil, limit: .max) == rows)
        #expect(
            try again.tally(of: 1).counts
                == Dictionary(fates.map { ($0, Tally.Count(objects: 1, bytes: 100)) }) { a, _ in a })
        #expect(try again.rows(of: 1, fates: [.skipped(.truncated)], after: nil, limit: 10).count == 1)
    }

    /// A page that is written twice, as after a crash between the answer and the next request, counts once.
    @Test func aPageTakenInTwiceCountsOnce() throws {
        let folder = try TemporaryDirectory()
        let ledger = try Self.ledger(folder)
        let page = (0..<10).map { (Self.object($0), $0 == 3 ? Reason.empty : nil) }
        #expect(try ledger.record(page, next: ObjectKey("x"), of: 1, revisiting: .init(.never)) == 9)
        #expect(try ledger.record(page, next: nil, of: 1, revisiting: .init(.never)) == 0)
        let tally = try ledger.tally(of: 1)
        #expect(tally.listed.objects == 10 && tally.pending.objects == 9 && tally.skipped.objects == 1)
        #expect(try ledger.run(1)?.isListed == true && ledger.run(1)?.position == nil)
    }

    /// What a run did not import can be read for ever, whatever later runs make of the same objects.
    @Test func aRunThatWasFollowedKeepsItsFailures() throws {
        let folder = try TemporaryDirectory()
        let ledger = try Self.ledger(folder)
        let fates: [ObjectFate] = [
            .imported(replaced: false), .failed(.timedOut), .skipped(.truncated), .kept, .skipped(.excluded),
            .failed(.gone),
        ]
        try ledger.settle(
            fates.enumerated().map { LedgerRow(Self.object($0.offset), fate: $0.element, offset: 7, run: 1) }, of: 1)
        try ledger.begin(LedgerRun(id: 2))
        // The last one is not listed any more, and all others are well now.
        _ = try ledger.record(
            (0..<5).map { (Self.object($0, etag: "new"), nil) }, next: nil, of: 2, revisiting: .init(.always))
        let rows = try ledger.rows(of: 1, fates: nil, after: nil, limit: 100)
        #expect(rows.map(\.fate) == [.failed(.timedOut), .skipped(.truncated), .kept, .failed(.gone)])
        #expect(rows.map(\.offset) == [7, 7, 7, 7] && rows[0].object == Self.object(1))
        #expect(try ledger.rows(of: 1, fates: [.failed(.gone)], after: nil, limit: 100).count == 1)
        #expect(try ledger.rows(of: 1, fates: nil, after: rows[1].object.key, limit: 1) == [rows[2]])
        #expect(try ledger.rows(of: 2, fates: nil, after: nil, limit: 100).count == 5)
    }

    @Test func aLedgerOfTheFirstVersionGoesOn() async throws {
        let folder = try TemporaryDirectory()
        do {
            let ledger = try Self.ledger(folder)
            try ledger.settle([LedgerRow(Self.object(1), fate: .failed(.gone), run: 1)], of: 1)
        }
        let older =
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('DROP TABLE past'); "
            + "c.execute('PRAGMA user_version = 1'); c.commit()"
        let done = try await ChildProcess.run("python3", ["-c", older, folder.path + "/ledger"], within: .seconds(30))
        #expect(done.exit.isSuccess, "\(done.errors)")
        let read = try SQLiteLedger(folder.path + "/ledger", isReadOnly: true)
        #expect(try read.rows(of: 1, fates: nil, after: nil, limit: 10).count == 1)
        let ledger = try SQLiteLedger(folder.path + "/ledger")
        try ledger.begin(LedgerRun(id: 2))
        _ = try ledger.record([(Self.object(1), nil)], next: nil, of: 2, revisiting: .init(.never))
        #expect(try ledger.rows(of: 1, fates: nil, after: nil, limit: 10).map(\.fate) == [.failed(.gone)])
    }

    @Test func whatIsListedAgainFollowsWhatItWas() {
        let old = Self.object(1)
        let new = Self.object(1, etag: "another")
        func after(_ fate: ObjectFate, _ object: SourceObject, _ overwrite: MigrationSettings.Overwrite = .never)
            -> ObjectFate
        {
            LedgerRow.listed(
                object, before: LedgerRow(old, fate: fate, run: 1), reason: nil, revisiting: .init(overwrite), run: 2
            ).fate
        }
        #expect(after(.imported(replaced: true), old) == .skipped(.unchanged))
        #expect(after(.skipped(.unchanged), old) == .skipped(.unchanged))
        #expect(after(.imported(replaced: false), new) == .pending)
        #expect(after(.imported(replaced: false), old, .always) == .pending)
        #expect(
            after(.kept, old) == .kept && after(.kept, old, .ifChanged) == .pending && after(.kept, new) == .pending)
        #expect(
            after(.skipped(.truncated), old) == .skipped(.truncated) && after(.skipped(.truncated), new) == .pending)
        #expect(after(.failed(.timedOut), old) == .pending && after(.skipped(.excluded), old) == .pending)
        let policies: [(MigrationSettings, Reason)] = [
            (MigrationSettings(mismatch: .flag), .typeMismatch), (MigrationSettings(activeSVG: .pass), .svgActive),
        ]
        for (settings, reason) in policies {
            let before = LedgerRow(old, fate: .skipped(reason), run: 1)
            let strict = MigrationSettings(mismatch: .skip, activeSVG: .skip).revisit
            #expect(
                LedgerRow.listed(old, before: before, reason: nil, revisiting: settings.revisit, run: 2).fate
                    == .pending
            )
            #expect(
                LedgerRow.listed(old, before: before, reason: nil, revisiting: strict, run: 2).fate == .skipped(reason))
        }
        let excluded = LedgerRow.listed(
            old, before: LedgerRow(old, fate: .imported(replaced: false), run: 1), reason: .excluded,
            revisiting: .init(.never),
            run: 2)
        #expect(excluded.fate == .skipped(.excluded) && excluded.flags == .ours)
    }

    @Test func anotherFileIsRefused() throws {
        let folder = try TemporaryDirectory()
        try Data("not a ledger, but long enough to look like some file or other".utf8).write(
            to: URL(filePath: folder.path + "/x"))
        let error = #expect(throws: LedgerError.self) { try SQLiteLedger(folder.path + "/x") }
        #expect(error?.code == .damaged)
    }

    @Test func manyPagesAreCountedRight() throws {
        let folder = try TemporaryDirectory()
        let ledger = try Self.ledger(folder)
        for start in stride(from: 0, to: 10_000, by: 1000) {
            let page = (start..<start + 1000).map { (Self.object($0), Reason?.none) }
            _ = try ledger.record(page, next: page.last?.0.key, of: 1, revisiting: .init(.never))
        }
        var claimed: [LedgerRow] = []
        repeat {
            claimed = try ledger.claim(1000, after: claimed.last?.object.key, of: 1)
            try ledger.settle(
                claimed.map { row in
                    var row = row
                    row.fate = .imported(replaced: false)
                    return row
                }, of: 1)
        } while !claimed.isEmpty
        #expect(try ledger.tally(of: 1).imported == Tally.Count(objects: 10_000, bytes: 1_000_000))
    }
}
