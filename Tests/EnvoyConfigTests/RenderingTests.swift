import EdgePlan
import EnvoyConfig
import TestKit
import Testing

@Suite("Rendering")
struct RenderingTests {
    private let renderer = EnvoyRenderer()
    private let encode: (ZonePlan) -> [UInt8] = { Array("plan of \($0.name)".utf8) }

    @Test("A plan becomes exactly these resources", arguments: PlanCase.all)
    func golden(_ given: PlanCase) throws {
        let set = try renderer.render(given.plan, encode: encode)
        var text = try "clusters\n" + ReadableJSON.list(set.clusters.map(\.resource))
        for network in Network.allCases {
            text += "\(network)\n" + (try ReadableJSON.text(set.routes(network).resource.bytes))
        }
        try Golden.check(text, "\(given.name).txt")
    }

    @Test("A node gets a listener for each socket it declares, and no other node's")
    func listeners() throws {
        let sockets = [
            ListenerPlan(network: .production, address: "127.0.0.10", port: 8080),
            ListenerPlan(network: .lower, address: "::1", port: 8080),
            // The same socket twice: Envoy would refuse both.
            ListenerPlan(network: .production, address: "127.0.0.10", port: 8080),
        ]
        let listeners = try renderer.listeners(sockets, accessLog: "/var/log/signalbox/access.json")
        #expect(listeners.map(\.name) == ["lower [::1]:8080", "production 127.0.0.10:8080"])
        try Golden.check(ReadableJSON.list(listeners), "listeners.txt")
    }

    @Test("Listeners ask for their routes as often as the node says")
    func refreshDelay() throws {
        let sockets = [ListenerPlan(network: .production, address: "127.0.0.10", port: 8080)]
        for inShards in [false, true] {
            let listeners = try renderer.listeners(sockets, accessLog: nil, inShards: inShards, refreshDelay: 1)
            let text = String(decoding: listeners[0].bytes, as: UTF8.self)
            #expect(text.contains(#""refresh_delay":"0.001s""#) && !text.contains(#""refresh_delay":"0.010s""#))
        }
    }

    private static let certificates = [
        CertificatePlan(
            zone: "example.com", hosts: ["*.example.com", "example.com"],
            files: CertificateFiles(certificate: "/etc/tls/com.crt", key: "/etc/tls/com.key")),
        CertificatePlan(
            zone: "example.net", hosts: ["example.net"],
            files: CertificateFiles(certificate: "/etc/tls/org.crt", key: "/etc/tls/org.key")),
        CertificatePlan(
            zone: "example.org", hosts: ["example.org"],
            files: CertificateFiles(certificate: "/etc/tls/org.crt", key: "/etc/tls/org.key")),
    ]

    @Test(
        "A socket with TLS has a chain for each certificate; one behind a load balancer takes connections of it alone")
    func tlsListeners() throws {
        let sockets = [
            ListenerPlan(network: .production, address: "127.0.0.10", port: 8443, isTLS: true),
            ListenerPlan(
                network: .lower, address: "::1", port: 8443, isTLS: true, loadBalancers: ["192.0.2.0/24", "::1"]),
            ListenerPlan(network: .lower, address: "::1", port: 8080, loadBalancers: ["192.0.2.7"]),
            // Nobody may connect to it.
            ListenerPlan(network: .lower, address: "::1", port: 8081, loadBalancers: []),
        ]
        let listeners = try renderer.listeners(sockets, certificates: Self.certificates, accessLog: nil)
        try Golden.check(ReadableJSON.list(listeners), "listeners-tls.txt")
    }

    @Test("Without a certificate nothing listens for TLS")
    func noCertificates() throws {
        let sockets = [ListenerPlan(network: .production, address: "127.0.0.10", port: 8443, isTLS: true)]
        #expect(try renderer.listeners(sockets, accessLog: nil) == [])
    }

    @Test("A certificate is asked for by its paths, and answered with nothing else")
    func secrets() throws {
        let files = Self.certificates[0].files
        #expect(EnvoyRenderer.files(ofSecret: EnvoyRenderer.secretName(files)) == files)
        for name in ["", "/a", "/a:b", "/a:/b:/c", "/a:/../b"] { #expect(EnvoyRenderer.files(ofSecret: name) == nil) }
        let answers = try [0, 1, 2].map {
            String(decoding: try EnvoyRenderer.secret(files, loading: $0).bytes, as: UTF8.self)
        }
        #expect(answers[0] == answers[2] && answers[0] != answers[1])
        #expect(
            answers[0].contains(
                #""certificate_chain":{"filename":"/etc/tls/com.crt"},"private_key":{"filename":"/etc/tls/com.key"}"#))
    }

    @Test("Listeners of a node that fetches shards, and the scopes that lead there")
    func shardedListeners() throws {
        let sockets = [ListenerPlan(network: .lower, address: "127.0.0.20", port: 8080)]
        let listeners = try renderer.listeners(sockets, accessLog: nil, inShards: true)
        let scopes = try EnvoyRenderer.scopes([.production, .lower])
        #expect(scopes.count == 128 && Set(scopes.map(\.name)).count == 128)
        try Golden.check(ReadableJSON.list(listeners + scopes.suffix(1)), "listeners-shards.txt")
    }

    @Test("A large network comes in shards: a changed zone changes its shard only, a new host no listener and no scope")
    func shards() throws {
        let small = EnvoyRenderer(largestWhole: 10)
        var zones = (0..<40).map { ZonePlan.zone("z\($0).example", origin: "shop.000000000001") }
        func render(_ previous: ResourceSet? = nil) throws -> RouteTable {
            try small.render(.edge(production: zones, origins: [.fixed]), reusing: previous, encode: encode).production
        }
        let first = try small.render(.edge(production: zones, origins: [.fixed]), encode: encode)
        let before = first.production
        #expect(before.shards.count == RouteShard.count && first.lower.shards.isEmpty)
        zones[7].hosts.append("www.z7.example")
        let after = try render(first)
        let changed = after.shards.indices.filter { after.shards[$0].answer != before.shards[$0].answer }
        #expect(changed == [RouteShard.of("z7.example")])
        #expect(after.version != before.version && after.resource != before.resource)
        #expect(try render() == after)
        // What is served as a whole has the same zones.
        let whole = try EnvoyRenderer().render(.edge(production: zones, origins: [.fixed]), encode: encode).production
        #expect(whole.resource == after.resource && whole.shards.isEmpty && whole.inShards == after.shards)
        // Large stays large until it is half as large.
        zones = Array(zones.prefix(6))
        #expect(try render(first).shards.count == RouteShard.count)
        zones.removeLast()
        #expect(try render(first).shards.isEmpty)
    }

    @Test("Names of route configurations read back")
    func names() {
        for network in Network.allCases {
            #expect(
                EnvoyRenderer.routes(named: EnvoyRenderer.routeConfigurationName(network)).map { $0 == (network, nil) }
                    == true)
            #expect(
                EnvoyRenderer.routes(named: EnvoyRenderer.routeConfigurationName(network, shard: 7)).map {
                    $0 == (network, 7)
                } == true)
        }
        for wrong in ["signalbox.production.64", "signalbox.production.7", "signalbox.productions", "x", ""] {
            #expect(EnvoyRenderer.routes(named: wrong) == nil, "\(wrong)")
        }
    }

    @Test("Every golden belongs to a case")
    func orphans() {
        let known =
            PlanCase.all.map { "\($0.name).txt" } + [
                "listeners.txt", "listeners-tls.txt", "listeners-shards.txt", "bootstrap-unix.txt", "bootstrap-tls.txt",
            ]
        #expect(Golden.orphans(known: known) == [])
    }

    @Test("The same plan gives the same bytes, whatever was rendered before")
    func stable() throws {
        for given in PlanCase.all {
            let first = try renderer.render(given.plan, encode: encode)
            #expect(try renderer.render(given.plan, encode: encode) == first)
            for other in PlanCase.all {
                let before = try renderer.render(other.plan, encode: encode)
                #expect(try renderer.render(given.plan, reusing: before, encode: encode) == first)
            }
        }
    }

    @Test("Zones that did not change are not encoded again; a zone whose origin changed is")
    func reuse() throws {
        let a = ZonePlan.zone("a.example", origin: "shop.000000000001")
        let b = ZonePlan.zone("b.example", origin: "blog.000000000002")
        let before = try renderer.render(.edge(production: [a, b], origins: [.fixed, .named]), encode: encode)
        var changed = b
        changed.hosts.append("www.b.example")
        var encodings: [String] = []
        let after = try renderer.render(.edge(production: [a, changed], origins: [.fixed, .named]), reusing: before) {
            encodings.append($0.name)
            return encode($0)
        }
        #expect(encodings == ["b.example"])
        #expect(after.production != before.production && after.lower == before.lower)
        var slow = OriginPlan.fixed
        slow.responseTimeout = 1
        encodings = []
        _ = try renderer.render(.edge(production: [a, b], origins: [slow, .named]), reusing: before) {
            encodings.append($0.name)
            return encode($0)
        }
        #expect(encodings == ["a.example"])
    }

    @Test("A change of the lower environments leaves production's bytes as they are")
    func networksApart() throws {
        let zone = ZonePlan.zone("a.example", origin: "shop.000000000001")
        let one = try renderer.render(.edge(production: [zone], origins: [.fixed]), encode: encode)
        let two = try renderer.render(.edge(production: [zone], lower: [zone], origins: [.fixed]), encode: encode)
        #expect(one.production.resource == two.production.resource && one.lower.resource != two.lower.resource)
    }

    @Test("A route table names every cluster its routes lead to, and only those")
    func clustersNeeded() throws {
        let plan = try #require(PlanCase.all.first { $0.name == "tls-origins" }).plan
        let set = try renderer.render(plan, encode: encode)
        #expect(set.production.clusters == set.clusters.map(\.name) && set.lower.clusters == [])
    }

    @Test("A union keeps each cluster once, sorted by name")
    func union() throws {
        let old = try renderer.render(.edge(production: [], origins: [.fixed, .geo]), encode: encode).clusters
        let new = try renderer.render(.edge(production: [], origins: [.named, .geo]), encode: encode).clusters
        #expect(
            ResourceSet.union(old, new).map(\.name) == ["blog.000000000002", "geo.000000000006", "shop.000000000001"])
    }

    @Test("A cluster says how long it may take to become usable: never more than five seconds, nothing without checks")
    func warmUp() throws {
        var slow = OriginPlan.geo
        slow.health?.timeout = 60_000
        let origins = [OriginPlan.fixed, .named, .geo]
        let times = try renderer.render(.edge(production: [], origins: origins), encode: encode).clusters
        #expect(
            Dictionary(uniqueKeysWithValues: times.map { ($0.name, $0.warmUp) }) == [
                "shop.000000000001": 0, "blog.000000000002": 1_000, "geo.000000000006": 750,
            ])
        let slowest = try renderer.render(.edge(production: [], origins: [slow]), encode: encode).clusters
        #expect(slowest.map(\.warmUp) == [5_000])
    }

    @Test("An answer's version is the SHA-256 of its resources")
    func version() throws {
        #expect(
            DiscoveryAnswer([]).version == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945")
        let set = try renderer.render(PlanCase.all[0].plan, encode: encode)
        let answer = DiscoveryAnswer(set.clusters.map(\.resource))
        #expect(
            String(decoding: answer.body, as: UTF8.self).hasPrefix(
                #"{"version_info":"\#(answer.version)","resources":[{"@type":"#))
    }
}
