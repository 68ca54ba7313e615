import EdgeModel
import EdgePlan

extension StoreContract {
    static let serving: [Check] = [
        Check("routing rules keep their order and are replaced as a whole") { pair in
            try Sample.fill(pair.first)
            let rules = try ["z", "a", "m"].map { try Sample.rule($0, "shop", pinned: $0 == "m" ? 2 : nil) }
            try pair.first.write { try $0.putRoutingRules(rules) }
            try expect(try pair.second.read { try $0.routingRules() }, is: rules)
            try pair.first.write { try $0.putRoutingRules(rules.reversed()) }
            try expect(try pair.second.read { try $0.routingRules() }, is: rules.reversed())
            try pair.first.write { try $0.putRoutingRules([]) }
            try expect(try pair.second.read { try $0.routingRules() }, is: [])
        },
        Check("a routing rule needs its application and the version it is pinned to, and a name of its own") { pair in
            try Sample.fill(pair.first)
            try expectRefusal(pair.first, "no application") { try $0.putRoutingRules([Sample.rule("a", "blog")]) }
            try expectRefusal(pair.first, "no version") {
                try $0.putRoutingRules([Sample.rule("a", "shop", pinned: 9)])
            }
            try expectRefusal(pair.first, "one name twice") {
                try $0.putRoutingRules([Sample.rule("a", "shop"), Sample.rule("a", "shop", pinned: 1)])
            }
        },
        Check("environments come by rank") { pair in
            let environments = [
                try Sample.environment("zulu", rank: 0, filter: "true"), try Sample.environment("alpha", rank: 1),
                try Sample.environment("production", rank: 2),
            ]
            try pair.first.write { tx in for one in environments.reversed() { try tx.putEnvironment(one) } }
            try expect(try pair.second.read { try $0.environments() }, is: environments)
            let moved = try Sample.environment("zulu", rank: 5)
            try pair.first.write { try $0.putEnvironment(moved) }
            try expect(
                try pair.second.read { try $0.environments().map(\.name.rawValue) },
                is: ["alpha", "production", "zulu"])
        },
        Check("production has no filter and stays; others go when they serve nothing") { pair in
            try Sample.fill(pair.first)
            let (shop, staging) = (try Sample.name("shop"), try Sample.name("staging"))
            try expectRefusal(pair.first, "a filter for production") {
                try $0.putEnvironment(Sample.environment("production", rank: 1, filter: "true"))
            }
            try expectRefusal(pair.first, "a negative rank") {
                try $0.putEnvironment(Sample.environment("early", rank: -1))
            }
            try pair.first.write { tx in
                try tx.putAssignment(application: shop, environment: Sample.name("production"), version: nil)
                try tx.putAssignment(application: shop, environment: staging, version: 2)
            }
            try expectRefusal(pair.first, "production") { try $0.removeEnvironment(named: Sample.name("production")) }
            try expectRefusal(pair.first, "one that serves") { try $0.removeEnvironment(named: staging) }
            try pair.first.write { tx in
                try tx.putAssignment(application: shop, environment: staging, version: nil)
                try tx.removeEnvironment(named: staging)
            }
            try expect(try pair.first.read { try $0.environments().map(\.name.rawValue) }, is: ["production"])
            try expectRefusal(pair.first, "twice") { try $0.removeEnvironment(named: staging) }
        },
        Check("an assignment is replaced and taken away, and needs both its sides") { pair in
            try Sample.fill(pair.first)
            let (shop, staging) = (try Sample.name("shop"), try Sample.name("staging"))
            let production = try Sample.name("production")
            try pair.first.write { tx in
                try tx.putAssignment(application: shop, environment: staging, version: 1)
                try tx.putAssignment(application: shop, environment: staging, version: 2)
            }
            try expect(
                try pair.second.read { try $0.assignments() },
                is: [
                    Assignment(application: shop, environment: staging, version: 2),
                    Assignment(application: shop, environment: production, version: 1),
                ])
            try expectRefusal(pair.first, "no version") {
                try $0.putAssignment(application: shop, environment: staging, version: 9)
            }
            try expectRefusal(pair.first, "no environment") {
                try $0.putAssignment(application: shop, environment: Sample.name("qa"), version: 1)
            }
            try pair.first.write { tx in
                for _ in 1...2 { try tx.putAssignment(application: shop, environment: staging, version: nil) }
            }
            try expect(try pair.second.read { try $0.assignments().map(\.environment) }, is: [production])
        },
    ]

    static let fleet: [Check] = [
        Check("a node and its status come back; the status goes with the node") { pair in
            let (fra, ghost) = (try Sample.node("fra1"), try Sample.name("ghost"))
            try pair.first.write { tx in
                try tx.putNode(fra)
                try tx.putNodeStatus(#"{"digest":1}"#, of: fra.name)
                try tx.putNodeStatus(#"{"digest":2}"#, of: fra.name)
            }
            try pair.second.read { tx in
                try expect(try tx.node(named: fra.name), is: fra)
                try expect(try tx.node(named: ghost), is: nil)
                try expect(try tx.nodeStatuses(), is: [fra.name: #"{"digest":2}"#])
            }
            var moved = fra
            moved.region = "hil"
            moved.tokenDigest = Sample.digest(8)
            try pair.first.write { try $0.putNode(moved) }
            try expect(try pair.second.read { try $0.nodes() }, is: [moved])
            try expect(try pair.second.read { try $0.nodeStatuses().count }, is: 1, "status of a changed node")
            try expectRefusal(pair.first, "status of nobody") { try $0.putNodeStatus("{}", of: ghost) }
            try pair.first.write { try $0.removeNode(named: fra.name) }
            try expect(try pair.second.read { try $0.nodeStatuses() }, is: [:])
            try expectRefusal(pair.first, "twice") { try $0.removeNode(named: fra.name) }
        },
        Check("settings are set, replaced and taken away") { pair in
            try pair.first.write { tx in
                try tx.putSetting("edge.trusted", "10.0.0.0/8")
                try tx.putSetting("edge.trusted", "")
                try tx.putSetting("other", "x")
                try tx.putSetting("other", nil)
                try tx.putSetting("never", nil)
            }
            try expect(try pair.second.read { try $0.settings() }, is: ["edge.trusted": ""])
        },
    ]
}
