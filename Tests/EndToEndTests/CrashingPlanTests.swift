import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    /// Two real nodes whose module ends Envoy for certain plans.
    @Suite("A plan that crashes the module stops at the first node")
    struct CrashingPlanTests {
        @Test func theShippedModuleCannotBeMadeToCrashLikeThis() async throws {
            let folder = try TemporaryDirectory("crash")
            let crashing = try await CrashingModule.build(in: folder)
            let shipped = try #require(Checkout.edgeModule())
            // Names of functions stand in a library's string tables as text.
            func names(_ path: String) throws -> Bool {
                try Data(contentsOf: URL(filePath: path)).firstRange(of: Data(CrashingModule.symbol.utf8)) != nil
            }
            #expect(try names(crashing.path), "otherwise this test looks at nothing")
            #expect(try !names(shipped))
        }

        @Test func whenTheFirstCrashesTheSecondNeverSeesIt() async throws {
            let folder = try TemporaryDirectory("crash")
            let crashing = try await CrashingModule.build(in: folder)
            let edge = try await EdgeScenario.running(nodeOptions: ["--module", crashing.path])
            let (first, second) = (try edge["fra1"], try edge["hil1"])
            let process = edge.envoyProcess(of: second)
            let load = try await LoadProcess.start(
                targets: [second.production], host: ShopZone.host, paths: EdgeScenario.paths,
                headers: ["x-api-key: lab"], rate: 200, tally: ShopZone.versionHeader)

            // It did well on staging; in production the first node's Envoy ends when it reads it.
            try await edge.makeVersion(by: CrashingModule.onAccept)
            try await edge.signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes")
            try crashing.arm()
            let promoted = try await edge.attempt(
                ["promote", "shop", "--accept-warnings", "--yes"] + EdgeScenario.asJSON)
            #expect(promoted.status == 1, "\(promoted)")
            #expect(promoted.errorJSON["committed"] == .bool(true))
            let told = promoted.errors
            #expect(told.contains("fra1 came back without a version") && told.contains("signalbox rollback shop"))

            // It came back with what was served before.
            try await edge.serves("shop@1", at: [first.production])
            try await edge.serves("shop@2", at: [first.staging])
            try await expectHold(edge)
            // It is still held after the server was started anew.
            await edge.stopServe()
            let before = try await edge.lastSeen()
            try await edge.startServe()
            try await eventually(every: .milliseconds(100), "word of both nodes") {
                zip(try await edge.lastSeen(), before).allSatisfy { $0 != $1 }
            }
            #expect(edge.serveLog.contains("held: fra1"))
            try await expectHold(edge)

            // Back again, on both networks, everywhere, at once.
            try await edge.signalbox("rollback", "shop", "--yes")
            try await edge.signalbox("env", "assign", "staging", "shop@1", "--accept-warnings", "--yes")
            try await edge.isSettled()
            #expect(
                try await edge.signalbox("status", "--output", "json").json["findings"].elements.allSatisfy {
                    $0["code"] != .string("plan-held")
                })
            try await edge.serves("shop@1", at: edge.production + edge.staging)

            let traffic = try await load.finish()
            #expect(traffic.failed == 0 && Set(traffic.tally.keys).isSubset(of: ["shop@1", "(none)"]), "\(traffic)")
            #expect(edge.envoyProcess(of: second) == process, "the second node's Envoy is the one it was")
            // And what does not crash goes on to all.
            try await edge.makeVersion(replacing: CrashingModule.onAccept, by: "release-3")
            try await edge.signalbox("env", "assign", "staging", "shop@3", "--accept-warnings", "--yes")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            try await edge.serves("shop@3", at: edge.production)
            await edge.stop()
        }

        private func expectHold(_ edge: EdgeScenario) async throws {
            let status = try await edge.signalbox("status", "--output", "json").json
            let held = status["findings"].elements.filter { $0["code"] == .string("plan-held") }
            #expect(held.count == 2 && held.allSatisfy { $0["place"] == .string("node fra1") }, "\(status)")
            let nodes = try await edge.signalbox("node", "list", "--output", "json").json.elements
            #expect(nodes.map { $0["holds"].elements.count } == [2, 0])
            let table = try await edge.signalbox("node", "list").output
            #expect(table.contains("came back without a version") && table.contains("is held by fra1"), "\(table)")
        }

        @Test func aCrashAtTheFirstRequestStopsThereToo() async throws {
            let folder = try TemporaryDirectory("crash")
            let crashing = try await CrashingModule.build(in: folder)
            // However busy this machine is, a request comes within a second.
            let edge = try await EdgeScenario.running(
                serve: ["--trial", "1s"], nodeOptions: ["--module", crashing.path])
            let (first, second) = (try edge["fra1"], try edge["hil1"])
            let process = edge.envoyProcess(of: second)
            // Requests come to the first node's staging address before the second gets the plan.
            let load = try await LoadProcess.start(
                targets: [first.staging], host: ShopZone.host, paths: ["/.git/config"], connections: 4, rate: 1_000)
            try await edge.makeVersion(by: CrashingModule.onRequest)
            let staged = try await edge.attempt(["env", "assign", "staging", "shop@2", "--accept-warnings", "--yes"])
            #expect(staged.status == 1, "\(staged)")
            _ = try await load.finish()
            try await edge.serves("shop@1", at: [second.staging, first.staging])
            #expect(edge.envoyProcess(of: second) == process)
            await edge.stop()
        }
    }
}

extension EdgeScenario {
    /// When each node was last heard of.
    fileprivate func lastSeen() async throws -> [String?] {
        try await signalbox("node", "list", "--output", "json").json.elements.map { $0["last_seen"].text }
    }
}
