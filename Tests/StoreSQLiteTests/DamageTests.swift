import EdgeModel
import FoundationEssentials
import GRDB
import StoreContract
import StoreSQLite
import TestKit
import Testing

/// A damaged file is named as such; it is never taken for an empty or a whole one, and never ends the process.
@Suite struct DamageTests {
    @Test("a spoilt header", arguments: [false, true])
    func header(readOnly: Bool) throws {
        let test = try TestStore.filled()
        try edit(test) { $0.replaceSubrange(0..<16, with: Data("not a database!!".utf8)) }
        let error = try storeError { _ = try test.open(readOnly ? .readOnly : .readWrite) }
        #expect(error?.code == .corrupt)
        #expect(error?.place == test.path)
        #expect(error?.remedy.contains("backup") == true)
    }

    @Test("a file cut short", arguments: [1, 99, 100, 512, 4095, 4096, 4097, 8192, 40_000])
    func truncated(length: Int) throws {
        let test = try TestStore.filled()
        try edit(test) { $0 = $0.prefix(length) }
        let error = try storeError { _ = try StoreImage(of: try test.open()) }
        #expect(error?.code == .corrupt)
    }

    @Test("garbage in any page is an error or a finding, or lies where nothing is")
    func garbage() throws {
        var random = SeededGenerator.announced("garbage")
        let whole = try TestStore.filled()
        let bytes = try Data(contentsOf: URL(filePath: whole.path))
        let image = try StoreImage(of: whole.open())
        var noticed = 0
        let pages = bytes.count / 4096
        for page in 0..<pages {
            let test = try TestStore()
            var spoilt = bytes
            for offset in page * 4096..<(page + 1) * 4096 { spoilt[offset] = .random(in: 0...255, using: &random) }
            try spoilt.write(to: URL(filePath: test.path))
            let error = try storeError {
                let store = try test.open()
                let findings = try store.integrityFindings()
                if !findings.isEmpty {
                    noticed += 1
                    #expect(findings.allSatisfy { $0.severity == .error && $0.place == test.path && $0.remedy != nil })
                }
                let found = try StoreImage(of: store)
                #expect(found == image || !findings.isEmpty, "page \(page) changed what is read, unnoticed")
            }
            if let error {
                #expect(error.code == .corrupt || error.code == .cannotOpen, "page \(page): \(error)")
                noticed += 1
            }
        }
        #expect(noticed > pages / 2)
    }

    @Test("a whole store has no findings; a dangling reference is one")
    func integrity() throws {
        let test = try TestStore.filled()
        #expect(try test.open(.readOnly).integrityFindings() == [])
        let raw = try test.raw()
        try raw.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; UPDATE assignment SET version = 99")
        }
        #expect(try test.open(.readOnly).integrityFindings().map(\.code) == ["state-dangling"])
    }

    @Test("a value that no store writes is damage, not a crash")
    func value() throws {
        let test = try TestStore.filled()
        try test.raw().writeWithoutTransaction { db in
            try db.execute(sql: "UPDATE zone SET hosts = '[1]'")
        }
        let error = try storeError { _ = try test.open().read { try $0.zones() } }
        #expect(error?.code == .corrupt)
        #expect(error?.message == "a stored zone cannot be read")
    }

    private func edit(_ test: TestStore, _ body: (inout Data) -> Void) throws {
        let file = URL(filePath: test.path)
        var bytes = try Data(contentsOf: file)
        body(&bytes)
        try bytes.write(to: file)
    }
}
