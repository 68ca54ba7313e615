import EdgeModel
import EdgePlan

extension StoreContract {
    static let journal: [Check] = [
        Check("journal entries of every kind of change come back as they were appended") { pair in
            let shop = try Sample.name("shop")
            let state = ZoneState(
                id: ConfigurationID(rawValue: 101), hosts: ["example.com"], digest: Sample.digest(1),
                configuration: Sample.document(1))
            let rules = [try Sample.rule("a", "shop"), try Sample.rule("b", "shop", pinned: 2)]
            let environments = [
                try Sample.environment("staging", rank: 0, filter: "true"), try Sample.environment("staging", rank: 3),
            ]
            let changes: [Change] = [
                .assignment(application: shop, environment: try Sample.name("production"), from: 1, to: nil),
                .assignment(application: shop, environment: try Sample.name("production"), from: nil, to: 2),
                .routing(before: rules, after: []), .routing(before: [], after: rules),
                .zone(name: "example.com", before: nil, after: state),
                .zone(name: "example.com", before: state, after: nil),
                .environment(before: environments[0], after: environments[1]),
                .environment(before: nil, after: environments[0]), .environment(before: nil, after: nil),
                .list(
                    ListChange(
                        name: try Sample.listName("office"), before: nil,
                        after: .init(kind: .ip, description: "it's"), removed: [],
                        added: [ListItem("192.0.2.1", comment: "ada"), ListItem("::1")])),
                .list(
                    ListChange(
                        name: try Sample.listName("office"), before: .init(kind: .text, description: ""), after: nil,
                        removed: [ListItem("e\u{301}")], added: [])),
            ]
            let entries = try pair.first.write { tx in
                try changes.map { change in
                    let entry = try Sample.deployment("production", after: tx, change: change)
                    try tx.append(entry)
                    return entry
                }
            }
            try expect(try pair.second.read { try $0.deployments(stream: nil, last: nil) }, is: entries)
            for entry in entries { try expect(try pair.second.read { try $0.deployment(entry.id) }, is: entry) }
            try expect(try pair.second.read { try $0.deployment(99) }, is: nil)
        },
        Check("the journal is read by stream and from its end, ascending") { pair in
            try pair.first.write { tx in
                for stream in ["staging", "production", "staging", "routing", "staging"] {
                    try tx.append(Sample.deployment(stream, after: tx))
                }
            }
            let staging = try Sample.name("staging")
            try pair.second.read { tx in
                try expect(try tx.deployments(stream: nil, last: nil).map(\.id), is: [1, 2, 3, 4, 5])
                try expect(try tx.deployments(stream: nil, last: 2).map(\.id), is: [4, 5])
                try expect(try tx.deployments(stream: staging, last: nil).map(\.id), is: [1, 3, 5])
                try expect(try tx.deployments(stream: staging, last: nil).map(\.sequence), is: [1, 2, 3])
                try expect(try tx.deployments(stream: staging, last: 2).map(\.id), is: [3, 5])
                try expect(try tx.deployments(stream: staging, last: 99).count, is: 3)
                try expect(try tx.deployments(stream: nil, last: 0), is: [])
                try expect(try tx.deployments(stream: Sample.name("nowhere"), last: nil), is: [])
            }
        },
        Check("the journal takes only the next entry with the right head before it") { pair in
            let (first, next) = try pair.first.write { tx in
                let first = try Sample.deployment("production", after: tx)
                try tx.append(first)
                return (first, try Sample.deployment("production", after: tx))
            }
            func refused(_ what: String, _ edit: (inout Deployment) throws -> Void) throws {
                var entry = next
                try edit(&entry)
                try expectRefusal(pair.first, what) { try $0.append(entry) }
            }
            try expectRefusal(pair.first, "a repeat") { try $0.append(first) }
            try refused("a gap of ids") { $0.id = 3 }
            try refused("an id again") { $0.id = 1 }
            try refused("a gap in the stream") { $0.sequence = 3 }
            try refused("a sequence again") { $0.sequence = 1 }
            try refused("a wrong previous head") { $0.previousHead = Sample.digest(5) }
            try refused("no previous head") { $0.previousHead = nil }
            try refused("a head that was there") { $0.head = first.head }
            try refused("another stream's place in the chain") { $0.stream = try Sample.name("staging") }
            try refused("an undo of nothing") { $0.undoes = 9 }
            try refused("an undo of itself") { $0.undoes = $0.id }
            try pair.second.write { try $0.append(next) }
            try expect(try pair.first.read { try $0.deployments(stream: nil, last: nil) }, is: [first, next])
        },
        Check("acknowledgements come by node and need their deployment") { pair in
            try pair.first.write { try $0.append(Sample.deployment("production", after: $0)) }
            let late = Sample.time.advanced(byMilliseconds: 50)
            let acknowledgements = [
                Acknowledgement(deployment: 1, node: try Sample.name("fra1"), at: late),
                Acknowledgement(deployment: 1, node: try Sample.name("hil1"), at: Sample.time),
            ]
            try pair.first.write { tx in for one in acknowledgements.reversed() { try tx.putAcknowledgement(one) } }
            try expect(try pair.second.read { try $0.acknowledgements(of: 1) }, is: acknowledgements)
            try expect(try pair.second.read { try $0.acknowledgements(of: 2) }, is: [])
            try expectRefusal(pair.first, "an acknowledgement of nothing") {
                try $0.putAcknowledgement(
                    Acknowledgement(deployment: 2, node: Sample.name("fra1"), at: Sample.time))
            }
        },
        Check("the audit takes only the next entry with the right head before it") { pair in
            let (first, next) = try pair.first.write { tx in
                let first = try Sample.audit(after: tx)
                try tx.append(first)
                return (first, try Sample.audit(after: tx, summary: "line\nbreak \u{1b}[31m ☃"))
            }
            func refused(_ what: String, _ edit: (inout AuditEntry) -> Void) throws {
                var entry = next
                edit(&entry)
                try expectRefusal(pair.first, what) { try $0.append(entry) }
            }
            try expectRefusal(pair.first, "a repeat") { try $0.append(first) }
            try refused("a gap") { $0.sequence = 3 }
            try refused("a sequence again") { $0.sequence = 1 }
            try refused("a wrong previous head") { $0.previousHead = Sample.digest(5) }
            try refused("no previous head") { $0.previousHead = nil }
            try refused("a head that was there") { $0.head = first.head }
            try pair.second.write { try $0.append(next) }
            try expect(try pair.first.read { try $0.auditEntries(last: nil) }, is: [first, next])
            try expect(try pair.first.read { try $0.auditEntries(last: 1) }, is: [next])
        },
    ]
}
