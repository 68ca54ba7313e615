import FoundationEssentials
import Glibc
import StoreSQLite
import TestKit

/// What can be wrong with a state, each made for real.
enum StateFault: String, CaseIterable, Sendable {
    case missing, locked, full
    case fileSizeLimit = "file-size-limit"
    case readOnlyFile = "read-only-file"
    case readOnlyFolder = "read-only-folder"
    case readOnlyFileSystem = "read-only-file-system"
    case unreadable
    case spoiltHeader = "spoilt-header"
    case spoiltSchema = "spoilt-schema"
    case cutShort = "cut-short"
    case newer, older, foreign, empty, folder
    case danglingLink = "dangling-link"
    case removed

    /// Permissions do not bind root and nobody else may mount, so these need root, who can be anybody.
    var needsRoot: Bool {
        switch self {
        case .full, .readOnlyFile, .readOnlyFolder, .readOnlyFileSystem, .unreadable: true
        default: false
        }
    }

    static let isRoot = geteuid() == 0 && system("unshare -m true 2>/dev/null") == 0

    /// Brings it about on the state of a bench; it lasts until the value is gone or is mended.
    func happen(to bench: StateBench) async throws -> Happened {
        // What is to be spoilt and put back is the file alone: nothing may be left in its log.
        let store = try SQLiteStore.open(path: bench.state, mode: .readWrite)
        try store.checkpoint()
        try store.close()
        let file = URL(filePath: bench.state)
        let whole = try Data(contentsOf: file)
        func put(_ bytes: Data) throws -> Happened {
            try bytes.write(to: file)
            return Happened { try whole.write(to: file) }
        }
        func change(_ range: Range<Int>, _ bytes: [UInt8]) throws -> Happened {
            var spoilt = whole
            spoilt.replaceSubrange(range, with: bytes)
            return try put(spoilt)
        }
        switch self {
        case .missing:
            let aside = bench.folder.path("aside")
            try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: false)
            try Self.move(bench.state, aside + "/state.db")
            return Happened { try Self.move(aside + "/state.db", bench.state) }
        case .locked:
            let script = """
                import sqlite3, sys
                database = sqlite3.connect(sys.argv[1], isolation_level=None)
                database.execute("BEGIN IMMEDIATE")
                print("held", flush=True)
                sys.stdin.read()
                """
            let holder = try ChildProcess("python3", ["-c", script, bench.state], input: .pipe)
            try await eventually(within: .seconds(30), "the lock") { holder.output.contains("held") }
            return Happened(process: holder) {}
        case .full:
            // The commands see a copy on a small file system that nothing more goes onto.
            let script = """
                cp "$0" "$0.whole" && mount -t tmpfs -o size=1m none "${0%/*}/small" && cp "$0" "${0%/*}/small/" &&
                cd "${0%/*}/small" && { dd if=/dev/zero of=filler bs=4096 2>/dev/null; SIGNALBOX_STATE=$PWD/state.db "$@"; }
                status=$?
                rm filler && cmp state.db "$0.whole" || exit 99
                exit $status
                """
            try FileManager.default.createDirectory(
                atPath: bench.folder.path("small"), withIntermediateDirectories: false)
            return Happened(prefix: ["unshare", "-m", "sh", "-c", script, bench.state]) {}
        case .fileSizeLimit:
            return Happened(prefix: ["sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"]) {}
        case .readOnlyFile:
            let nobody = try await Nobody(bench)
            chmod(bench.folder.path, 0o777)
            for suffix in ["", "-wal", "-shm"] { chmod(bench.state + suffix, 0o444) }
            return nobody.happened
        case .readOnlyFolder:
            let nobody = try await Nobody(bench)
            chmod(bench.folder.path, 0o555)
            for suffix in ["", "-wal", "-shm"] { chmod(bench.state + suffix, 0o666) }
            return nobody.happened
        case .readOnlyFileSystem:
            let script = #"mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@""#
            return Happened(prefix: ["unshare", "-m", "sh", "-c", script, bench.folder.path]) {}
        case .unreadable:
            let nobody = try await Nobody(bench)
            chmod(bench.folder.path, 0o755)
            return nobody.happened
        case .spoiltHeader: return try change(0..<16, Array("not a database!!".utf8))
        case .spoiltSchema: return try change(100..<4_096, [UInt8](repeating: 0xA5, count: 3_996))
        case .cutShort: return try put(whole.prefix(20_000))
        case .newer: return try change(60..<64, [0, 0, 0, 99])
        case .older: return try change(60..<64, [0, 0, 0, 0])
        case .foreign: return try change(68..<72, [0, 0, 0, 0])
        case .empty: return try put(Data())
        case .folder, .danglingLink:
            let aside = bench.folder.path("aside.db")
            try Self.move(bench.state, aside)
            if self == .folder {
                try FileManager.default.createDirectory(atPath: bench.state, withIntermediateDirectories: false)
            } else {
                symlink(bench.folder.path("nowhere.db"), bench.state)
            }
            return Happened {
                try FileManager.default.removeItem(atPath: bench.state)
                try Self.move(aside, bench.state)
            }
        case .removed:
            unlink(bench.state)
            return Happened { try whole.write(to: file) }
        }
    }

    /// A database and its log.
    private static func move(_ from: String, _ to: String) throws {
        for suffix in ["", "-wal", "-shm"] where access(from + suffix, F_OK) == 0 {
            try FileManager.default.moveItem(atPath: from + suffix, toPath: to + suffix)
        }
    }

    /// A fault that is there.
    struct Happened {
        /// What commands are run by.
        var prefix: [String] = []
        var program: String?
        /// A process that is part of it.
        var process: ChildProcess?
        var mend: () throws -> Void

        init(
            prefix: [String] = [], program: String? = nil, process: ChildProcess? = nil,
            mend: @escaping () throws -> Void
        ) {
            self.prefix = prefix
            self.program = program
            self.process = process
            self.mend = mend
        }
    }

    /// A user who owns nothing, with a copy of the program that anybody may run.
    private struct Nobody {
        let happened: Happened

        init(_ bench: StateBench) async throws {
            let bin = try TemporaryDirectory("bin")
            // By another process: a child that some other test starts now would inherit our open copy.
            _ = try await ChildProcess.run("cp", [Checkout.program("signalbox"), bin.path("signalbox")])
            for place in [bin.path, bin.path("signalbox")] { chmod(place, 0o755) }
            happened = Happened(
                prefix: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
                program: bin.path("signalbox")
            ) {
                withExtendedLifetime(bin) {}
                chmod(bench.folder.path, 0o700)
                for suffix in ["", "-wal", "-shm"] { chmod(bench.state + suffix, 0o600) }
            }
        }
    }
}
