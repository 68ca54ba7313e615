import TestKit
import Testing

extension EndToEnd {
    @Suite("What is served is counted and kept")
    struct TrafficTests {
        /// Requests for a version as they are kept, by status class; nil: none yet.
        private func requests(_ name: String, by kind: String = "version", _ edge: EdgeScenario) async throws -> Int? {
            let rows = try await edge.signalbox(["traffic", "--by", kind, "--since", "30m"] + EdgeScenario.asJSON)
            return rows.json.elements.first { $0["name"].text == name }?["requests"].int
        }

        /// Sends requests until a version has answered so many, over all nodes: workers take a new plan up one after
        /// another, and later than Envoy says that it has it.
        private func send(_ count: Int, to version: String, _ edge: EdgeScenario) async throws {
            for number in 0..<count {
                let address = edge.production[number % edge.production.count]
                try await eventually("an answer of \(version)") {
                    try await edge.version("/p/\(number)", at: address) == version
                }
            }
        }

        /// Waits until the server has figures of every node: what is counted from now on is told.
        private func isMeasured(_ edge: EdgeScenario) async throws {
            try await eventually(within: .seconds(30), every: .milliseconds(100), "figures of all nodes") {
                let rows = try await edge.signalbox(["traffic", "--by", "node"] + EdgeScenario.asJSON).json.elements
                return rows.count(where: { $0["now"]["stale"] == .bool(false) }) == edge.nodes.count
            }
        }

        /// What was asked before a node's first figures is not told. Asks until every node's are.
        private func isCounting(_ version: String, _ edge: EdgeScenario) async throws {
            try await eventually(within: .seconds(60), every: .milliseconds(200), "figures of all nodes grow") {
                try await send(edge.production.count, to: version, edge)
                let rows = try await edge.signalbox(
                    ["traffic", "--by", "node", "--since", "30m"] + EdgeScenario.asJSON
                ).json.elements
                return rows.count(where: { $0["requests"].int ?? 0 > 0 }) == edge.nodes.count
            }
        }

        private func isKept(_ count: Int, of name: String, by kind: String = "version", _ edge: EdgeScenario)
            async throws
        {
            var found: Int?
            try await eventually(within: .seconds(40), every: .milliseconds(200), "\(count) requests of \(name)") {
                found = try await requests(name, by: kind, edge)
                return found ?? 0 >= count
            }
            #expect(found == count)
        }

        @Test func everyVersionsRequestsAreCountedAndARestartedServerGoesOn() async throws {
            let edge = try await EdgeScenario.running()
            try await isCounting("shop@1", edge)
            let early = try await requests("shop@1", edge) ?? 0
            // The last words of a version that is served no more are told, too.
            try await send(6, to: "shop@1", edge)
            try await edge.makeVersion(by: "release-2")
            for verb in [["env", "assign", "staging", "shop@2"], ["promote", "shop"]] {
                try await edge.signalbox(verb + ["--accept-warnings", "--yes"])
            }
            // A promotion has asked three hosts at each node's staging address.
            let canaries = 3 * edge.nodes.count
            try await send(40, to: "shop@2", edge)
            try await isKept(canaries + 40, of: "shop@2", edge)
            let first = try await requests("shop@1", edge)
            #expect(first ?? 0 >= early + 6)

            // It was counted before the server ended and must not be counted again by the next.
            await edge.stopServe()
            try await edge.startServe()
            try await isMeasured(edge)
            try await send(9, to: "shop@2", edge)
            try await isKept(canaries + 49, of: "shop@2", edge)
            #expect(try await requests("shop@1", edge) == first)
            let zone = try await requests(ShopZone.name, by: "zone", edge)
            #expect(try await requests("all", by: "total", edge) == zone)

            let events = try await edge.signalbox("events", "--output", "json").json.elements
            let texts = events.compactMap { $0["text"].text }
            #expect(texts.contains { $0.hasPrefix("promote: ") } && texts.contains("fra1 is there"), "\(texts)")
            #expect(texts.contains { $0.hasPrefix("hil1 serves deployment ") }, "\(texts)")
            await edge.stop()
        }

        @Test func requestsThatAnOriginFailedAreShownWithoutTheirQuery() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.origins.kill()
            let failing = try await eventually(within: .seconds(40), every: .milliseconds(200), "a failing request") {
                _ = try await edge.get("/cart/77?token=geheim", at: edge.production[0])
                let answer = try await edge.signalbox(["traffic", "--failing"] + EdgeScenario.asJSON)
                #expect(!answer.output.contains("geheim"))
                return answer.json.elements.first { $0["path"].text == "/cart/77" && $0["origin"].text != nil }
            }
            #expect(failing["status"].int ?? 0 >= 500 && failing["severe"] == .bool(true))
            #expect(failing["node"].text == "fra1" && failing["version"].text == "shop@1")
            #expect(failing["host"].text == ShopZone.host && failing["flags"].text?.isEmpty == false, "\(failing)")
            let origin = try #require(failing["origin"].text)
            try await eventually(within: .seconds(40), every: .milliseconds(200), "failures of \(origin)") {
                let rows = try await edge.signalbox(["traffic", "--by", "origin"] + EdgeScenario.asJSON).json.elements
                return rows.first { $0["name"].text == origin }?["now"]["healthy"].int == 0
            }
            await edge.stop()
        }
    }
}
