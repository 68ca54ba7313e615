import EdgeModel
import EdgePlan
import FoundationEssentials
import GRDB
import Glibc
import MailRouting
import StoreContract
import TestKit
import Testing

@testable import StoreSQLite

/// Backup, migration, and what the file itself refuses whoever writes to it.
@Suite struct KeepingTests {
    /// The first schema as this program once wrote it, with `Sample.fill` and journal entries.
    private func released() throws -> TestStore {
        let test = try TestStore()
        let sql = try Golden.input("schema-1.sql", folder: "Fixtures")
        try test.raw().writeWithoutTransaction { try $0.execute(sql: sql) }
        return test
    }

    /// The same, migrated to the schema of this program.
    private func migrated() throws -> TestStore {
        let test = try released()
        _ = try SQLiteStore.migrate(path: test.path, now: Sample.time)
        return test
    }

    /// A schema that is to come.
    private let next = Schema(steps: Schema.current.steps + ["ALTER TABLE node ADD COLUMN seen INTEGER"])

    @Test("a store of the first schema, migrated, reads as it was written")
    func fixture() throws {
        let test = try migrated()
        defer { withExtendedLifetime(test) {} }
        let store = try test.open()
        let model = MemoryStore()
        try Sample.fill(model)
        try model.write { try Sample.addJournal(to: $0) }
        #expect(try StoreImage(of: store) == StoreImage(of: model))
        #expect(try store.integrityFindings() == [])
        try store.write { tx in try tx.append(Sample.audit(after: tx)) }
    }

    /// States made by this program's commands when the schema of that number was current. All have a promotion and its
    /// way back; the second has a header with the country and a reservation beside, the third also a list, the fourth also mail.
    @Test(
        "a database of an earlier schema, made by the program, is migrated, whole and takes writes",
        arguments: [1, 2, 3, 4])
    func releasedDatabase(schema: Int) throws {
        let test = try TestStore()
        try FileManager.default.copyItem(
            atPath: Golden.inputPath("schema-\(schema).db", folder: "Fixtures"), toPath: test.path)
        chmod(test.path, 0o600)
        #expect(try StateHeader.read(StateFile(test.path)).schema == schema)
        #expect(try storeError { _ = try test.open() }?.code == .olderSchema)
        #expect(try SQLiteStore.migrate(path: test.path, now: Sample.time).from == schema)
        let store = try test.open()
        #expect(try store.integrityFindings() == [])
        let (kinds, zones, versions, lists) = try store.read { tx in
            try (
                tx.deployments(stream: Sample.name("production"), last: 2).map(\.kind), tx.zones().map(\.name),
                tx.versions(of: Sample.name("shop")).count, tx.lists()
            )
        }
        #expect(kinds == [.promote, .rollback] && zones == ["shop.example"] && versions == 2)
        #expect(lists.map(\.name.rawValue) == (schema >= 3 ? ["office"] : []))
        let settings = try store.read { try $0.settings() }
        #expect(StagingReservation.all(in: settings).count == min(schema - 1, 1))
        #expect(EdgeSettings(stored: settings).countryHeader == (schema >= 2 ? "x-country" : nil))
        try store.write { try $0.putList(Sample.list("office", .ip), items: [ListItem("192.0.2.1")]) }
        try store.close()
        #expect(try SQLiteStore.migrate(path: test.path, now: Sample.time, schema: next).to == 6)
    }

    @Test("a mail journal of the fourth schema still holds, and goes on")
    func mailJournal() throws {
        let test = try TestStore()
        try FileManager.default.copyItem(
            atPath: Golden.inputPath("schema-4.db", folder: "Fixtures"), toPath: test.path)
        chmod(test.path, 0o600)
        _ = try SQLiteStore.migrate(path: test.path, now: Sample.time)
        let store = try test.open()
        let (entries, audit, domains) = try store.readMail { tx in
            (try tx.mailDeployments(of: nil, last: nil), try tx.auditEntries(last: nil), try tx.mailDomains())
        }
        #expect(entries.map(\.kind) == [.promote, .promote, .rollback])
        #expect(entries.last?.sentence == "shop.example@2 → shop.example@1" && entries.first?.versions?.from == nil)
        #expect(MailJournalCheck.findings(in: entries, audit: audit, domains: domains) == [])
        #expect(try store.counters(domain: nil).map(\.matched) == [7])
        try store.writeMail { tx in try tx.append(Sample.mailDeployment("shop.example", after: tx)) }
        #expect(try store.readMail { try $0.mailDeployments(of: "shop.example", last: nil) }.count == 4)
        let raw = try test.raw()
        for sql in ["UPDATE mail_journal SET reason = 'x'", "DELETE FROM mail_journal WHERE id = 4"] {
            #expect(throws: DatabaseError.self) { try raw.write { try $0.execute(sql: sql) } }
        }
        // The first entry of a stream has none before it, and every other has.
        for (stream, sequence, previous) in [("new.example", 1, "b"), ("shop.example", 5, nil)] {
            let entry: StatementArguments = [9, stream, sequence, previous.map { String(repeating: $0, count: 64) }]
            let refused = #expect(throws: DatabaseError.self) {
                try raw.write {
                    try $0.execute(
                        sql: """
                            INSERT INTO mail_journal (id, stream, sequence, kind, at, actor_name, actor_uid, previous_head, head)
                            VALUES (?1, ?2, ?3, 'promote', 0, 'a', 0, ?4, '\(String(repeating: "c", count: 64))')
                            """, arguments: entry)
                }
            }
            #expect(refused?.message?.contains("previous_head IS NULL") == true, "\(String(describing: refused))")
        }
    }

    @Test("figures have one row for each ten seconds, kind and subject, and their histogram is bounded")
    func figures() throws {
        let test = try migrated()
        defer { withExtendedLifetime(test) {} }
        let db = try test.raw()
        let insert =
            "INSERT INTO figures (bucket, kind, subject, requests, status_2xx, latency) VALUES (?, ?, ?, ?, ?, ?)"
        func add(_ bucket: Int, _ kind: String, _ subject: String, histogram: Int = 64) throws {
            try db.write {
                try $0.execute(
                    sql: insert, arguments: [bucket, kind, subject, 7, 7, Data(repeating: 1, count: histogram)])
            }
        }
        for kind in ["version", "zone", "node", "origin", "total"] { try add(1_795_260_600, kind, "a") }
        #expect(throws: DatabaseError.self, "twice") { try add(1_795_260_600, "zone", "a") }
        #expect(throws: DatabaseError.self, "no bucket") { try add(1_795_260_601, "zone", "a") }
        #expect(throws: DatabaseError.self, "a kind unheard of") { try add(1_795_260_610, "rule", "a") }
        #expect(throws: DatabaseError.self, "too long") { try add(1_795_260_610, "zone", "a", histogram: 4_097) }
        try add(1_795_260_610, "zone", "a", histogram: 4_096)
        let plan = try db.write { db in
            try db.execute(sql: "DELETE FROM figures WHERE bucket < 1795260610")
            return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN DELETE FROM figures WHERE bucket < 1")
        }
        #expect("\(plan)".contains("SEARCH figures USING PRIMARY KEY"), "\(plan)")
        #expect(try db.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM figures") } == 1)
    }

    @Test("a zone keeps the files of its certificate")
    func certificate() throws {
        let test = try migrated()
        defer { withExtendedLifetime(test) {} }
        let store = try test.open()
        var zone = try #require(try store.read { try $0.zone(named: "example.com") })
        #expect(zone.tls == nil)
        zone.tls = CertificateFiles(certificate: "/tls/a.crt", key: "/tls/a.key")
        try store.write { try $0.putZone(zone, configuration: Sample.document(1)) }
        #expect(try store.read { try $0.zones() } == [zone])
        zone.tls = nil
        try store.write { try $0.putZone(zone, configuration: Sample.document(1)) }
        #expect(try store.read { try $0.zone(named: "example.com") } == zone)
    }

    @Test("the first schema never changes again: the fixture's tables, migrated, are those of a new store")
    func frozen() throws {
        func tables(_ test: TestStore) throws -> [String] {
            try test.raw().read { db in
                try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            }
        }
        #expect(try tables(migrated()) == tables(TestStore.made()))
    }

    @Test("an older schema is refused, then migrated on demand after a copy")
    func migration() throws {
        let test = try migrated()
        let before = try StoreImage(of: test.open())
        let error = try storeError {
            _ = try SQLiteStore.open(path: test.path, mode: .readWrite, options: .init(), schema: next)
        }
        #expect(error?.code == .olderSchema)
        #expect(error?.message.contains("schema 5") == true && error?.message.contains("schema 6") == true)
        #expect(error?.remedy.contains("signalbox state migrate") == true)

        let migration = try SQLiteStore.migrate(path: test.path, now: Sample.time, schema: next)
        let backup = test.path + ".schema-5.2026-11-21T113000.250Z"
        #expect(migration == SQLiteStore.Migration(from: 5, to: 6, backup: backup))
        #expect(try StoreImage(of: SQLiteStore.open(path: backup, mode: .readOnly)) == before)
        let migrated = try SQLiteStore.open(path: test.path, mode: .readWrite, options: .init(), schema: next)
        #expect(try StoreImage(of: migrated) == before)
        #expect(try migrated.queue.read { try $0.columns(in: "node").map(\.name) }.last == "seen")
        #expect(try storeError { _ = try test.open() }?.code == .newerSchema, "the older program")
    }

    @Test("a migration waits for nobody: while any process has the state open it is refused, and names it")
    func migrationWhileOpen() async throws {
        let test = try migrated()
        let files = try test.files()
        let before = try StoreImage(of: test.open())
        // An older server that does nothing at the moment, in one mode and the other.
        for mode in ["idle", "idle-writer"] {
            let server = try ChildProcess(Checkout.program("StoreWorker"), [mode, test.path])
            try await eventually(within: .seconds(30), "the open state") { server.output.contains("open") }
            let error = try await Blocking.run {
                try storeError { _ = try SQLiteStore.migrate(path: test.path, now: Sample.time, schema: next) }
            }
            #expect(error?.code == .busy)
            #expect(error?.message == "the state is open in process \(server.pid) (StoreWorker)")
            #expect(try test.files().filter { $0.contains("schema") } == files.filter { $0.contains("schema") })
            #expect(try StoreImage(of: test.open()) == before)
            server.signal(SIGKILL)
            try await server.wait()
        }
        #expect(try SQLiteStore.migrate(path: test.path, now: Sample.time, schema: next).to == 6)
    }

    @Test("what a migration did stands in the file itself, where older programs look before they open it")
    func migrationInFile() throws {
        let test = try migrated()
        try test.open().write { try $0.putSetting("a", "b") }
        _ = try SQLiteStore.migrate(path: test.path, now: Sample.time, schema: next)
        #expect(try StateHeader.read(StateFile(test.path)).schema == 6)
        let before = test.bytes()
        #expect(try storeError { _ = try test.open() }?.code == .newerSchema)
        #expect(test.bytes() == before)
    }

    @Test("a migration that fails leaves the store as it was")
    func failedMigration() throws {
        let test = try migrated()
        let broken = Schema(
            steps: Schema.current.steps + ["ALTER TABLE node ADD COLUMN seen INTEGER; INSERT INTO nowhere VALUES (1)"])
        #expect(throws: StoreError.self) {
            try SQLiteStore.migrate(path: test.path, now: Sample.time, schema: broken)
        }
        #expect(try test.open().integrityFindings() == [])
        #expect(try test.raw().read { try $0.columns(in: "node").map(\.name) }.contains("seen") == false)
    }

    @Test("nothing to migrate makes no copy; a newer one is refused")
    func noMigration() throws {
        let test = try TestStore.filled()
        #expect(
            try SQLiteStore.migrate(path: test.path, now: Sample.time)
                == SQLiteStore.Migration(from: 5, to: 5, backup: nil))
        try test.raw().writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 9") }
        #expect(
            try storeError { _ = try SQLiteStore.migrate(path: test.path, now: Sample.time) }?.code == .newerSchema)
        let files = try FileManager.default.contentsOfDirectory(atPath: test.folder.path)
        #expect(files.filter { $0.contains("schema") || $0.contains("draft") } == [])
    }

    @Test("a backup is whole while another writes, closed to others, and replaces nothing")
    func backup() throws {
        let test = try TestStore.filled()
        let store = try test.open()
        let copy = test.folder.path("copy.db")
        let open = try test.open()
        try open.write { tx in
            try tx.putSetting("uncommitted", "x")
            try store.backup(to: copy)
        }
        let restored = try SQLiteStore.open(path: copy, mode: .readWrite)
        #expect(try restored.read { try $0.settings() } == [:])
        #expect(try restored.read { try $0.versions(of: Sample.name("shop")).count } == 2)
        try restored.write { try $0.putSetting("a", "b") }
        #expect(try restored.integrityFindings() == [])
        var status = stat()
        #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == 0o600)

        #expect(try storeError { try store.backup(to: copy) }?.code == .refused)
        #expect(try restored.read { try $0.settings() } == ["a": "b"])
        #expect(try storeError { try store.backup(to: test.folder.path("no/such/copy.db")) }?.code == .cannotCreate)
        let files = try FileManager.default.contentsOfDirectory(atPath: test.folder.path)
        #expect(files.filter { $0.contains("draft") } == [])
    }

    /// SQL that another tool might run.
    @Test(
        "the file itself refuses what must never happen",
        arguments: [
            "UPDATE deployment SET reason = 'other'", "DELETE FROM deployment", "UPDATE audit SET summary = 'other'",
            "DELETE FROM audit WHERE sequence = 1", "UPDATE configuration SET document = '{}' WHERE id = 102",
            "UPDATE configuration SET locked = 0 WHERE id = 102", "UPDATE version SET state = 'draft' WHERE number = 1",
            "DELETE FROM environment WHERE name = 'production'", "UPDATE account SET revision = revision - 1",
            "UPDATE account SET revision = revision + 1, id = 1", "DELETE FROM account",
            "INSERT INTO account VALUES (2, 778, 0)", "UPDATE configuration_id SET owner = 'zone x' WHERE id = 101",
            "DELETE FROM configuration_id", "DELETE FROM version WHERE number = 1",
            "UPDATE assignment SET version = 7", "UPDATE zone SET created_at = 'yesterday'",
            "UPDATE zone SET hosts = 'example.com'", "UPDATE version SET state = 'open' WHERE number = 2",
            "UPDATE environment SET filter = 'true' WHERE name = 'production'",
            "UPDATE configuration SET digest = 'short' WHERE id = 103", "DELETE FROM application",
        ])
    func guarded(sql: String) throws {
        let test = try migrated()
        let before = try StoreImage(of: test.open())
        #expect(throws: DatabaseError.self) { try test.raw().write { try $0.execute(sql: sql) } }
        #expect(try StoreImage(of: test.open()) == before)
    }
}
