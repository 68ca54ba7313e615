import EdgeModel
import EdgePlan

extension StoreContract {
    private static let start: Int64 = 1_795_260_600

    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: (start + seconds) * 1000) }

    private static func record(
        _ seconds: Int64, _ kind: TrafficSubject.Kind, _ name: String, _ requests: Int, bounds: [Int]? = nil
    ) -> TrafficRecord {
        var latency = LatencyFigures(bounds: bounds ?? LatencyFigures.standardBounds, total: requests * 1234)
        latency.counts[1] = requests
        return TrafficRecord(
            TrafficBucket(containing: time(seconds)), TrafficSubject(kind, name),
            TrafficCounts(requests: requests, statusClasses: [1, requests, 2, 3, 4], latency: latency))
    }

    private static func note(_ seconds: Int64, _ text: String) throws -> FleetNote {
        FleetNote(
            at: time(seconds), node: try Sample.name("fra1"), kind: .refused, text, severity: .error,
            plan: Sample.digest(3))
    }

    private static let distantPast = Timestamp(milliseconds: 0)

    static let history: [Check] = [
        Check("figures come back by kind, name and time, as they were") { pair in
            let origin = TrafficRecord(
                TrafficBucket(containing: time(10)), TrafficSubject(.origin, "web"),
                TrafficCounts(requests: 9, failures: 2, retries: 1), health: OriginHealth(endpoints: 3, healthy: 1))
            let odd = record(20, .zone, "b.example", 7, bounds: [5, 70_000, 1 << 40])
            let all = [
                record(0, .version, "shop@1", 1), record(0, .zone, "a.example", 1 << 40), origin,
                record(10, .version, "shop@2", 0), odd, record(20, .version, "shop@1", 3),
            ]
            try pair.first.history.append(all.shuffled(), [], forgettingBefore: distantPast)
            let kinds = Set(TrafficSubject.Kind.allCases)
            let history = pair.second.history
            try expect(
                try history.records(of: kinds, named: nil, from: time(0), to: time(30)),
                is: all.sorted { ($0.bucket, $0.subject) < ($1.bucket, $1.subject) })
            try expect(
                try history.records(of: [.version], named: "shop@1", from: time(0), to: time(30)), is: [all[0], all[5]])
            try expect(
                try history.records(of: [.version, .origin], named: nil, from: time(1), to: time(20)).count, is: 2)
            try expect(try history.records(of: [], named: nil, from: time(0), to: time(30)), is: [])
            try expect(try history.records(of: kinds, named: "nobody", from: time(0), to: time(30)), is: [])
        },
        Check("what is told of a subject and ten seconds once more is added") { pair in
            let (one, two) = (record(0, .total, "all", 3), record(0, .total, "all", 4))
            try pair.first.history.append([one, two], [], forgettingBefore: distantPast)
            try pair.second.history.append([one], [], forgettingBefore: distantPast)
            let found = try pair.first.history.records(of: [.total], named: nil, from: time(0), to: time(1))
            try expect(found, is: [one.adding(two).adding(one)])
            try expect(found.first?.counts.latency.total, is: 12_340)
            try expect(found.first?.counts.statusClasses, is: [3, 10, 6, 9, 12])
        },
        Check("what is older than wanted is forgotten, and does not come again") { pair in
            let all = (0..<6).map { record($0 * 10, .node, "fra1", Int($0)) }
            try pair.first.history.append(all, [], forgettingBefore: distantPast)
            try pair.first.history.append([all[1]], [], forgettingBefore: time(30))
            let found = try pair.second.history.records(of: [.node], named: nil, from: time(0), to: time(100))
            try expect(found, is: Array(all[3...]))
        },
        Check("notes come back in their order, the newest of them only") { pair in
            let notes = try (0..<2_100).map { try note(2_100 - $0, "\($0) \u{1B}[31m") }
            try pair.first.history.append([], Array(notes.prefix(2_050)), forgettingBefore: distantPast)
            try pair.second.history.append([], Array(notes.suffix(50)), forgettingBefore: distantPast)
            try expect(try pair.second.history.notes(last: 3), is: Array(notes.suffix(3)))
            try expect(try pair.first.history.notes(last: 9_999), is: Array(notes.suffix(FiguresRetention.notes)))
            try expect(try pair.first.history.notes(last: 0), is: [])
        },
        Check("what is observed is no change that others would have to look at") { pair in
            try Sample.fill(pair.first)
            let before = try StoreImage(of: pair.second)
            try pair.first.history.append([record(0, .total, "all", 1)], [note(0, "x")], forgettingBefore: distantPast)
            try expect(try StoreImage(of: pair.second), is: before)
        },
    ]
}
