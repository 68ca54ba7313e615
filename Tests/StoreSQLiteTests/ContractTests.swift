import EdgeModel
import StoreContract
import StoreSQLite
import TestKit
import Testing

@Suite struct ContractTests {
    @Test("SQLite", .timeLimit(.minutes(1)), arguments: StoreContract.checks)
    func sqlite(_ check: StoreContract.Check) async throws {
        let test = try TestStore.made()
        let options = SQLiteStore.Options(busyTimeout: .seconds(20), pollInterval: .milliseconds(10))
        func open() throws -> SQLiteStore { try SQLiteStore.open(path: test.path, mode: .readWrite, options: options) }
        try await check.run(StoreContract.Pair(try open(), try open()))
    }

    @Test("memory", .timeLimit(.minutes(1)), arguments: StoreContract.checks)
    func memory(_ check: StoreContract.Check) async throws {
        let store = MemoryStore()
        try await check.run(StoreContract.Pair(store, store))
    }

    @Test("SQLite with mail", .timeLimit(.minutes(1)), arguments: StoreContract.mailChecks)
    func sqliteMail(_ check: StoreContract.MailCheck) async throws {
        let test = try TestStore.made()
        let options = SQLiteStore.Options(busyTimeout: .seconds(20), pollInterval: .milliseconds(10))
        func open() throws -> SQLiteStore { try SQLiteStore.open(path: test.path, mode: .readWrite, options: options) }
        try await check.run(try open(), try open())
    }

    @Test("memory with mail", .timeLimit(.minutes(1)), arguments: StoreContract.mailChecks)
    func memoryMail(_ check: StoreContract.MailCheck) async throws {
        let store = MemoryStore()
        try await check.run(store, store)
    }

    @Test("random writes end alike in memory and in SQLite, refusals included")
    func differential() throws {
        var random = SeededGenerator.announced("store")
        let test = try TestStore()
        let (real, model) = (try test.open(.create()), MemoryStore())
        var (kept, refused) = (0, 0)
        for round in 0..<400 {
            let operations = (0..<Int.random(in: 1...4, using: &random)).map { _ in RandomOperation(using: &random) }
            func apply(_ store: any ConfigurationStore) throws -> Bool {
                try storeError { try store.write { tx in for one in operations { try one.apply(to: tx) } } } == nil
            }
            let (ours, theirs) = (try apply(real), try apply(model))
            #expect(ours == theirs, "round \(round): \(operations)")
            let (image, wanted) = (try StoreImage(of: real), try StoreImage(of: model))
            try #require(image == wanted, "round \(round): \(operations)")
            if ours { kept += 1 } else { refused += 1 }
        }
        #expect(kept > 50 && refused > 50, "a run must have both: \(kept) kept, \(refused) refused")
        #expect(try real.integrityFindings() == [])
    }
}
