import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("The state is backed up, restored, migrated and shared")
    struct StateKeepingTests {
        /// Made by this program's commands when the schema of that number was current.
        static let released = ["schema-1.db", "schema-2.db"]

        @Test func aBackupUnderAServerIsWholeAndComesBackOnceItHasStopped() async throws {
            let bench = try await StateBench.made()
            let server = try await bench.serve()
            let before = try await bench.content()
            let backup = bench.folder.path("backup.db")
            try await bench.run(["state", "backup", backup])
            let taken = try await bench.attempt(["state", "backup", backup])
            #expect(taken.status == 73 && taken.errors.contains("signalbox state backup \(backup).new"), "\(taken)")
            try await bench.run(["app", "create", "later", "--zone", ShopZone.name])

            let refused = try await bench.attempt(["state", "restore", backup, "--yes"])
            #expect(refused.status == 75 && refused.errors.contains("process \(server.pid)"), "\(refused)")
            let migrate = try await bench.attempt(["state", "migrate"])
            #expect(migrate.status == 0 && migrate.output.contains("nothing to do"), "\(migrate)")
            #expect(await server.terminate() == .exited(0), "\(server.errors)")

            let unasked = try await bench.attempt(["state", "restore", backup])
            #expect(unasked.status == 77, "\(unasked)")
            #expect(try await bench.run(["app", "list"]).output.contains("later"))
            let restored = try await bench.run(["state", "restore", backup, "--yes", "--output", "json"])
            #expect(restored.errors.contains("Nodes may hold newer configuration"), "\(restored)")
            #expect(try await !bench.run(["app", "list"]).output.contains("later"))
            try await bench.run(["audit", "verify"])
            let entry = try await bench.run(["audit", "list", "--last", "1", "--output", "json"]).json[0]
            #expect(entry["action"] == .string("state.restore"))

            // Both ways: what was replaced is a whole state too.
            let replaced = try #require(restored.json["replaced"].text)
            try await bench.run(["state", "check", "--state", replaced])
            #expect(try await bench.run(["app", "list", "--state", replaced]).output.contains("later"))
            try await bench.run(["state", "restore", backup, "--yes"])
            let content = try await bench.content()
            #expect(content.hasPrefix(before.prefix(while: { $0 != "]" })))
        }

        @Test func aBackupWithABrokenJournalIsRefused() async throws {
            let bench = try await StateBench.made()
            let backup = bench.folder.path("backup.db")
            try await bench.run(["state", "backup", backup])
            let script = """
                import sqlite3, sys
                database = sqlite3.connect(sys.argv[1])
                database.execute("DROP TRIGGER audit_unchanged")
                database.execute("UPDATE audit SET summary = 'nothing happened' WHERE sequence = 2")
                database.commit()
                """
            let edited = try await ChildProcess.run("python3", ["-c", script, backup])
            #expect(edited.exit.isSuccess, "\(edited)")
            let before = try Data(contentsOf: URL(filePath: bench.state))
            let refused = try await bench.attempt(["state", "restore", backup, "--yes"])
            #expect(refused.status == 65 && refused.errors.contains("audit #2"), "\(refused)")
            #expect(try Data(contentsOf: URL(filePath: bench.state)) == before)
            #expect(try await bench.attempt(["state", "check", "--state", backup]).status == 1)
            let junk = try bench.folder.write(String(repeating: "no database ", count: 90), to: "junk.db")
            let none = try await bench.attempt(["state", "restore", junk, "--yes"])
            #expect(none.status == 65 && none.errors.contains("not a SQLite database"), "\(none)")
            #expect(try Data(contentsOf: URL(filePath: bench.state)) == before)
        }

        /// Past the program, and past SQLite's own guards.
        @Test func aLockedVersionThatWasEditedIsFound() async throws {
            let bench = try await StateBench.made()
            try await bench.run(["state", "check"])
            let script = """
                import sqlite3, sys
                database = sqlite3.connect(sys.argv[1])
                database.execute("DROP TRIGGER configuration_locked")
                changed = database.execute("UPDATE configuration SET document = replace(document, '301', '302')").rowcount
                database.commit()
                sys.exit(changed == 0)
                """
            let edited = try await ChildProcess.run("python3", ["-c", script, bench.state])
            #expect(edited.exit.isSuccess, "\(edited)")
            let found = try await bench.attempt(["state", "check", "--output", "json"])
            #expect(found.status == 1 && found.output.contains("content-altered"), "\(found)")
            #expect(try await bench.attempt(["doctor"]).output.contains("content-altered"))
            let backup = bench.folder.path("altered.db")
            try await bench.run(["state", "backup", backup])
            #expect(try await bench.attempt(["state", "restore", backup, "--yes"]).status == 65)
        }

        @Test func aStateRemovedUnderAServerIsNotMadeAnewAndComesBackFromABackup() async throws {
            let bench = try await StateBench.made()
            let before = try await bench.content()
            let backup = bench.folder.path("backup.db")
            try await bench.run(["state", "backup", backup])
            let server = try await bench.serve()
            unlink(bench.state)
            for words in [["init"], ["app", "list"], ["state", "restore", backup, "--yes"]] {
                let answer = try await bench.attempt(words)
                #expect([75, 77].contains(answer.status), "\(answer)")
            }
            try await eventually("the server's word") {
                server.errors.contains("the file was moved, replaced or removed while it was open")
            }
            await server.terminate()
            try await bench.run(["state", "restore", backup, "--yes"])
            #expect(try await bench.content().contains("state.restore"))
            #expect(try await bench.content().hasPrefix(before.prefix(while: { $0 != "]" })))
        }

        @Test(arguments: released) func aStateOfEveryReleasedSchemaWorks(name: String) async throws {
            let bench = try StateBench.bare()
            let fixture = Checkout.root + "/Tests/StoreSQLiteTests/Fixtures/" + name
            try FileManager.default.copyItem(atPath: fixture, toPath: bench.state)
            chmod(bench.state, 0o600)
            try await bench.run(["state", "migrate", "--yes"])
            for words in [["state", "check"], ["audit", "verify"], ["status"]] {
                let answer = try await bench.attempt(words)
                #expect(answer.status == 0, "\(answer)")
            }
            try await bench.run(["rollback", "shop", "--to", "2"] + StateBench.change)
            try await bench.run(["audit", "verify"])
        }

        @Test(.enabled(if: geteuid() == 0, "needs root, to run commands as two users"))
        func twoUsersOfAGroupShareAStateAndItsServer() async throws {
            let bench = try StateBench.bare()
            let bin = try TemporaryDirectory("bin")
            let program = bin.path("signalbox")
            let copied = try await ChildProcess.run("cp", [Checkout.program("signalbox"), program])
            #expect(copied.exit.isSuccess)
            for place in [bin.path, program] { chmod(place, 0o755) }
            let home = bench.folder.path
            #expect(chown(home, 65_501, 65_503) == 0 && chmod(home, 0o770) == 0)
            let zone = try bench.folder.write(try ShopZone.text(origins: []), to: "shop.yaml")
            chmod(zone, 0o644)
            let state = home + "/edge/state.db"
            func prefix(_ user: Int) -> [String] {
                [
                    "setpriv", "--reuid=\(user)", "--regid=\(user)", "--groups=65503", "sh", "-c",
                    "umask 077; exec \"$@\"", "sh",
                ]
            }
            func run(_ user: Int, _ words: String...) async throws -> CommandAnswer {
                try await bench.attempt(words + ["--state", state], prefix: prefix(user), program: program)
            }
            let made = try await run(65_501, "init", "--group", "65503")
            #expect(made.status == 0, "\(made)")
            // Each as the first and as the second; the server is one's, the commands are the other's.
            for (owner, guest) in [(65_501, 65_502), (65_502, 65_501)] {
                let server = try await bench.serve(
                    ["--state", state], prefix: prefix(owner), program: program)
                if owner == 65_501 {
                    let imported = try await run(guest, "zone", "import", zone, "--accept-warnings", "--yes")
                    #expect(imported.status == 0, "\(imported)")
                }
                for words in [
                    ["app", "create", "app\(owner)", "--zone", ShopZone.name],
                    ["env", "assign", "staging", "app\(owner)@1", "--accept-warnings", "--yes"],
                ] {
                    let answer = try await bench.attempt(
                        words + ["--state", state], prefix: prefix(guest), program: program)
                    #expect(answer.status == 0, "\(answer)")
                }
                let status = try await run(guest, "status")
                #expect(status.output.contains("running"), "\(status)")
                for suffix in ["", "-wal", "-shm", ".sock", ".serve", ".rollout"] {
                    var found = stat()
                    guard stat(state + suffix, &found) == 0 else {
                        Issue.record("there is no \(suffix)")
                        continue
                    }
                    let mode = String(found.st_mode & 0o777, radix: 8)
                    #expect(mode == "660" && found.st_gid == 65_503, "\(suffix) \(mode) \(found.st_gid)")
                }
                #expect(await server.terminate() == .exited(0), "\(server.errors)")
            }
        }
    }
}
