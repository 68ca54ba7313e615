import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    @Suite("A state that is missing, damaged or taken says so")
    struct StateTests {
        /// Every verb that only reads.
        static let reading = [
            ["zone", "list"], ["app", "list"], ["version", "list"], ["rule", "list"], ["rule", "effective"],
            ["env", "list"], ["staging", "list"], ["history"], ["audit", "list"], ["node", "list"], ["status"],
            ["config", "show"],
        ]

        @Test(arguments: reading) func readingWithoutAStateIsEmpty(words: [String]) async throws {
            let folder = try TemporaryDirectory("empty")
            let finished = try await ChildProcess.run(
                Checkout.program("signalbox"), words + ["--output", "json", "--state", folder.path("none.db")],
                environment: ["XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": folder.path])
            #expect(finished.exit == .exited(0), "\(finished)")
            #expect((try? JSONTree(parsing: finished.output)) != nil, "\(finished)")
            #expect(FileManager.default.fileExists(atPath: folder.path("none.db")) == false)
        }

        @Test func aChangeWithoutAStateNamesTheNextCommand() async throws {
            let folder = try TemporaryDirectory("empty")
            let finished = try await ChildProcess.run(
                Checkout.program("signalbox"), ["promote", "shop", "--yes", "--state", folder.path("none.db")],
                environment: ["XDG_CONFIG_HOME": folder.path])
            #expect(finished.exit == .exited(66), "\(finished)")
            #expect(finished.errors.contains("signalbox init"))
        }

        @Test func aDamagedFileIsLeftAlone() async throws {
            let edge = try await EdgeScenario.prepared()
            let path = try edge.folder.write(String(repeating: "no database ", count: 2_000), to: "damaged.db")
            let before = try edge.folder.read("damaged.db")
            for words in [["app", "list"], ["promote", "shop", "--yes"]] {
                let answer = try await edge.attempt(words + ["--state", path])
                #expect(answer.status == 70, "\(answer)")
            }
            #expect(try edge.folder.read("damaged.db") == before)
            await edge.stop()
        }

        @Test func aNewerFormIsNotTouched() async throws {
            let edge = try await EdgeScenario.prepared()
            let path = edge.folder.path("newer.db")
            // The number of the form is the header's user version (https://sqlite.org/fileformat.html §1.3.17). Nobody
            // has the state open, so that its log is empty.
            var bytes = [UInt8](try Data(contentsOf: URL(filePath: edge.state)))
            bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
            try Data(bytes).write(to: URL(filePath: path))
            for words in [["app", "list"], ["app", "create", "other", "--zone", ShopZone.name]] {
                let answer = try await edge.attempt(words + ["--state", path])
                #expect(answer.status == 69 && answer.errors.contains("newer"), "\(answer)")
            }
            #expect([UInt8](try Data(contentsOf: URL(filePath: path))) == bytes)
            await edge.stop()
        }

        @Test func oneThatSomebodyElseWritesIsBusyForWritersOnly() async throws {
            let edge = try await EdgeScenario.prepared()
            let script = """
                import sqlite3, sys
                database = sqlite3.connect(sys.argv[1], isolation_level=None)
                database.execute("BEGIN IMMEDIATE")
                print("held", flush=True)
                sys.stdin.read()
                """
            let holder = try ChildProcess("python3", ["-c", script, edge.state], input: .pipe)
            try await eventually("the lock") { holder.output.contains("held") }
            let words = ["app", "create", "other", "--zone", ShopZone.name]
            let answer = try await edge.attempt(words)
            #expect(answer.status == 75, "\(answer)")
            #expect(
                answer.errors.contains("waiting for process \(holder.pid)"), "it says why it takes so long: \(answer)")
            try await edge.signalbox("app", "list")
            holder.closeInput()
            try await holder.wait()
            try await edge.signalbox(words)
            await edge.stop()
        }
    }
}
