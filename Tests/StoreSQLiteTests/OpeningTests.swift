import EdgeModel
import EdgePlan
import FoundationEssentials
import GRDB
import Glibc
import StoreContract
import TestKit
import Testing

@testable import StoreSQLite

@Suite struct OpeningTests {
    @Test("opening what is not there makes nothing and names init", arguments: [false, true])
    func missing(readOnly: Bool) throws {
        let test = try TestStore()
        let error = try storeError { _ = try test.open(readOnly ? .readOnly : .readWrite) }
        #expect(error?.code == .missing)
        #expect(error?.place == test.path)
        #expect(error?.remedy.contains("signalbox init") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.folder.path) == [])
    }

    @Test("creating makes the folder and file for the owner alone, of the account given, and nothing beside")
    func create() throws {
        let test = try TestStore()
        let path = test.folder.path("a/b/state.db")
        let store = try SQLiteStore.open(path: path, mode: .create(account: AccountID(rawValue: 5)))
        #expect(store.wasCreated)
        #expect(try store.read { try $0.account() } == AccountID(rawValue: 5))
        #expect(try mode(test.folder.path("a/b")) == 0o700)
        try store.write { try $0.putSetting("a", "b") }
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600) }
        let files = try FileManager.default.contentsOfDirectory(atPath: test.folder.path("a/b"))
        #expect(files.sorted() == ["state.db", "state.db-shm", "state.db-wal"])
    }

    @Test("creating where there is one opens that one")
    func createAgain() throws {
        let test = try TestStore.filled()
        let store = try test.open(.create(account: AccountID(rawValue: 9)))
        #expect(!store.wasCreated)
        #expect(try store.read { try ($0.account().rawValue, $0.zones().count) } == (777, 1))
    }

    @Test("ten creating at once make one store, and all get it")
    func createTogether() async throws {
        let test = try TestStore()
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await Blocking.run {
                        let options = SQLiteStore.Options(busyTimeout: .seconds(20))
                        let store = try SQLiteStore.open(path: test.path, mode: .create(), options: options)
                        try store.write { tx in try tx.append(Sample.audit(after: tx)) }
                        return store.wasCreated
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.filter { $0 }.count == 1)
        #expect(try test.open().read { try $0.auditEntries(last: nil).count } == 10)
    }

    @Test("a commit is synced and the log is a write-ahead log")
    func durability() throws {
        let store = try TestStore.made().open()
        let settings = try store.queue.unsafeRead { db in
            try ["journal_mode", "synchronous", "foreign_keys"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(settings == ["wal", "2", "1"])
    }

    @Test("what will be said again is written without waiting for the disk")
    func durabilityWithTheNext() throws {
        let test = try TestStore.made()
        let store = try SQLiteStore.open(path: test.path, mode: .readWrite, options: .init(durability: .withTheNext))
        let mode = try store.queue.unsafeRead { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(mode == 1)
        try store.write { try $0.putSetting("a", "b") }
        #expect(try test.open().read { try $0.settings() } == ["a": "b"])
    }

    @Test("the log is written back on demand, beside readers and writers")
    func checkpoint() throws {
        let test = try TestStore.made()
        let (store, other) = (try test.open(), try test.open())
        let before = test.bytes()[""]
        try store.write { try $0.putSetting("a", "b") }
        #expect(test.bytes()[""] == before)
        try other.checkpoint()
        #expect(test.bytes()[""] != before)
        #expect(try store.read { try $0.settings() } == ["a": "b"])
    }

    @Test("a symbolic link means the file it leads to; one to nothing is told, and nothing is made there")
    func symbolicLink() throws {
        let test = try TestStore.filled()
        let link = test.folder.path("links/state.db")
        try FileManager.default.createDirectory(atPath: test.folder.path("links"), withIntermediateDirectories: false)
        #expect(symlink(test.path, link) == 0)
        let store = try SQLiteStore.open(path: link, mode: .create())
        #expect(!store.wasCreated && store.path == test.path)
        try store.write { try $0.putSetting("a", "b") }
        #expect(try test.open().read { try $0.settings() } == ["a": "b"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.folder.path("links")) == ["state.db"])

        let nowhere = test.folder.path("nowhere.db")
        #expect(symlink(test.folder.path("gone.db"), nowhere) == 0)
        for mode in [SQLiteStore.Mode.readOnly, .readWrite, .create()] {
            let error = try storeError { _ = try SQLiteStore.open(path: nowhere, mode: mode) }
            #expect(error?.code == .cannotOpen && error?.message.contains("symbolic link to nothing") == true)
        }
        #expect(try !test.files().contains("gone.db"))
    }

    @Test("a state that is removed or replaced while open takes no more writes and is not read on", arguments: [0, 1])
    func moved(replaced: Int) async throws {
        let (test, other) = (try TestStore.filled(), try TestStore.filled())
        let store = try test.open()
        try store.write { try $0.putSetting("a", "b") }
        #expect(unlink(test.path) == 0)
        if replaced == 1 { #expect(rename(other.path, test.path) == 0) }
        for attempt in [
            { try store.write { try $0.putSetting("a", "c") } }, { _ = try store.read { try $0.settings() } },
            { try store.checkpoint() }, { try store.backup(to: test.folder.path("copy.db")) },
        ] {
            let error = try storeError(attempt)
            #expect(error?.code == .io && error?.message.contains("removed") == true)
            #expect(error?.remedy.contains("state restore") == true)
        }
    }

    @Test("no new state is made beside the log of one that is gone")
    func orphans() throws {
        let test = try TestStore.filled()
        let store = try test.open()
        try store.write { try $0.putSetting("a", "b") }
        #expect(unlink(test.path) == 0)
        let log = test.bytes()
        for mode in [SQLiteStore.Mode.create(), .readWrite, .readOnly] {
            let error = try storeError { _ = try test.open(mode) }
            #expect(error?.code == .refused && error?.message.contains("its log is still here") == true)
        }
        #expect(test.bytes() == log)
        try? store.close()
    }

    /// What a newer program may have left behind.
    enum Leaving: CaseIterable { case closed, openLog, rollbackJournal }

    @Test(
        "a newer schema is refused with both numbers, and neither the file nor its log is touched",
        arguments: [false, true], Leaving.allCases)
    func newer(readOnly: Bool, leaving: Leaving) throws {
        let test = try TestStore.filled()
        let other = try test.raw()
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA user_version = 9")
            try db.checkpoint(.truncate)
            switch leaving {
            case .closed: break
            case .openLog: try db.execute(sql: "INSERT INTO setting VALUES ('a', 'b')")
            case .rollbackJournal: try db.execute(sql: "PRAGMA journal_mode = DELETE")
            }
        }
        // As a killed program leaves them: nobody has these open.
        let path = test.folder.path("left.db")
        for (suffix, bytes) in test.bytes() { try bytes.write(to: URL(filePath: path + suffix)) }
        let before = TestStore.bytes(path)
        #expect((before["-wal"]?.count ?? 0 > 0) == (leaving == .openLog))
        for mode in readOnly ? [SQLiteStore.Mode.readOnly] : [.readWrite, .create()] {
            let error = try storeError { _ = try SQLiteStore.open(path: path, mode: mode) }
            #expect(error?.code == .newerSchema)
            #expect(error?.message.contains("schema 9") == true && error?.message.contains("schema 5") == true)
        }
        #expect(try storeError { _ = try SQLiteStore.migrate(path: path, now: Sample.time) }?.code == .newerSchema)
        #expect(TestStore.bytes(path) == before)
        try other.close()
    }

    @Test("a newer schema that stands only in the log is refused too")
    func newerInLog() throws {
        let test = try TestStore.filled()
        let other = try test.raw()
        try other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 9") }
        #expect(try StateHeader.read(StateFile(test.path)).schema == 5)
        let before = test.bytes()
        #expect(try storeError { _ = try test.open() }?.code == .newerSchema)
        #expect(test.bytes()[""] == before[""] && test.bytes()["-wal"] == before["-wal"])
        try other.close()
    }

    @Test("a store migrated by a newer program while open takes no more writes")
    func migratedMeanwhile() throws {
        let test = try TestStore.filled()
        let store = try test.open()
        try test.raw().writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 6") }
        #expect(try storeError { try store.write { try $0.putSetting("a", "b") } }?.code == .newerSchema)
        #expect(try test.raw().read { try Int.fetchOne($0, sql: "SELECT count(*) FROM setting") } == 0)
    }

    @Test("another program's database, an empty file and a folder are told apart")
    func foreign() throws {
        let test = try TestStore()
        try test.raw().write { try $0.execute(sql: "CREATE TABLE t (a)") }
        let before = test.bytes()
        let foreign = try storeError { _ = try test.open() }
        #expect(test.bytes() == before, "another program's file keeps its journal mode")
        #expect(foreign?.code == .cannotOpen && foreign?.message.contains("another program") == true)

        try test.folder.write("", to: "empty.db")
        let empty = try storeError { _ = try SQLiteStore.open(path: test.folder.path("empty.db"), mode: .readWrite) }
        #expect(empty?.code == .corrupt && empty?.message.contains("empty") == true)

        let folder = try storeError { _ = try SQLiteStore.open(path: test.folder.path, mode: .create()) }
        #expect(folder?.code == .cannotOpen && folder?.message.contains("not a file") == true)

        let inFile = try storeError {
            _ = try SQLiteStore.open(path: test.folder.path("empty.db/state.db"), mode: .create())
        }
        #expect(inFile?.code == .cannotCreate)
    }

    @Test("a name like a URI is a file's name")
    func uri() throws {
        let test = try TestStore()
        let path = test.folder.path("file:x?mode=memory")
        try SQLiteStore.open(path: path, mode: .create()).close()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("in a group's setgid folder the state is the group's, whatever the umask")
    func group() async throws {
        let test = try TestStore()
        try FileManager.default.createDirectory(
            atPath: test.folder.path("shared"), withIntermediateDirectories: false)
        #expect(chmod(test.folder.path("shared"), 0o2770) == 0)
        let path = test.folder.path("shared/state.db")
        let worker = try Checkout.program("StoreWorker")
        let child = try await ChildProcess.run(
            "sh", ["-c", "umask 077; exec \"$0\" \"$@\"", worker, "create", path])
        #expect(child.exit.isSuccess, "\(child.output)\(child.errors)")
        let store = try SQLiteStore.open(path: path, mode: .readWrite)
        try store.write { try $0.putSetting("a", "b") }
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o660) }
    }

    @Test("permissions for a group make the folder setgid and the file the group's")
    func groupPermissions() throws {
        let test = try TestStore()
        let path = test.folder.path("edge/state.db")
        _ = try SQLiteStore.open(path: path, mode: .create(permissions: .group(getegid())))
        #expect(try mode(test.folder.path("edge")) == 0o2770)
        #expect(try mode(path) == 0o660)
        let deep = test.folder.path("srv/edge/state.db")
        _ = try SQLiteStore.open(path: deep, mode: .create(permissions: .group(getegid())))
        #expect(try mode(test.folder.path("srv")) == 0o2770, "members must get through to it")
    }

    @Test(
        "a folder that is there already is not changed; one that is not the group's is refused with the way to mend it")
    func groupInExistingFolder() throws {
        let test = try TestStore()
        let error = try storeError {
            _ = try test.open(.create(permissions: .group(getegid())))
        }
        #expect(error?.code == .cannotCreate)
        #expect(error?.remedy.contains("chgrp \(getegid()) \(test.folder.path) && chmod 2770") == true)
        #expect(try mode(test.folder.path) == 0o700)
        #expect(try test.files() == [])
        #expect(chmod(test.folder.path, 0o2770) == 0)
        _ = try test.open(.create(permissions: .group(getegid())))
        #expect(try mode(test.path) == 0o660)
    }

    private func mode(_ path: String) throws -> UInt32 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }
}
