import EdgeModel
import EdgePlan
import FoundationEssentials
import GRDB
import StoreContract
import TestKit

@testable import StoreSQLite

/// A store in a folder of its own, quick to give up and quick to look again.
struct TestStore {
    static let options = SQLiteStore.Options(busyTimeout: .milliseconds(50), pollInterval: .milliseconds(10))

    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory("store")
        path = folder.path("state.db")
    }

    /// An empty one that others may open.
    static func made() throws -> TestStore {
        let test = try TestStore()
        try test.open(.create()).close()
        return test
    }

    /// With `Sample.fill` in it.
    static func filled() throws -> TestStore {
        let test = try TestStore()
        let store = try test.open(.create())
        try Sample.fill(store)
        try store.close()
        return test
    }

    func open(_ mode: SQLiteStore.Mode = .readWrite) throws -> SQLiteStore {
        try SQLiteStore.open(path: path, mode: mode, options: Self.options)
    }

    /// Bytes of the file and of the log's; nil for what is not there.
    func bytes() -> [String: Data] { Self.bytes(path) }

    static func bytes(_ path: String) -> [String: Data] {
        var found: [String: Data] = [:]
        for suffix in ["", "-wal", "-shm"] { found[suffix] = try? Data(contentsOf: URL(filePath: path + suffix)) }
        return found
    }

    /// Names of all files beside the state, its own included.
    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

    /// The file as another tool sees it.
    func raw() throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}

/// The error a body throws as the store's, or nil.
func storeError(_ body: () throws -> Void) throws -> StoreError? {
    do {
        try body()
        return nil
    } catch let error as StoreError {
        return error
    }
}
