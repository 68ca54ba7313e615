import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    /// A server whose state does not contain what nodes were given sends them nothing until somebody decides.
    @Suite("Nodes are not pushed back silently")
    struct OlderStateTests {
        @Test func aServerThatMovedToAnotherPortGoesOnWhereItWas() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            try await edge.isSettled()
            await edge.stopServe()
            // Something changes while no server runs; the new one takes over with it, forwards.
            let back = try await edge.attempt("rollback", "shop", "--yes")
            #expect(back.status == 69)
            let moved = try FreePort.one()
            try await edge.startServe(at: moved)
            for node in edge.nodes {
                await edge.stopNode(node)
                try await edge.startNode(node, ["--server", "http://\(moved)"])
            }
            try await edge.serves("shop@1", at: edge.production)
            try await edge.isSettled()
            #expect(try await edge.findings() == [])
            await edge.stop()
        }

        @Test func aRestoredBackupIsNotPushedUntilSomebodyDecides() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.backUp(to: edge.folder.path("backup.db"))
            try await edge.promoteSecondVersion()
            try await edge.isSettled()
            await edge.stopServe()
            try edge.restore(edge.folder.path("backup.db"))
            try await edge.startServe()
            try await eventually(every: .milliseconds(100), "the finding for both nodes") {
                try await edge.findings() == ["state-older-than-node fra1", "state-older-than-node hil1"]
            }
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@2") }
            // A change on the old state does not go out either, and says why.
            let tried = try await edge.attempt(
                ["env", "assign", "staging", "shop@1", "--accept-warnings", "--yes"] + EdgeScenario.asJSON)
            let changed = try await edge.attempt(
                ["rollback", "shop", "--env", "production", "--yes"] + EdgeScenario.asJSON)
            #expect(changed.status == 1 && changed.errors.contains("node accept-older"), "\(tried) \(changed)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@2") }

            // An Envoy that begins anew takes what the node has on its disk, not the old state.
            let node = try edge["fra1"]
            await edge.stopNode(node)
            try await edge.startNode(node)
            #expect(try await edge.version(at: node.production) == "shop@2")

            try await edge.signalbox("node", "accept-older", "--reason", "the backup is right", "--yes")
            for address in edge.production {
                try await eventually("the old state at \(address)") {
                    try await edge.version(at: address) != "shop@2"
                }
            }
            try await edge.isSettled()
            #expect(try await edge.findings() == [])
            await edge.stop()
        }

        @Test func anotherMachineWithAnOlderCopyIsNotFollowed() async throws {
            let edge = try await EdgeScenario.running()
            let copy = edge.folder.path("copy.db")
            try await edge.backUp(to: copy)
            try await edge.promoteSecondVersion()
            try await edge.isSettled()
            await edge.stopServe()
            // Without what the first server kept beside its state, only the nodes know.
            try await edge.startServe(environment: ["SIGNALBOX_STATE": copy])
            try await eventually(every: .milliseconds(100), "the finding for both nodes") {
                try await edge.findings(["--state", copy])
                    == ["state-older-than-node fra1", "state-older-than-node hil1"]
            }
            // It had its chance by the time it has answered for a change of its own.
            let changed = try await edge.attempt(
                ["rollback", "shop", "--env", "production", "--yes", "--state", copy] + EdgeScenario.asJSON)
            #expect(changed.status == 1 && changed.errors.contains("node accept-older"), "\(changed)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@2") }
            // The right server is back: nothing to decide.
            await edge.stopServe()
            try await edge.startServe()
            try await edge.signalbox("rollback", "shop", "--yes")
            try await edge.serves("shop@1", at: edge.production)
            #expect(try await edge.findings() == [])
            await edge.stop()
        }
    }
}

extension EdgeScenario {
    /// Findings about nodes, as `CODE NODE`.
    fileprivate func findings(_ options: [String] = []) async throws -> [String] {
        let status = try await signalbox(["status", "--output", "json"] + options).json
        return status["findings"].elements.compactMap { finding in
            guard let code = finding["code"].text, let place = finding["place"].text, place.hasPrefix("node ") else {
                return nil
            }
            return "\(code) \(place.dropFirst(5))"
        }
    }

    /// A consistent copy of the state, as `sqlite3 .backup` makes it.
    fileprivate func backUp(to path: String) async throws {
        let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))"
        let copied = try await ChildProcess.run("python3", ["-c", script, state, path])
        guard copied.exit.isSuccess else { throw NoCopy(errors: copied.errors) }
    }

    fileprivate func restore(_ path: String) throws {
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: state + suffix) {
            try FileManager.default.removeItem(atPath: state + suffix)
        }
        try FileManager.default.copyItem(atPath: path, toPath: state)
    }
}

private struct NoCopy: Error {
    let errors: String
}
