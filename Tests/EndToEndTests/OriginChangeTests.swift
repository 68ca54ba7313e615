import TestKit
import Testing

extension EndToEnd {
    @Suite("Origins change under load")
    struct OriginChangeTests {
        /// Every promotion replaces all three clusters; the ones before go when both nodes have moved on.
        @Test func noRequestFailsAndOldClustersLeave() async throws {
            let edge = try await EdgeScenario.prepared()
            try await edge.startServe(["--settle", "1s"])
            try await edge.signalbox("env", "assign", "staging", "shop@1", "--accept-warnings", "--yes")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            for node in edge.nodes {
                try await edge.register(node)
                try await edge.startNode(node)
            }
            try await edge.serves("shop@1", at: edge.production + edge.staging)
            try await edge.isSettled()

            let own = try #require(try await edge.clusters().values.first)
            #expect(own.count == 3)
            let load = try await edge.startLoad(rate: 400)
            var interval = "1s"
            var seen: Set<String> = []
            for round in 1...6 {
                let next = "\(1_000 + round * 7)ms"
                try await edge.makeVersion(replacing: "interval: \(interval)", by: "interval: \(next)")
                interval = next
                let version = "shop@\(round + 1)"
                try await edge.signalbox("env", "assign", "staging", version, "--accept-warnings", "--yes")
                try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
                try await edge.serves(version, at: edge.production)
                for clusters in try await edge.clusters().values { seen.formUnion(clusters) }
            }
            let result = try await load.finish()
            #expect(result.failed == 0, "\(result)")
            #expect(result.tally.keys.filter { $0.hasPrefix("shop@") }.count >= 6, "\(result.tally)")
            // Those of the version that is live and of the zone's own configuration, which every plan carries.
            try await eventually(every: .milliseconds(200), "the removal of old clusters") {
                try await edge.clusters().values.allSatisfy { $0.count == 6 && $0.isSuperset(of: own) }
            }
            #expect(seen.count > 6, "\(seen)")
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@7") }
            await edge.stop()
        }
    }
}

extension EdgeScenario {
    /// Names of the origins' clusters that each node reports.
    fileprivate func clusters() async throws -> [String: Set<String>] {
        let text = try await RawHTTP.request("GET", "/metrics", at: server, headers: [("Connection", "close")]).text
        var found: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") {
            guard
                let match = line.firstMatch(of: #/^signalbox_origin_endpoints\{node="([^"]*)",origin="([^"]*)"/#)
            else { continue }
            found[String(match.1), default: []].insert(String(match.2))
        }
        return found
    }
}
