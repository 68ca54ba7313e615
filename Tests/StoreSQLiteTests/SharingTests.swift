import EdgeModel
import FoundationEssentials
import GRDB
import Glibc
import StoreContract
import Synchronization
import TestKit
import Testing

@testable import StoreSQLite

/// Other processes, other users, full disks.
@Suite struct SharingTests {
    @Test("a lock held too long is told with its holder; reading goes on; afterwards writing too")
    func busy() async throws {
        let test = try TestStore.filled()
        let store = try test.open()
        let holder = try ChildProcess(Checkout.program("StoreWorker"), ["hold", test.path])
        try await eventually(within: .seconds(30), "the lock") { holder.output.contains("holding") }
        let error = try storeError { try store.write { try $0.putSetting("a", "b") } }
        #expect(error?.code == .busy)
        #expect(error?.place == test.path)
        #expect(error?.message == "process \(holder.pid) (StoreWorker) holds the write lock")
        #expect(error?.remedy.contains("\(holder.pid)") == true)
        #expect(try store.read { try $0.settings() } == [:])
        #expect(try test.open(.readOnly).read { try $0.zones().count } == 1)
        holder.signal(SIGKILL)
        try await holder.wait()
        try store.write { try $0.putSetting("a", "b") }
    }

    @Test("a wait that has taken a second is told once, with the holder, and then goes on to its limit")
    func waiting() async throws {
        let test = try TestStore.filled()
        let told = Told()
        let store = try SQLiteStore.open(
            path: test.path, mode: .readWrite,
            options: .init(busyTimeout: .milliseconds(1_200)) { told.add($0) })
        let holder = try ChildProcess(Checkout.program("StoreWorker"), ["hold", test.path])
        try await eventually(within: .seconds(30), "the lock") { holder.output.contains("holding") }
        for count in 1...2 {
            let error = try await Blocking.run { try storeError { try store.write { try $0.putSetting("a", "b") } } }
            #expect(error?.code == .busy)
            let wait = LockWait(
                path: test.path, holder: "process \(holder.pid) (StoreWorker)", limit: .milliseconds(1_200))
            #expect(told.all == Array(repeating: wait, count: count))
        }
        holder.signal(SIGKILL)
        try await holder.wait()
    }

    private final class Told: Sendable {
        private let waits = Mutex<[LockWait]>([])
        var all: [LockWait] { waits.withLock { $0 } }
        func add(_ wait: LockWait) { waits.withLock { $0.append(wait) } }
    }

    @Test("a lock of another connection of this process is told as such")
    func ownLock() throws {
        let test = try TestStore.filled()
        let store = try test.open()
        let other = try test.raw()
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN EXCLUSIVE")
            let error = try storeError { try store.write { try $0.putSetting("a", "b") } }
            #expect(error?.code == .busy)
            #expect(error?.message == "another task of this process holds the write lock")
            try db.execute(sql: "ROLLBACK")
        }
        try store.write { try $0.putSetting("a", "b") }
    }

    @Test("two processes appending at once lose nothing")
    func twoProcesses() async throws {
        let test = try TestStore.made()
        let worker = try Checkout.program("StoreWorker")
        let children = try (0..<2).map { _ in try ChildProcess(worker, ["append", test.path, "60"]) }
        for child in children { #expect(try await child.wait(within: .seconds(60)).isSuccess, "\(child.output)") }
        let entries = try test.open().read { try $0.auditEntries(last: nil) }
        #expect(entries.map(\.sequence) == Array(1...120))
        #expect(Set(entries.map(\.summary)) == Set(children.map { "by \($0.pid)" }))
    }

    @Test("a writer killed at any moment loses nothing it committed and leaves nothing half done")
    func killed() async throws {
        let test = try TestStore.made()
        let worker = try Checkout.program("StoreWorker")
        var random = SeededGenerator.announced("kill")
        for _ in 0..<6 {
            let before = try test.open().read { try $0.auditEntries(last: nil).count }
            let lines = Int.random(in: 1...25, using: &random)
            let child = try ChildProcess(worker, ["append", test.path, "100000"])
            try await eventually(within: .seconds(30), every: .milliseconds(1), "\(lines) commits") {
                child.output.filter { $0 == "\n" }.count >= lines
            }
            child.signal(SIGKILL)
            #expect(try await child.wait() == .signalled(SIGKILL))
            let told = child.output.split(separator: "\n").compactMap { Int($0) }
            let store = try test.open()
            try store.read { tx in
                let entries = try tx.auditEntries(last: nil)
                #expect(entries.count >= before + told.count, "every commit that was told is there")
                #expect(entries.count <= before + told.count + 1)
                #expect(try tx.settings()["last"] == String(entries.count), "both writes of a transaction or neither")
                #expect(try tx.revision() == entries.count)
            }
            #expect(try store.integrityFindings() == [])
        }
    }

    @Test("a writer killed inside a transaction leaves nothing of it")
    func killedInside() async throws {
        let test = try TestStore.filled()
        let before = try StoreImage(of: test.open())
        let child = try ChildProcess(Checkout.program("StoreWorker"), ["hold", test.path])
        try await eventually(within: .seconds(30), "the transaction") { child.output.contains("holding") }
        child.signal(SIGKILL)
        try await child.wait()
        #expect(try StoreImage(of: test.open(.readOnly)) == before)
        try test.open().write { try $0.putSetting("a", "b") }
    }

    @Test("a full disk is told, and nothing is half applied")
    func full() throws {
        let test = try TestStore.filled()
        let store = try test.open()
        let before = try StoreImage(of: store)
        try store.queue.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let error = try storeError {
            try store.write { tx in
                try tx.putSetting("small", "fits")
                for number in 0..<40 {
                    let text = String(repeating: "x", count: 3000)
                    try tx.putZone(Sample.zone("z\(number).example", id: 300 + number), configuration: text)
                }
            }
        }
        #expect(error?.code == .full)
        #expect(error?.remedy.contains("Free space") == true)
        #expect(try StoreImage(of: store) == before)
        try store.write { try $0.putSetting("small", "fits") }
        #expect(try store.integrityFindings() == [])
    }

    /// Only where a small file system can be mounted, in a mount namespace of its own.
    @Test("a file system that fills up is told, and keeps every commit that was told", .enabled(if: canMount))
    func fullFileSystem() async throws {
        let folder = try TemporaryDirectory("full")
        let script = """
            mount -t tmpfs -o size=640k none "$1" || exit 9
            "$0" create "$1/state.db" && "$0" append "$1/state.db" 100000; "$0" list "$1/state.db"
            """
        let run = try await ChildProcess.run(
            "unshare", ["-m", "sh", "-c", script, Checkout.program("StoreWorker"), folder.path])
        let lines = run.output.split(separator: "\n")
        let told = lines.compactMap { Int($0) }
        #expect(told.count > 20)
        // `create` wrote two audit entries in two writes.
        #expect(told == Array(3..<3 + told.count))
        #expect(
            Array(lines.suffix(2)) == [
                "full: there is no space left for the state", "revision \(2 + told.count)",
            ])
    }

    @Test("a limit on the size of files is told, and keeps every commit that was told")
    func fileSizeLimit() async throws {
        let test = try TestStore.filled()
        // Blocks of 512 bytes; the signal is refused as the product refuses it.
        let run = try await ChildProcess.run(
            "sh",
            [
                "-c", "trap '' XFSZ; ulimit -f 1200; exec \"$0\" append \"$1\" 100000", Checkout.program("StoreWorker"),
                test.path,
            ])
        let lines = run.output.split(separator: "\n")
        let told = lines.compactMap { Int($0) }
        #expect(lines.last == "io: the operating system refused to write the state or its log")
        #expect(told.count > 20)
        let store = try test.open()
        #expect(try store.read { try $0.auditEntries(last: nil).map(\.sequence).last } == told.last)
        #expect(try store.integrityFindings() == [])
    }

    @Test("on a read-only file system reading works and writing is refused", .enabled(if: canMount))
    func readOnlyFileSystem() async throws {
        let test = try TestStore.filled()
        let before = test.bytes()
        let script = """
            mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 9
            "$0" list "$1/state.db"; "$0" set "$1/state.db"; "$0" create "$1/other.db"
            """
        let run = try await ChildProcess.run(
            "unshare", ["-m", "sh", "-c", script, Checkout.program("StoreWorker"), test.folder.path])
        #expect(
            run.output.split(separator: "\n") == [
                "revision 1", "readOnly: the state can only be read: its file system is read-only",
                "cannotCreate: the state cannot be created: Read-only file system",
            ])
        #expect(test.bytes() == before)
    }

    @Test("a restoration that runs out of space leaves the store as it was", .enabled(if: canMount))
    func fullWhileRestoring() async throws {
        let (test, folder) = (try TestStore.filled(), try TemporaryDirectory("full"))
        try test.open().write { tx in
            for number in 0..<200 {
                let text = String(repeating: "x", count: 3000)
                try tx.putZone(Sample.zone("z\(number).example", id: 300 + number), configuration: text)
            }
        }
        let backup = test.folder.path("backup.db")
        try test.open().backup(to: backup)
        let script = """
            mount -t tmpfs -o size=900k none "$1" || exit 9
            "$0" create "$1/state.db"; "$0" restore "$1/state.db" "$2"; "$0" list "$1/state.db"; "$0" set "$1/state.db"
            ls "$1"
            """
        let run = try await ChildProcess.run(
            "unshare", ["-m", "sh", "-c", script, Checkout.program("StoreWorker"), folder.path, backup])
        let lines = run.output.split(separator: "\n")
        #expect(Array(lines.prefix(3)) == ["full: there is no space left for the state", "revision 2", "written"])
        #expect(lines.filter { $0.contains("draft") } == [])
    }

    private static let canMount = geteuid() == 0 && system("unshare -m true 2>/dev/null") == 0

    @Test("a store opened for reading refuses to write")
    func readOnlyMode() throws {
        let test = try TestStore.filled()
        let store = try test.open(.readOnly)
        let error = try storeError { try store.write { try $0.putSetting("a", "b") } }
        #expect(error?.code == .readOnly)
        #expect(error?.remedy.isEmpty == false)
    }

    /// Permissions do not bind root: as root the worker runs as `nobody`.
    @Test("without the right to write, reading works and writing is refused", arguments: [false, true])
    func readOnlyFolder(withWriter: Bool) async throws {
        let test = try TestStore.filled()
        let writer = withWriter ? try test.open() : nil
        try writer?.write { try $0.putSetting("a", "b") }
        for suffix in ["", "-wal", "-shm"] { #expect(chmod(test.path + suffix, 0o444) == 0) }
        #expect(chmod(test.folder.path, 0o555) == 0)
        defer { chmod(test.folder.path, 0o700) }
        let list = try await asNobody("list", test.path)
        #expect(list == "revision \(withWriter ? 2 : 1)\n")
        let set = try await asNobody("set", test.path)
        #expect(set.hasPrefix("readOnly: the state can only be read"))
    }

    @Test("without the log's files a read-only folder is refused with a way out, and nothing is made")
    func readOnlyFolderWithoutLog() async throws {
        let test = try TestStore.filled()
        for suffix in ["-wal", "-shm"] { unlink(test.path + suffix) }
        chmod(test.path, 0o444)
        chmod(test.folder.path, 0o555)
        defer { chmod(test.folder.path, 0o700) }
        let said = try await asNobody("list", test.path)
        #expect(said.hasPrefix("cannotOpen: the state cannot be opened: its files"), "\(said)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.folder.path) == ["state.db"])
    }

    @Test("who may not read the file is told so")
    func unreadable() async throws {
        let test = try TestStore.filled()
        chmod(test.folder.path, 0o755)
        chmod(test.path, 0o600)
        let said = try await asNobody("list", test.path)
        // Without root, the only user at hand is the owner.
        if geteuid() == 0 {
            #expect(said == "cannotOpen: the state cannot be opened: this user may not read it\n")
        } else {
            #expect(said.hasPrefix("revision"))
        }
    }

    @Test(
        "two users of a group share a store under umask 077, whoever makes its log",
        .enabled(if: geteuid() == 0, "needs root, to run processes as two users"), arguments: [false, true])
    func twoUsers(secondFirst: Bool) async throws {
        let folder = try TemporaryDirectory("group")
        chmod(folder.path, 0o755)
        let worker = try await openWorker()
        let shared = folder.path("edge")
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: false)
        #expect(chown(shared, 65_501, 65_503) == 0 && chmod(shared, 0o2770) == 0)
        let path = shared + "/state.db"
        func run(_ user: Int, _ words: String...) async throws -> String {
            let arguments = [
                "--reuid=\(user)", "--regid=\(user)", "--groups=65503", "sh", "-c", "umask 077; exec \"$0\" \"$@\"",
                worker.path("worker"),
            ]
            let child = try await ChildProcess.run("setpriv", arguments + words)
            return child.output + child.errors
        }
        #expect(try await run(65_501, "create", path) == "")
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        for user in secondFirst ? [65_502, 65_501, 65_502] : [65_501, 65_502, 65_501] {
            #expect(try await run(user, "set", path) == "written\n")
        }
        for suffix in ["", "-wal", "-shm"] {
            var status = stat()
            #expect(stat(path + suffix, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660 && status.st_gid == 65_503, "\(suffix)")
        }
        let stranger = try await ChildProcess.run(
            "setpriv", ["--reuid=65504", "--regid=65504", "--clear-groups", worker.path("worker"), "list", path])
        #expect(stranger.output.hasPrefix("cannotOpen: "))
    }

    /// A copy of the worker that everybody may run; the build folder may be closed to others.
    private func openWorker() async throws -> TemporaryDirectory {
        let bin = try TemporaryDirectory("bin")
        // By another process: a child that some other test starts now would inherit our open copy ("text file busy").
        let copied = try await ChildProcess.run("cp", [Checkout.program("StoreWorker"), bin.path("worker")])
        #expect(copied.exit.isSuccess)
        for place in [bin.path, bin.path("worker")] { chmod(place, 0o755) }
        return bin
    }

    /// Output of the worker, run by a user whom permissions bind.
    private func asNobody(_ verb: String, _ path: String) async throws -> String {
        guard geteuid() == 0 else {
            return try await ChildProcess.run(Checkout.program("StoreWorker"), [verb, path]).output
        }
        let bin = try await openWorker()
        let child = try await ChildProcess.run(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", bin.path("worker"), verb, path])
        return child.output + child.errors
    }
}
