import EdgePlan
import TestKit
import Testing

@Suite("Shards of a route table")
struct RouteShardTests {
    /// Modules and servers of different builds must agree; a change here needs another number of shards.
    /// Modules and servers of different builds must agree; a change here needs another number of shards.
    @Test(
        "A host's shard never changes",
        arguments: [
            ("example.com", 1), ("www.example.com", 1), ("EXAMPLE.Com", 1), ("example.org", 47), ("example.co.uk", 16),
            ("shop.Example.co.UK", 16), ("localhost", 2), ("", 60), ("127.0.0.1", 28),
        ])
    func pinned(_ host: String, _ shard: Int) {
        #expect(RouteShard.of(host) == shard)
    }

    @Test("A site is two labels, or three below a short one: its hosts share a shard, others mostly do not")
    func sites() {
        #expect(RouteShard.of("a.b.c.example.com") == RouteShard.of("example.com"))
        #expect(RouteShard.of("a.b.example.co.uk") == RouteShard.of("example.co.uk"))
        #expect(RouteShard.of("one.co.uk") != RouteShard.of("two.co.uk"))
        #expect(RouteShard.all(of: "*.example.com") == RouteShard.all(of: "example.com"))
        #expect(RouteShard.all(of: "*.shop.example.co.uk") == RouteShard.all(of: "example.co.uk"))
        for wide in ["*.com", "*.co.uk", "*.uk", "*", "*shop.com", "*.t.co"] {
            #expect(RouteShard.all(of: wide) == 0..<RouteShard.count, "\(wide)")
        }
    }

    @Test("Whatever name fits a host is in the host's shard, so the closest one is found there", arguments: 0..<20)
    func everyMatch(_ round: Int) {
        var chance = SeededGenerator.announced("route shards \(round)")
        let labels = ["a", "co", "com", "uk", "au", "shop", "example", "xn--p1ai", "t", "de", "127", "0"]
        func name() -> String {
            (0..<Int.random(in: 1...5, using: &chance)).map { _ in labels.randomElement(using: &chance) ?? "a" }
                .joined(separator: ".")
        }
        var matches = 0
        for _ in 0..<20_000 {
            let host = name()
            let pattern =
                Bool.random(using: &chance) ? "*." + name() : Bool.random(using: &chance) ? name() : "*" + name()
            guard HostPattern.rank(pattern, for: host) != nil else { continue }
            matches += 1
            #expect(RouteShard.all(of: pattern).contains(RouteShard.of(host)), "\(pattern) \(host)")
        }
        #expect(matches > 50)
    }

    @Test("1,000 zones spread evenly")
    func spread() {
        var sizes = [Int](repeating: 0, count: RouteShard.count)
        for number in 0..<6_400 { sizes[RouteShard.of("zone-\(number).example")] += 1 }
        #expect(sizes.allSatisfy { (50...150).contains($0) }, "\(sizes)")
    }

    @Test("A zone with unrelated names is in the shard of each")
    func unrelated() {
        let zone = ZonePlan(
            account: AccountID(rawValue: 1), zone: ConfigurationID(rawValue: 1), name: "z",
            hosts: ["example.org", "www.example.org", "example.com"], selectors: [], configurations: [],
            trust: TrustPlan())
        #expect(Set(zone.shards) == [RouteShard.of("example.org"), RouteShard.of("example.com")])
        #expect(zone.shards.count == 2)
    }

    @Test("The closest name serves a host: its own, else the longest wildcard, which stands for something")
    func closest() {
        let zones = [["*.example.com", "b.example.com"], ["*.a.example.com"], ["x.a.example.com"], ["*.com"]]
        func serving(_ host: String) -> Int? {
            HostPattern.best(of: zones.indices, for: host) { zones[$0] }
        }
        #expect(serving("x.a.example.com") == 2)
        #expect(serving("y.a.example.com") == 1)
        #expect(serving("a.example.com") == 0)
        #expect(serving("b.example.com") == 0)
        #expect(serving("example.com") == 3)
        #expect(serving(".example.com") == 3)
        #expect(serving("com") == nil)
        #expect(serving("example.org") == nil)
    }
}
