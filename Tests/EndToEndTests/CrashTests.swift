import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("What is killed comes back to what is live")
    struct CrashTests {
        @Test func serveBetweenTheCommitAndItsPublication() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            // It stands still while the change is committed, so that it cannot have published it.
            edge.signalServe(SIGSTOP)
            let back = try await edge.attempt(["rollback", "shop", "--yes", "--no-wait"] + EdgeScenario.asJSON)
            #expect(back.status == 0 && back.json["committed"] == .bool(true), "\(back)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@2") }
            try await edge.killServe()
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@2") }

            try await edge.startServe()
            try await edge.serves("shop@1", at: edge.production)
            try await edge.isSettled()
            // The journal is whole, and its entry is acknowledged like any other.
            try await edge.signalbox("audit", "verify")
            let last = try await edge.signalbox("history", "production", "--last", "1", "--output", "json").json[0]
            #expect(last["kind"] == .string("rollback"))
            await edge.stop()
        }

        @Test func serveAgainAndAgainUnderTrafficAndChanges() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let load = try await edge.startLoad()
            for _ in 0..<3 {
                try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes", "--no-wait")
                try await edge.killServe()
                try await edge.signalbox("rollback", "shop", "--yes", "--no-wait")
                try await edge.startServe()
                try await edge.serves("shop@1", at: edge.production)
            }
            let result = try await load.finish()
            #expect(result.failed == 0, "\(result)")
            await edge.stop()
        }

        @Test func anEnvoyIsStartedAgainWithTheLastGoodConfiguration() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            try await edge.isSettled()
            let node = try edge["fra1"]
            let first = try #require(edge.envoyProcess(of: node))
            await edge.stopServe()
            kill(first, SIGKILL)
            // Without a server: from the disk.
            let second = try await eventually("another Envoy") {
                edge.envoyProcess(of: node).flatMap { $0 == first ? nil : $0 }
            }
            try await edge.serves("shop@2", at: [node.production, node.staging])
            #expect(kill(second, 0) == 0)
            #expect(edge.nodeLog(node).contains("Envoy ended how=signal 9") || edge.nodeLog(node).contains("signal 9"))

            try await edge.startServe()
            try await eventually("the count of restarts") {
                let nodes = try await edge.signalbox("node", "list", "--output", "json").json.elements
                return nodes.map { $0["restarts"].int } == [1, 0]
            }
            let table = try await edge.signalbox("node", "list").output.split(separator: "\n")
            #expect(table.first?.contains("RESTARTS") == true)
            // And it takes what is new.
            try await edge.signalbox("rollback", "shop", "--yes")
            try await edge.serves("shop@1", at: edge.production)
            await edge.stop()
        }

        /// The kernel ends an Envoy whose service is killed: nothing serves that nobody looks after, and the next
        /// service finds the port free.
        @Test(.enabled(if: access("/usr/bin/setpriv", X_OK) == 0))
        func aNodesServiceTakesItsEnvoyAlong() async throws {
            let edge = try await EdgeScenario.running(serve: ["--suspicion", "0s"])
            try await edge.promoteSecondVersion()
            let node = try edge["fra1"]
            let first = try #require(edge.envoyProcess(of: node))
            try await edge.killNodeService(node)
            try await eventually("the end of its Envoy") { FreePort.isFree(node.production) && kill(first, 0) != 0 }
            try await edge.startNode(node)
            try await edge.serves("shop@2", at: [node.production, node.staging])
            let second = try #require(edge.envoyProcess(of: node))
            #expect(second != first)
            #expect(SystemProcess.listeners(on: node.production) == [second])
            try await edge.isSettled()
            await edge.stop()
        }

        /// As on a machine without `setpriv`: the note of an Envoy that still runs is left behind.
        @Test func anEnvoyLeftBehindNeverSharesThePort() async throws {
            let edge = try await EdgeScenario.running()
            let node = try edge["fra1"]
            // Another Envoy on the node's sockets, with the node's own start file, as one left behind would be.
            try await edge.killNode(node)
            let stray = try ChildProcess(
                EnvoyBinary.require(),
                ["-c", node.directory + "/bootstrap.json", "--disable-hot-restart", "--concurrency", "1"],
                environment: ["ENVOY_DYNAMIC_MODULES_SEARCH_PATH": node.directory])
            try await eventually("the stray Envoy") {
                kill(stray.pid, 0) == 0 && SystemProcess.startTime(of: stray.pid) != nil
            }
            let note = "\(stray.pid)-\(try #require(SystemProcess.startTime(of: stray.pid)))\n"
            try Data(note.utf8).write(to: URL(filePath: node.directory + "/envoy.pid"))

            try await edge.startNode(node)
            #expect(!stray.isRunning)
            let envoy = try #require(edge.envoyProcess(of: node))
            #expect(SystemProcess.listeners(on: node.production) == [envoy])
            #expect(edge.nodeLog(node).contains("ended an Envoy that an earlier run had left behind"))
            await edge.stop()
        }

        @Test func nodesThatVanishComeBackToWhatIsLive() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let (fra, hil) = (try edge["fra1"], try edge["hil1"])
            // A network that is cut: the node lives and serves, and hears nothing.
            edge.signalNode(hil, SIGSTOP)
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes", "--no-wait")
            try await edge.serves("shop@2", at: [fra.production])
            #expect(try await edge.version(at: hil.production) == "shop@1")
            // What the other's Envoy serves is told a moment later.
            try await eventually("hil1 alone behind") {
                try await edge.signalbox("status", "--output", "json").json["behind"].texts == ["hil1"]
            }
            #expect(try await edge.signalbox("status").output.contains("hil1: behind"))
            edge.signalNode(hil, SIGCONT)
            try await edge.serves("shop@2", at: [hil.production])
            try await edge.isSettled()
            await edge.stop()
        }

        @Test func withoutAServerNodesServeAndTheStatusSaysSo() async throws {
            let edge = try await EdgeScenario.running()
            let load = try await edge.startLoad()
            #expect(try await edge.signalbox("status", "--output", "json").json["server"] == .string("running"))
            try await edge.killServe()
            let status = try await edge.signalbox("status", "--output", "json").json
            #expect(status["server"] == .string("not running"))
            #expect(try await edge.signalbox("status").output.hasPrefix("server        not running\n"))
            for address in edge.production + edge.staging { #expect(try await edge.version(at: address) == "shop@1") }
            try await edge.startServe()
            try await edge.isSettled()
            let result = try await load.finish()
            #expect(result.failed == 0, "\(result)")
            await edge.stop()
        }
    }
}
