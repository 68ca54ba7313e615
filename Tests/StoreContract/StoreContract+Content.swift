import EdgeModel
import EdgePlan

extension StoreContract {
    static let content: [Check] = [
        Check("a zone comes back as it was put, and by other openings") { pair in
            let zone = Sample.zone("example.com", id: 123)
            try pair.first.write { try $0.putZone(zone, configuration: Sample.document(1)) }
            try pair.second.read { tx in
                try expect(try tx.zone(named: "example.com"), is: zone)
                try expect(try tx.configuration(zone.id), is: Sample.document(1))
                try expect(try tx.zone(named: "example.org"), is: nil)
                try expect(try tx.configuration(ConfigurationID(rawValue: 9)), is: nil)
            }
        },
        Check("a zone's content and hosts can be replaced, its id cannot") { pair in
            var zone = Sample.zone("example.com", id: 123)
            try pair.first.write { try $0.putZone(zone, configuration: Sample.document(1)) }
            zone.digest = Sample.digest(2)
            zone.hosts = []
            zone.author = "bob"
            try pair.first.write { try $0.putZone(zone, configuration: Sample.document(2)) }
            try expect(try pair.first.read { try $0.zones() }, is: [zone])
            try expect(try pair.first.read { try $0.configuration(zone.id) }, is: Sample.document(2))
            try expectRefusal(pair.first, "another id for a zone") {
                try $0.putZone(Sample.zone("example.com", id: 124), configuration: "{}")
            }
        },
        Check("zones, applications and nodes are listed by name") { pair in
            try pair.first.write { tx in
                for (index, name) in ["b.example", "a.example", "c.example"].enumerated() {
                    try tx.putZone(Sample.zone(name, id: 200 + index), configuration: "{}")
                }
                for name in ["shop", "blog", "web"] { try tx.putApplication(Sample.application(name)) }
                for name in ["hil1", "fra1", "fra-2"] { try tx.putNode(Sample.node(name)) }
            }
            try pair.first.read { tx in
                try expect(try tx.zones().map(\.name), is: ["a.example", "b.example", "c.example"])
                try expect(try tx.applications().map(\.name.rawValue), is: ["blog", "shop", "web"])
                try expect(try tx.nodes().map(\.name.rawValue), is: ["fra-2", "fra1", "hil1"])
            }
        },
        Check("a zone can be removed and put back with its id; nothing else gets that id") { pair in
            let zone = Sample.zone("example.com", id: 123)
            try pair.first.write { try $0.putZone(zone, configuration: Sample.document(1)) }
            try pair.first.write { try $0.removeZone(named: "example.com") }
            try expect(try pair.first.read { try $0.zones() }, is: [])
            try expect(try pair.first.read { try $0.configuration(zone.id) }, is: nil)
            try expectRefusal(pair.first, "the id of a removed zone for another") {
                try $0.putZone(Sample.zone("example.org", id: 123), configuration: "{}")
            }
            try pair.first.write { try $0.putZone(zone, configuration: Sample.document(2)) }
            try expect(try pair.first.read { try $0.configuration(zone.id) }, is: Sample.document(2))
            try expectRefusal(pair.first, "removing what is not there") { try $0.removeZone(named: "example.org") }
        },
        Check("configuration ids grow and are never given or used twice") { pair in
            let ids = try pair.first.write { tx in try (0..<3).map { _ in try tx.nextConfigurationID().rawValue } }
            try expect(ids, is: [101, 102, 103])
            try pair.first.write { try $0.putZone(Sample.zone("example.com", id: 500), configuration: "{}") }
            try expect(try pair.second.write { try $0.nextConfigurationID().rawValue }, is: 501)
            try pair.first.write { try $0.removeZone(named: "example.com") }
            try expect(try pair.first.write { try $0.nextConfigurationID().rawValue }, is: 502)
            for id in [0, -1] {
                try expectRefusal(pair.first, "id \(id)") {
                    try $0.putZone(Sample.zone("example.org", id: id), configuration: "{}")
                }
            }
        },
        Check("an application and its versions come back as they were put, ascending") { pair in
            try Sample.fill(pair.first)
            let shop = try Sample.name("shop")
            let third = try Sample.version("shop", 10, id: 900, base: 2, content: 3, tags: ["b", "a"])
            try pair.first.write { try $0.putVersion(third, configuration: Sample.document(3)) }
            try pair.second.read { tx in
                try expect(try tx.application(named: shop), is: try Sample.application("shop"))
                try expect(try tx.versions(of: shop).map(\.number), is: [1, 2, 10])
                try expect(try tx.version(10, of: shop)?.tags.map(\.rawValue), is: ["a", "b"], "tags sorted")
                try expect(
                    try tx.version(2, of: shop),
                    is: try Sample.version("shop", 2, id: 103, base: 1, content: 2, tags: ["spring"]))
                try expect(try tx.version(3, of: shop), is: nil)
                try expect(try tx.versions(of: Sample.name("blog")), is: [])
            }
        },
        Check("a version needs its application, a base before it and an id of its own") { pair in
            try Sample.fill(pair.first)
            try expectRefusal(pair.first, "no application") {
                try $0.putVersion(Sample.version("blog", 1, id: 901), configuration: "{}")
            }
            try expectRefusal(pair.first, "a base that is not there") {
                try $0.putVersion(Sample.version("shop", 3, id: 901, base: 9), configuration: "{}")
            }
            try expectRefusal(pair.first, "itself as base") {
                try $0.putVersion(Sample.version("shop", 3, id: 901, base: 3), configuration: "{}")
            }
            for id in [101, 102] {
                try expectRefusal(pair.first, "the id of another") {
                    try $0.putVersion(Sample.version("shop", 3, id: id), configuration: "{}")
                }
            }
            try expectRefusal(pair.first, "number 0") {
                try $0.putVersion(Sample.version("shop", 0, id: 901), configuration: "{}")
            }
        },
        Check("a draft's content can be replaced") { pair in
            try Sample.fill(pair.first)
            let edited = try Sample.version("shop", 2, id: 103, base: 1, content: 9, tags: ["spring"])
            try pair.first.write { try $0.putVersion(edited, configuration: Sample.document(9)) }
            try expect(try pair.first.read { try $0.version(2, of: edited.application) }, is: edited)
            try expect(try pair.first.read { try $0.configuration(edited.id) }, is: Sample.document(9))
        },
        Check("a locked version's content never changes and it stays locked; note and tags may change") { pair in
            try Sample.fill(pair.first)
            let locked = try Sample.version("shop", 1, id: 102, state: .locked)
            var other = locked
            other.digest = Sample.digest(9)
            try expectRefusal(pair.first, "other content") {
                try $0.putVersion(other, configuration: Sample.document(9))
            }
            try expectRefusal(pair.first, "other text under the old digest") {
                try $0.putVersion(locked, configuration: Sample.document(9))
            }
            other = locked
            other.state = .draft
            try expectRefusal(pair.first, "unlocking by put") {
                try $0.putVersion(other, configuration: Sample.document(1))
            }
            try expectRefusal(pair.first, "unlocking by update") { try $0.updateVersion(other) }
            other = locked
            other.note = "went live"
            other.tags = [try Sample.name("live")]
            try pair.first.write { try $0.updateVersion(other) }
            try expect(try pair.first.read { try $0.version(1, of: locked.application) }, is: other)
            try pair.first.write { try $0.putVersion(other, configuration: Sample.document(1)) }
            try expect(try pair.first.read { try $0.version(1, of: locked.application) }, is: other)
        },
        Check("an update of a version touches state, note and tags only") { pair in
            try Sample.fill(pair.first)
            var version = try Sample.version("shop", 2, id: 103, base: 1, state: .locked, content: 2, tags: ["x", "y"])
            let kept = version
            version.author = "mallory"
            version.digest = Sample.digest(77)
            version.updatedAt = Timestamp(milliseconds: 0)
            try pair.first.write { try $0.updateVersion(version) }
            try expect(try pair.first.read { try $0.version(2, of: version.application) }, is: kept)
            try expectRefusal(pair.first, "content after locking") {
                var changed = kept
                changed.digest = Sample.digest(78)
                try $0.putVersion(changed, configuration: Sample.document(78))
            }
            try expectRefusal(pair.first, "a version that is not there") {
                try $0.updateVersion(Sample.version("shop", 7, id: 907))
            }
        },
        Check("a tag is on one version of an application at a time") { pair in
            try Sample.fill(pair.first)
            var (one, two) = try pair.first.read { tx in
                (try tx.version(1, of: Sample.name("shop")), try tx.version(2, of: Sample.name("shop")))
            }
            one?.tags = [try Sample.name("spring")]
            two?.tags = []
            guard let one, let two else { throw Broken("the sample has two versions") }
            try expectRefusal(pair.first, "a tag that is elsewhere") { try $0.updateVersion(one) }
            try pair.first.write { tx in
                try tx.updateVersion(two)
                try tx.updateVersion(one)
            }
            try expect(try pair.first.read { try $0.versions(of: one.application).map(\.tags) }, is: [one.tags, []])
        },
        Check("an application goes with its versions, unless something refers to it") { pair in
            try Sample.fill(pair.first)
            let (shop, production) = (try Sample.name("shop"), try Sample.name("production"))
            try expectRefusal(pair.first, "with rule and assignment") { try $0.removeApplication(named: shop) }
            try pair.first.write { try $0.putRoutingRules([]) }
            try expectRefusal(pair.first, "with assignment") { try $0.removeApplication(named: shop) }
            try pair.first.write { tx in
                try tx.putAssignment(application: shop, environment: production, version: nil)
                try tx.removeApplication(named: shop)
            }
            try pair.first.read { tx in
                try expect(try tx.applications(), is: [])
                try expect(try tx.versions(of: shop), is: [])
                try expect(try tx.configuration(ConfigurationID(rawValue: 102)), is: nil)
            }
            try expectRefusal(pair.first, "twice") { try $0.removeApplication(named: shop) }
            try expectRefusal(pair.first, "the id of a removed version") { tx in
                try tx.putApplication(Sample.application("shop"))
                try tx.putVersion(Sample.version("shop", 1, id: 102, content: 9), configuration: "{}")
            }
        },
    ]
}
