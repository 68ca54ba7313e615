import EdgeModel
import EdgePlan

extension StoreContract {
    private struct Stop: Error {}

    static let transactions: [Check] = [
        Check("a new store is empty, of its account, at revision 0") { pair in
            try pair.first.read { tx in
                try expect(try tx.account(), is: AccountID(rawValue: 777))
                try expect(try tx.revision(), is: 0)
            }
            let image = try StoreImage(of: pair.first)
            try expect(image.zones.isEmpty && image.environments.isEmpty && image.audit.isEmpty, "it has content")
        },
        Check("the revision grows by one with every write that wrote") { pair in
            try Sample.fill(pair.first)
            try expect(try pair.second.read { try $0.revision() }, is: 1)
            try pair.second.write { try $0.putSetting("a", "b") }
            try expect(try pair.first.read { try $0.revision() }, is: 2)
            try pair.first.write { _ = try $0.zones() }
            try expect(try pair.first.read { try $0.revision() }, is: 2, "after a write that only read")
            try pair.first.write { try $0.putSetting("none", nil) }
            try expect(try pair.first.read { try $0.revision() }, is: 2, "after taking away what was not there")
        },
        Check("a body that throws leaves nothing") { pair in
            try Sample.fill(pair.first)
            let before = try StoreImage(of: pair.first)
            do {
                try pair.first.write { tx in
                    _ = try tx.nextConfigurationID()
                    try tx.putSetting("a", "b")
                    try tx.putRoutingRules([])
                    try tx.append(Sample.audit(after: tx))
                    try expect(try tx.settings(), is: ["a": "b"], "what the body itself wrote")
                    throw Stop()
                }
                throw Broken("the body's error was swallowed")
            } catch is Stop {}
            try expect(try StoreImage(of: pair.first), is: before)
            try expect(try StoreImage(of: pair.second), is: before)
            try expect(try pair.first.write { try $0.nextConfigurationID().rawValue }, is: 104, "the next id")
        },
        Check("a refused change leaves nothing even when its body goes on") { pair in
            try Sample.fill(pair.first)
            try pair.first.write { tx in
                do {
                    try tx.putRoutingRules([Sample.rule("fresh", "shop"), Sample.rule("bad", "blog")])
                    throw Broken("not refused")
                } catch is StoreError {}
                do {
                    try tx.putVersion(
                        Sample.version("shop", 3, id: 900, content: 3, tags: ["spring"]), configuration: "{}")
                    throw Broken("not refused")
                } catch is StoreError {}
                try tx.putSetting("went", "on")
            }
            try pair.first.read { tx in
                try expect(try tx.routingRules().map(\.name.rawValue), is: ["all-shop"])
                try expect(try tx.versions(of: Sample.name("shop")).map(\.number), is: [1, 2])
                try expect(try tx.configuration(ConfigurationID(rawValue: 900)), is: nil)
                try expect(try tx.settings(), is: ["went": "on"])
            }
        },
        Check("a read sees one snapshot, whatever others commit meanwhile") { pair in
            try Sample.fill(pair.first)
            try pair.first.read { tx in
                let before = try StoreImage(tx)
                try pair.second.write { other in
                    try other.putSetting("a", "b")
                    try other.putRoutingRules([])
                }
                try expect(try StoreImage(tx), is: before, "the snapshot after another's commit")
            }
            try expect(try pair.first.read { try $0.settings() }, is: ["a": "b"])
        },
        Check("two writers at once take turns and lose nothing") { pair in
            let each = 40
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (writer, store) in [pair.first, pair.second].enumerated() {
                    group.addTask {
                        for number in 1...each {
                            try store.write { tx in
                                try tx.append(Sample.audit(after: tx, summary: "\(writer):\(number)"))
                                let count = Int(try tx.settings()["count"] ?? "0") ?? 0
                                try tx.putSetting("count", String(count + 1))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try pair.first.read { tx in
                let entries = try tx.auditEntries(last: nil)
                try expect(entries.map(\.sequence), is: Array(1...2 * each))
                try expect(Set(entries.map(\.summary)).count, is: 2 * each, "different entries")
                try expect(try tx.settings()["count"], is: String(2 * each))
                try expect(try tx.revision(), is: 2 * each)
            }
        },
        Check("changes tick at once, after own commits and after commits of another opening") { pair in
            var ticks = pair.first.changes().makeAsyncIterator()
            try expect(await ticks.next() != nil, "a tick at the start")
            for (store, key) in [(pair.first, "own"), (pair.second, "other")] {
                try store.write { try $0.putSetting(key, "1") }
                // Ticks may come doubled, never too early: wait for one that finds the change.
                while await ticks.next() != nil {
                    if try pair.first.read({ try $0.settings()[key] }) != nil { break }
                }
            }
        },
        Check("every listener hears a change") { pair in
            let streams = [pair.first.changes(), pair.first.changes(), pair.second.changes()]
            for stream in streams {
                for await _ in stream { break }
            }
            var iterators = [pair.first.changes(), pair.second.changes()].map { $0.makeAsyncIterator() }
            for index in iterators.indices { _ = await iterators[index].next() }
            try pair.first.write { try $0.putSetting("a", "b") }
            for index in iterators.indices { try expect(await iterators[index].next() != nil, "a tick") }
        },
    ]
}
