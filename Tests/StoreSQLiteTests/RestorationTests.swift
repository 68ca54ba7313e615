import EdgeModel
import FoundationEssentials
import GRDB
import Glibc
import StoreContract
import TestKit
import Testing

@testable import StoreSQLite

/// A backup in the place of a store: whatever was there before, whatever goes wrong, nothing is lost.
@Suite struct RestorationTests {
    /// What is in the place.
    enum Before: CaseIterable {
        case newer, withLog, spoiltHeader, cutShort, garbage, empty, nothing, nothingButLog
    }

    @Test("a backup takes the place of whatever was there, which is kept", arguments: Before.allCases)
    func restores(before: Before) throws {
        let test = try TestStore.filled()
        let backup = test.folder.path("backup.db")
        try test.open().backup(to: backup)
        let wanted = try StoreImage(of: SQLiteStore.open(path: backup, mode: .readOnly))
        let kept = try spoil(test, before)

        let restored = try SQLiteStore.restore(path: test.path, from: backup, now: Sample.time)
        let store = try test.open()
        #expect(try StoreImage(of: store) == wanted)
        #expect(try store.integrityFindings() == [])
        try store.write { try $0.putSetting("after", "it") }

        let name = test.path + ".replaced.2026-11-21T113000.250Z"
        switch before {
        case .nothing: #expect(restored.replaced == nil)
        case .nothingButLog: #expect(restored.replaced == name + "-wal")
        case .newer, .withLog:
            #expect(restored.replaced == name)
            let old = try SQLiteStore.open(path: name, mode: .readOnly)
            #expect(try old.read { try $0.settings() } == ["lost": "without a copy"])
        case .spoiltHeader, .cutShort, .garbage, .empty:
            #expect(restored.replaced == name)
            #expect(TestStore.bytes(name)[""] == kept[""])
        }
        #expect(try test.files().filter { $0.contains("draft") } == [])
    }

    private func spoil(_ test: TestStore, _ before: Before) throws -> [String: Data] {
        let file = URL(filePath: test.path)
        var bytes = try Data(contentsOf: file)
        switch before {
        case .newer, .withLog:
            try test.open().write { try $0.putSetting("lost", "without a copy") }
            if before == .withLog { try leaveLog(test) }
            return test.bytes()
        case .spoiltHeader: bytes.replaceSubrange(0..<16, with: Data("not a database!!".utf8))
        case .cutShort: bytes = bytes.prefix(5_000)
        case .garbage: bytes.replaceSubrange(100..<9_000, with: Data(repeating: 0xA5, count: 8_900))
        case .empty: bytes = Data()
        case .nothing, .nothingButLog:
            unlink(test.path)
            for suffix in ["-wal", "-shm"] {
                unlink(test.path + suffix)
                if before == .nothingButLog { try Data([1, 2]).write(to: URL(filePath: test.path + suffix)) }
            }
            return [:]
        }
        try bytes.write(to: file)
        return test.bytes()
    }

    /// As a killed writer leaves it: the last commit only in the log.
    private func leaveLog(_ test: TestStore) throws {
        let other = try test.raw()
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "UPDATE setting SET value = 'x'; UPDATE setting SET value = 'without a copy'")
        }
        let left = test.bytes()
        try other.close()
        for (suffix, bytes) in left { try bytes.write(to: URL(filePath: test.path + suffix)) }
    }

    @Test(
        "while another process has the state open nothing is done, and it is named", arguments: ["idle", "idle-writer"])
    func inUse(worker: String) async throws {
        let test = try TestStore.filled()
        let backup = test.folder.path("backup.db")
        try test.open().backup(to: backup)
        let other = try ChildProcess(Checkout.program("StoreWorker"), [worker, test.path])
        try await eventually(within: .seconds(30), "the open state") { other.output.contains("open") }
        let before = test.bytes()
        let error = try await Blocking.run {
            try storeError { _ = try SQLiteStore.restore(path: test.path, from: backup, now: Sample.time) }
        }
        #expect(error?.code == .busy)
        #expect(error?.place == test.path)
        #expect(error?.message == "the state is open in process \(other.pid) (StoreWorker)")
        #expect(test.bytes()[""] == before[""] && test.bytes()["-wal"] == before["-wal"])

        // The same when what they have open was spoilt or removed behind their backs.
        try Data("not a database!!".utf8).write(to: URL(filePath: test.path))
        for attempt in ["spoilt", "removed"] {
            if attempt == "removed" { unlink(test.path) }
            let error = try await Blocking.run {
                try storeError { _ = try SQLiteStore.restore(path: test.path, from: backup, now: Sample.time) }
            }
            #expect(error?.code == .busy, "\(attempt): \(String(describing: error))")
        }
        #expect(try test.files().filter { $0.contains("replaced") } == [])
        other.signal(SIGKILL)
        try await other.wait()
        _ = try SQLiteStore.restore(path: test.path, from: backup, now: Sample.time)
        #expect(try test.open().integrityFindings() == [])
    }

    /// Backups that are none.
    enum Bad: CaseIterable { case damaged, header, newer, foreign, empty, absent, itself, refused }

    @Test("a bad backup is refused and the state stays, to the byte", arguments: Bad.allCases)
    func bad(backup bad: Bad) throws {
        let test = try TestStore.filled()
        var path = test.folder.path("backup.db")
        try test.open().backup(to: path)
        var code = StoreError.Code.badBackup
        let file = URL(filePath: path)
        var bytes = try Data(contentsOf: file)
        switch bad {
        case .damaged: bytes.replaceSubrange(8_192..<40_000, with: Data(repeating: 0xA5, count: 31_808))
        case .header: bytes.replaceSubrange(0..<16, with: Data("not a database!!".utf8))
        case .newer:
            bytes[63] = 9
            code = .newerSchema
        case .foreign:
            bytes.replaceSubrange(68..<72, with: Data(repeating: 0, count: 4))
            code = .cannotOpen
        case .empty: bytes = Data()
        case .absent: code = .missing
        case .itself:
            path = test.path
            code = .refused
        case .refused: break
        }
        if bad == .absent { unlink(path) } else if bad != .itself { try bytes.write(to: file) }
        let before = test.bytes()
        let error = try storeError {
            _ = try SQLiteStore.restore(path: test.path, from: path, now: Sample.time) { _ in
                bad == .refused ? [Finding(.error, "journal-edited", at: "journal production #1", "edited")] : []
            }
        }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.place == path && error?.remedy.isEmpty == false)
        if bad == .refused { #expect(error?.message == "the backup is damaged: edited (journal production #1)") }
        #expect(test.bytes() == before)
        #expect(try test.files().filter { $0.contains("replaced") || $0.contains("draft") } == [])
    }

    @Test("one who opened the state before and comes back after has the restored content or is told")
    func comesBack() throws {
        let test = try TestStore.filled()
        let backup = test.folder.path("backup.db")
        try test.open().backup(to: backup)
        try test.open().write { try $0.putSetting("a", "b") }
        var status = stat()
        #expect(stat(test.path, &status) == 0)
        let inode = status.st_ino
        _ = try SQLiteStore.restore(path: test.path, from: backup, now: Sample.time)
        #expect(stat(test.path, &status) == 0 && status.st_ino == inode, "the same file, for whoever has it open")
        #expect(try test.open().read { try $0.settings() } == [:])
    }

    @Test("a restored store keeps the mode of the one before")
    func permissions() throws {
        for damaged in [false, true] {
            let test = try TestStore.filled()
            let backup = test.folder.path("backup.db")
            try test.open().backup(to: backup)
            if damaged { try Data("not a database!!".utf8).write(to: URL(filePath: test.path)) }
            #expect(chmod(test.path, 0o660) == 0)
            let kept = try SQLiteStore.restore(path: test.path, from: backup, now: Sample.time).replaced
            for path in [test.path, kept ?? ""] {
                var status = stat()
                #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o660, "\(path)")
            }
        }
    }

    /// coreutils' timeout kills without grace; the moments gather where about half of the restorations are done.
    @Test("a restoration killed at any moment leaves the one or the other, whole")
    func killed() async throws {
        var random = SeededGenerator.announced("restore")
        let test = try TestStore.filled()
        let small = test.folder.path("small.db")
        let large = test.folder.path("large.db")
        try test.open().backup(to: small)
        try test.open().write { tx in
            for number in 0..<400 {
                let text = String(repeating: "x", count: 3000)
                try tx.putZone(Sample.zone("z\(number).example", id: 300 + number), configuration: text)
            }
        }
        try test.open().backup(to: large)
        let revisions = [2: small, 1: large]
        var milliseconds = 60.0
        var (done, gone) = (0, 0)
        for round in 0..<16 {
            let before = try test.open(.readOnly).read { try $0.revision() }
            let backup = try #require(revisions[before])
            let limit = Double.random(in: 0.6...1.4, using: &random) * milliseconds / 1_000
            _ = try await ChildProcess.run(
                "timeout", ["-s", "KILL", "\(limit)", Checkout.program("StoreWorker"), "restore", test.path, backup])
            let store = try test.open()
            #expect(try store.integrityFindings() == [], "round \(round)")
            let after = try store.read { try $0.revision() }
            let zones = try store.read { try $0.zones().count }
            #expect(after == 1 && zones == 1 || after == 2 && zones == 401, "round \(round): \(after), \(zones) zones")
            if after == before { gone += 1 } else { done += 1 }
            milliseconds *= after == before ? 1.2 : 1 / 1.2
            try store.close()
            for name in try test.files() where name.contains("replaced") { unlink(test.folder.path(name)) }
        }
        print("killed: \(done) restored, \(gone) as before")
    }
}
