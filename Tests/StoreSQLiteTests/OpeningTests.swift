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

    @Test("a newer schema is refused with both numbers and not touched", arguments: [false, true])
    func newer(readOnly: Bool) throws {
        let test = try TestStore.filled()
        try test.raw().writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 9") }
        let before = try Data(contentsOf: URL(filePath: test.path))
        let error = try storeError { _ = try test.open(readOnly ? .readOnly : .readWrite) }
        #expect(error?.code == .newerSchema)
        #expect(error?.message.contains("schema 9") == true && error?.message.contains("schema 1") == true)
        #expect(try Data(contentsOf: URL(filePath: test.path)) == before)
    }

    @Test("a store migrated by a newer program while open takes no more writes")
    func migratedMeanwhile() throws {
        let test = try TestStore.filled()
        let store = try test.open()
        try test.raw().writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 2") }
        #expect(try storeError { try store.write { try $0.putSetting("a", "b") } }?.code == .newerSchema)
        #expect(try test.raw().read { try Int.fetchOne($0, sql: "SELECT count(*) FROM setting") } == 0)
    }

    @Test("another program's database, an empty file and a folder are told apart")
    func foreign() throws {
        let test = try TestStore()
        try test.raw().write { try $0.execute(sql: "CREATE TABLE t (a)") }
        let foreign = try storeError { _ = try test.open() }
        #expect(foreign?.code == .cannotOpen && foreign?.message.contains("another program") == true)

        try test.folder.write("", to: "empty.db")
        let empty = try storeError { _ = try SQLiteStore.open(path: test.folder.path("empty.db"), mode: .readWrite) }
        #expect(empty?.code == .corrupt && empty?.message.contains("empty") == true)

        let folder = try storeError { _ = try SQLiteStore.open(path: test.folder.path, mode: .create()) }
        #expect(folder?.code == .cannotOpen && folder?.message.contains("not a file") == true)

        let inFile = try storeError {
            _ = try SQLiteStore.open(path: test.folder.path("empty.db/state.db"), mode: .create())
        }
        #expect(inFile?.code == .cannotOpen)
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
    }

    private func mode(_ path: String) throws -> UInt32 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }
}
