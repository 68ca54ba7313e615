import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("Origins fail without the client noticing")
    struct OriginFailoverTests {
        private static let host = "www.failover.example"

        /// Three origins: `a` and `b` come first, `c` takes over; each a process of its own, so that one can be killed.
        private struct Lab {
            let edge: EdgeScenario
            var origins: [String: OriginProcess]

            subscript(name: String) -> HostPort {
                get throws { try #require(origins[name]?.origins.first?.listening) }
            }

            mutating func kill(_ name: String) async throws {
                try await #require(origins[name]).kill()
            }

            mutating func restart(_ name: String) async throws {
                origins[name] = try await OriginProcess.start(["\(name):lab"], port: try self[name].port)
            }

            func stop() async {
                await edge.stop()
                for origin in origins.values { await origin.stop() }
            }

            func get(_ path: String, method: String = "GET") async throws -> RawHTTPResponse {
                try await RawHTTP.request(
                    method, path, at: edge.production[0], host: host, headers: [("Connection", "close")])
            }
        }

        /// A zone whose origins are reached by the first part of the path.
        private func start() async throws -> Lab {
            var origins: [String: OriginProcess] = [:]
            for name in ["a", "b", "c"] { origins[name] = try await OriginProcess.start(["\(name):lab"]) }
            let edge = try await EdgeScenario.running()
            let lab = Lab(edge: edge, origins: origins)
            func place(_ name: String, _ more: String = "") throws -> String {
                let address = try lab[name]
                return "{address: \(address.host), port: \(address.port)\(more)}"
            }
            let ranked = try [place("a"), place("b"), place("c", ", priority: 1")].joined(separator: ", ")
            let health = "health: {path: /healthz, interval: 100ms, timeout: 500ms, unhealthy: 1, healthy: 1}"
            let text =
                try """
            zone: failover.example
            hosts: [\(Self.host)]
            origins:
              ranked: {endpoints: [\(ranked)], \(health), retries: {attempts: 3, per_try_timeout: 1s}}
              watched: {endpoints: [\(place("a")), \(place("b"))], \(health)}
              unwatched: {endpoints: [\(place("a")), \(place("c", ", priority: 1"))], retries: {attempts: 1}}
              weighted: {endpoints: [\(place("a", ", weight: 3")), \(place("b"))]}
              flaky: {endpoints: [\(place("c"))], retries: {attempts: 2}}
            settings: {default_origin: ranked, client_host_header: x-forwarded-host}
            rules:
              http_request_origin:

            """
                + ["watched", "unwatched", "weighted", "flaky"].map { name in
                    let isAsked = "starts_with(http.request.uri.path, \"/\(name)/\")"
                    let action = "action: route, action_parameters: {origin: {host: \(name)}}"
                    return "    - {ref: \(name), expression: '\(isAsked)', \(action)}\n"
                }.joined()
            try await edge.signalbox(["zone", "import", "-", "--accept-warnings", "--yes"], input: text)
            try await eventually("the zone") { try await lab.get("/").status == 200 }
            return lab
        }

        private func origin(_ lab: Lab, _ path: String) async throws -> String? {
            try await lab.get(path).first("x-origin")
        }

        @Test func killedOriginsCostNoIdempotentRequest() async throws {
            var lab = try await start()
            let load = try await LoadProcess.start(
                targets: lab.edge.production, host: Self.host, paths: ["/", "HEAD /x", "/y?z=1", "PUT /put"],
                connections: 8, rate: 400, tally: "x-origin")
            // Both of the first rank share, the second rests.
            var seen: Set<String?> = []
            try await eventually("a and b") {
                seen.insert(try await origin(lab, "/"))
                return seen == ["a", "b"]
            }
            try await lab.kill("a")
            try await eventually("b alone") { try await allAnswer(lab, "/", "b") }
            try await lab.kill("b")
            try await eventually("c") { try await allAnswer(lab, "/", "c") }
            try await lab.restart("a")
            try await eventually("a again") { try await allAnswer(lab, "/", "a") }
            let result = try await load.finish()
            #expect(result.failed == 0, "\(result)")
            #expect(Set(result.tally.keys) == ["a", "b", "c"], "\(result.tally)")
            #expect(result.statuses.keys.sorted() == ["200"], "\(result.statuses)")
            await lab.stop()
        }

        /// Without health checks only the repetition can find the next rank, and it must not try the same rank again.
        @Test func aRepetitionGoesToTheNextRank() async throws {
            var lab = try await start()
            #expect(try await origin(lab, "/unwatched/") == "a")
            try await lab.kill("a")
            for _ in 0..<40 {
                let answer = try await lab.get("/unwatched/x")
                #expect(answer.status == 200 && answer.first("x-origin") == "c", "\(answer.status)")
            }
            // Nothing of a request reached the origin whose connection failed: any method may be sent again.
            #expect(try await lab.get("/unwatched/x", method: "POST").status == 200)
            await lab.stop()
        }

        @Test func healthChecksTakeAnOriginOutThatStillAnswers() async throws {
            let lab = try await start()
            var seen: Set<String?> = []
            try await eventually("a and b") {
                seen.insert(try await origin(lab, "/watched/"))
                return seen == ["a", "b"]
            }
            func report(_ isHealthy: Bool) async throws {
                let answer = try await RawHTTP.request(
                    "POST", "/__lab/health?ok=\(isHealthy)", at: try lab["a"], headers: [("Connection", "close")])
                #expect(answer.status == 200)
            }
            try await report(false)
            try await eventually("b alone") { try await allAnswer(lab, "/watched/", "b") }
            try await report(true)
            seen = []
            try await eventually("a again") {
                seen.insert(try await origin(lab, "/watched/"))
                return seen == ["a", "b"]
            }
            await lab.stop()
        }

        @Test func weightsAreShares() async throws {
            let lab = try await start()
            var counts: [String: Int] = [:]
            for _ in 0..<200 { counts[try await origin(lab, "/weighted/") ?? "none", default: 0] += 1 }
            // Three to one, by turns: chance plays no part but at the ends.
            #expect(abs((counts["a"] ?? 0) - 150) <= 4 && abs((counts["b"] ?? 0) - 50) <= 4, "\(counts)")
            await lab.stop()
        }

        @Test func onlyRequestsThatMayBeRepeatedAreRepeated() async throws {
            let lab = try await start()
            let place = try lab["c"]
            func ask(_ method: String, _ path: String) async throws -> RawHTTPResponse {
                try await RawHTTP.request(method, path, at: place, headers: [("Connection", "close")])
            }
            func count() async throws -> Int {
                try JSONTree(parsing: try await ask("GET", "/__lab/stats").text)["requests"].int ?? -1
            }
            #expect(try await ask("POST", "/__lab/fail?share=0.5").status == 200)
            var before = try await count()
            for _ in 0..<20 { #expect(try await lab.get("/flaky/").status == 200) }
            // Every second answer of the origin was an error that the client did not see.
            #expect(try await count() - before >= 30)

            before = try await count()
            var failed = 0
            for _ in 0..<20 where try await lab.get("/flaky/", method: "POST").status == 500 { failed += 1 }
            #expect(failed == 10)
            #expect(try await count() - before == 20)
            await lab.stop()
        }

        @Test func theOriginIsToldTheClientsHost() async throws {
            let lab = try await start()
            let answer = try await RawHTTP.request(
                "GET", "/", at: lab.edge.production[0], host: "WWW.Failover.Example:8080",
                headers: [("X-Forwarded-Host", "spoofed.example"), ("Connection", "close")])
            let echo = try OriginEcho(answer.body)
            #expect(echo.all("x-forwarded-host") == [Self.host])
            await lab.stop()
        }

        /// Whether one origin alone answers: as often as chance would hardly allow if there were two.
        private func allAnswer(_ lab: Lab, _ path: String, _ name: String) async throws -> Bool {
            for _ in 0..<12 where try await origin(lab, path) != name { return false }
            return true
        }
    }
}
