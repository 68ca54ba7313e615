import EdgePlan
import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    /// Above 128 zones routes go to the nodes in 64 shards, to every Envoy that starts from then on.
    @Suite("Many zones")
    struct ManyZonesTests {
        /// How a client may write a zone's host.
        private static func spellings(_ zone: String) -> [String] {
            [
                "\(zone).example", "\(zone.uppercased()).Example", "\(zone).example:8080", "\(zone).example.",
                "\(zone).EXAMPLE.:99", "www.\(zone).example", "A.b.\(zone).example",
            ]
        }

        @Test
        func aFleetGrowsBeyondWhatIsSentWholeAndBack() async throws {
            let edge = try await EdgeScenario.prepared()
            // 124 with the shop.
            for number in 1..<124 {
                try await edge.importZone("z\(number)", answering: "first", withAllBelow: number != 8)
            }
            try await edge.startServe()
            try await edge.signalbox("env", "assign", "staging", "shop@1", "--accept-warnings", "--yes")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            for node in edge.nodes {
                try await edge.register(node)
                try await edge.startNode(node)
            }
            try await edge.serves("shop@1", at: edge.production + edge.staging)
            try await edge.isSettled()
            let (fra, hil) = (try edge["fra1"], try edge["hil1"])
            for node in edge.nodes { #expect(try await edge.routeTables(of: node).keys.sorted() == Self.whole) }

            // They become 132 under traffic; whoever runs goes on as it began.
            let load = try await edge.startZoneLoad()
            for number in 124..<132 { try await edge.importZone("z\(number)", answering: "first", "--no-wait") }
            for address in edge.production { try await edge.answers("z131 first", to: "z131.example", at: address) }
            try await edge.isSettled()
            let grown = try await load.finish()
            #expect(grown.failed == 0 && grown.unexpected.statuses == 0, "\(grown)")
            for node in edge.nodes { #expect(try await edge.routeTables(of: node).keys.sorted() == Self.whole) }

            // From its next start on a node has shards. One has, the other has not: both serve all of it.
            await edge.stopNode(fra)
            try await edge.startNode(fra)
            try await eventually("64 shards of both networks") {
                try await edge.routeTables(of: fra).count == 2 * RouteShard.count
            }
            try await edge.isSettled()
            for address in edge.production + edge.staging {
                for zone in ["z7", "z131"] {
                    for host in Self.spellings(zone) {
                        try await edge.answers("\(zone) first", to: host, at: address)
                    }
                }
                for host in ["example", "z132.example", "wz7.example", "127.0.0.1"] {
                    let answer = try await edge.get(at: address, host: host)
                    #expect(answer.status == 404 && !answer.text.contains("first"), "\(host): \(answer)")
                }
                #expect(try await edge.version(at: address) == "shop@1")
            }

            // One zone changed: its shard and no other.
            let before = try await edge.routeTables(of: fra)
            let bytes = try await edge.received(by: fra)
            try await edge.importZone("z7", answering: "second")
            for address in edge.production { try await edge.answers("z7 second", to: "www.z7.example", at: address) }
            try await edge.isSettled()
            let changed = try await edge.routeTables(of: fra)
            let shards = Set(before.keys.filter { before[$0] != changed[$0] })
            #expect(shards == Self.tables(of: ["z7.example"]), "\(shards)")
            let sent = try await edge.received(by: fra) - bytes
            print("132 zones, one changed: \(sent) bytes in all for two networks")
            #expect(sent < 40_000)
            try await edge.answers("z8 first", to: "z8.example", at: fra.production)

            // A host more: nothing but the zone's shard, neither listeners nor scopes.
            let layout = try await edge.updatesOfLayout(by: fra)
            for address in edge.production {
                #expect(try await edge.get(at: address, host: "www.z8.example").status == 404)
            }
            try await edge.importZone("z8", hosts: ["www.z8.example"], answering: "third", withAllBelow: false)
            for address in edge.production { try await edge.answers("z8 third", to: "WWW.z8.example.:81", at: address) }
            try await edge.isSettled()
            let added = try await edge.routeTables(of: fra)
            let touched = Set(added.keys.filter { added[$0] != changed[$0] })
            #expect(touched == Self.tables(of: ["z8.example"]), "\(touched)")
            #expect(try await edge.updatesOfLayout(by: fra) == layout)

            // And back below, under traffic: shards stay until the next start.
            let shrinking = try await edge.startZoneLoad()
            for number in 124..<132 {
                try await edge.signalbox("zone", "remove", "z\(number).example", "--yes", "--no-wait")
            }
            for address in edge.production {
                try await eventually("the end of z131 at \(address)") {
                    try await edge.get(at: address, host: "z131.example").status == 404
                }
                try await edge.answers("z7 second", to: "Z7.example", at: address)
            }
            try await edge.isSettled()
            let shrunk = try await shrinking.finish()
            #expect(shrunk.failed == 0 && shrunk.unexpected.statuses == 0, "\(shrunk)")
            #expect(try await edge.routeTables(of: fra).count == 2 * RouteShard.count)

            // Another server finds a small network and a node that fetches shards: it is served on, until it starts.
            await edge.stopServe()
            try await edge.startServe()
            try await edge.importZone("z9", answering: "fourth")
            for address in edge.production { try await edge.answers("z9 fourth", to: "A.Z9.example", at: address) }
            try await edge.isSettled()
            #expect(try await edge.routeTables(of: fra).count == 2 * RouteShard.count)
            await edge.stopNode(fra)
            try await edge.startNode(fra)
            try await eventually("whole networks") {
                try await edge.routeTables(of: fra).keys.sorted() == Self.whole
            }
            try await edge.answers("z9 fourth", to: "z9.example.", at: fra.production)
            #expect(try await edge.routeTables(of: hil).keys.sorted() == Self.whole)
            try await edge.isSettled()
            await edge.stop()
        }

        /// The tables of small networks.
        private static let whole = ["signalbox.lower", "signalbox.production"]

        /// Tables of both networks in which these names are found.
        private static func tables(of hosts: [String]) -> Set<String> {
            Set(
                hosts.flatMap { host in
                    whole.map { "\($0).\(RouteShard.text(RouteShard.of(host)))" }
                })
        }
    }
}

extension EdgeScenario {
    /// A zone `NAME.example`, which answers every request by itself.
    fileprivate func importZone(
        _ name: String, hosts: [String] = [], answering text: String, withAllBelow isWide: Bool = true,
        _ options: String...
    ) async throws {
        let hosts = ["\(name).example"] + (isWide ? ["'*.\(name).example'"] : []) + hosts
        let zone = """
            zone: \(name).example
            hosts: [\(hosts.joined(separator: ", "))]
            rules:
              http_request_firewall_custom:
                - ref: answer
                  expression: "true"
                  action: block
                  action_parameters: {response: {status_code: 403, content_type: text/plain, content: "\(name) \(text)"}}
            """
        try await signalbox(["zone", "import", "-", "--accept-warnings", "--yes", "--quiet"] + options, input: zone)
    }

    /// Waits until a host is answered with a text.
    fileprivate func answers(
        _ text: String, to host: String, at address: HostPort
    ) async throws {
        try await eventually("\(text) for \(host) at \(address)") {
            try await self.get(at: address, host: host).text == text
        }
    }

    /// Traffic for the shop and for zones that stay, each with the status that is due.
    fileprivate func startZoneLoad() async throws -> LoadProcess {
        let zones = [1, 7, 33, 64, 100, 123].flatMap { ["//z\($0).example/ => 403", "//WWW.Z\($0).example/x => 403"] }
        return try await startLoad(rate: 300, newConnections: 20, paths: zones + ["/ => 200", "/.git/config => 404"])
    }

    /// Versions of the route tables that a node's Envoy runs, by name.
    fileprivate func routeTables(of node: EdgeNode) async throws -> [String: String] {
        let dump = try await administration(of: node, "/config_dump?resource=dynamic_route_configs").json
        return Dictionary(
            dump["configs"].elements.compactMap { table in
                guard let name = table["route_config"]["name"].text, let version = table["version_info"].text
                else { return nil }
                return (name, version)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// How often its listeners and scopes changed.
    fileprivate func updatesOfLayout(by node: EdgeNode) async throws -> String {
        let filter = "^(listener_manager.lds.update_success|http.*scoped_rds.*update_success)"
        return try await administration(of: node, "/stats?filter=\(filter)").output
    }

    /// Bytes that a node's Envoy has received from its control plane.
    fileprivate func received(by node: EdgeNode) async throws -> Int {
        let name = "cluster.xds.upstream_cx_rx_bytes_total"
        let text = try await administration(of: node, "/stats?filter=^\(name)").output
        return text.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0
    }
}
