import EdgeModel
import EdgePlan
import TestKit
import Testing

@Suite("What nodes count becomes a history of ten seconds each")
struct FiguresRecorderTests {
    private let shop = TrafficSubject(.version, "shop@1")

    @Test func everySubjectGetsWhatWasCountedBetweenTwoReports() throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 1, TrafficSamples.figures(ok: 500)), at: 1)
        lab.take(try TrafficSamples.report(at: 3, TrafficSamples.figures(ok: 540, bad: 2)), at: 3)
        lab.take(try TrafficSamples.report(at: 11, TrafficSamples.figures(ok: 550, bad: 2)), at: 11)
        lab.close(at: 19)
        #expect(Array(lab.rows.keys) == [TrafficSamples.bucket(0)])
        lab.close(at: 20)
        let subjects = [
            .total, shop, TrafficSubject(.zone, "shop.example"), TrafficSubject(.node, "fra1"),
            TrafficSubject(.origin, "web"),
        ]
        for subject in subjects { #expect(lab.requests(subject) == [0: 42, 10: 10], "\(subject)") }
        let row = try #require(lab.rows[TrafficSamples.bucket(0)])
        #expect(row[shop]?.counts.statusClasses == [0, 40, 0, 0, 2])
        #expect(row[shop]?.counts.latency.count == 42 && row[shop]?.counts.latency.total == 116_000)
        #expect(row[subjects[4]]?.counts.failures == 2)
        // The worst of the ten seconds.
        #expect(row[subjects[4]]?.health == OriginHealth(endpoints: 2, healthy: 1))
    }

    @Test func aFirstReportSaysNothingAndNothingAskedForIsARow() throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 1, TrafficSamples.figures(ok: 1_000_000)), at: 1)
        lab.closeAll()
        #expect(lab.requests(.total) == [0: 0] && lab.requests(shop) == [:])
    }

    /// The module may not answer yet when a server that was started anew gets its first report.
    @Test func countersThatCouldNotBeReadAtFirstAreNoPeakLater() throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 1), at: 1)
        lab.take(try TrafficSamples.report(at: 3, TrafficSamples.figures(ok: 1_000_000)), at: 3)
        lab.take(try TrafficSamples.report(at: 5), at: 5)
        lab.take(try TrafficSamples.report(at: 7, TrafficSamples.figures(ok: 1_000_007)), at: 7)
        lab.closeAll()
        #expect(lab.requests(shop) == [0: 7])
        #expect(lab.requests(TrafficSubject(.origin, "web")) == [0: 7])
    }

    @Test func aRestartedEnvoyGoesOnAndANodeThatComesBackToo() throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 1, TrafficSamples.figures(ok: 100)), at: 1)
        lab.take(try TrafficSamples.report(at: 3, TrafficSamples.figures(ok: 110)), at: 3)
        lab.take(try TrafficSamples.report(at: 5, process: "2", TrafficSamples.figures(ok: 4)), at: 5)
        lab.take(try TrafficSamples.report(at: 95, process: "2", TrafficSamples.figures(ok: 13)), at: 95)
        lab.closeAll()
        #expect(lab.sum(shop).requests == 23)
        #expect(lab.requests(.total)[0] == 14)
    }

    @Test func aRestartedServerGoesOnWithoutAJumpAndAddsToTheTenSecondsItEndedIn() throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 1, TrafficSamples.figures(ok: 100)), at: 1)
        lab.take(try TrafficSamples.report(at: 3, TrafficSamples.figures(ok: 110)), at: 3)
        lab.restart()
        lab.take(try TrafficSamples.report(at: 5, TrafficSamples.figures(ok: 120)), at: 5)
        lab.take(try TrafficSamples.report(at: 7, TrafficSamples.figures(ok: 125)), at: 7)
        lab.closeAll()
        #expect(lab.requests(shop) == [0: 15])
    }

    @Test func reportsThatWereHeldUpAreSpreadOverTheTimeTheyTellOf() throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 5, TrafficSamples.figures(ok: 0)), at: 5)
        lab.close(at: 30)
        lab.take(try TrafficSamples.report(at: 45, TrafficSamples.figures(ok: 400, bad: 1)), at: 45)
        lab.closeAll()
        let requests = lab.requests(shop)
        #expect(requests.keys.sorted() == [0, 10, 20, 30, 40])
        #expect(requests.values.reduce(0, +) == 401)
        #expect(requests[10] == 100 && requests[20] == 100 && requests[30] == 100)
        #expect(lab.sum(shop).statusClasses == [0, 400, 0, 0, 1])
    }

    @Test func aSilenceOfWhichNobodyKnowsWhatWasWhenIsAGap() throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 5, TrafficSamples.figures(ok: 0)), at: 5)
        lab.take(try TrafficSamples.report(at: 700, TrafficSamples.figures(ok: 9000)), at: 700)
        lab.take(try TrafficSamples.report(at: 702, TrafficSamples.figures(ok: 9003)), at: 702)
        lab.closeAll()
        #expect(lab.requests(shop) == [700: 3])
        #expect(lab.requests(.total).keys.sorted() == [0, 700])
    }

    struct Step: Sendable {
        var server = 0.0
        var node = 0.0
    }

    @Test(arguments: [Step(server: 3600), Step(server: -3600), Step(node: 3600), Step(node: -3600)])
    func whoeversClockIsSetNothingIsLostAndNothingSmeared(_ step: Step) throws {
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 5, TrafficSamples.figures(ok: 10)), at: 5)
        lab.take(
            try TrafficSamples.report(at: 7, clock: step.node, TrafficSamples.figures(ok: 30)), at: 7 + step.server)
        lab.take(
            try TrafficSamples.report(at: 9, clock: step.node, TrafficSamples.figures(ok: 31)), at: 9 + step.server)
        lab.close(at: 20 + step.server)
        let requests = lab.requests(shop).values.filter { $0 > 0 }
        #expect(requests == [21])
    }

    @Test func onlyTheBusiestOfVeryManyZonesAreKeptAndTheTotalIsWhole() throws {
        func figures(_ factor: Int) -> NodeFigures {
            NodeFigures(
                configurations: (1...600).map {
                    ConfigurationFigures(
                        configuration: ConfigurationID(rawValue: 7), zone: "z\($0).example", requests: $0 * factor)
                })
        }
        var lab = TrafficLab()
        lab.take(try TrafficSamples.report(at: 1, figures(0)), at: 1)
        lab.take(try TrafficSamples.report(at: 3, figures(2)), at: 3)
        lab.closeAll()
        let zones = lab.rows.values.flatMap(\.values).filter { $0.subject.kind == .zone }
        #expect(zones.count == FiguresRecorder.subjects && zones.allSatisfy { $0.counts.requests > 800 })
        #expect(lab.sum(.total).requests == 600 * 601)
    }

    /// Each zone has counters of its own, which go with it.
    @Test func aZoneThatLeavesAConfigurationOrAVersionThatLeavesAZoneIsCountedOnce() throws {
        func figures(_ counts: [(Int, String, Int)]) -> NodeFigures {
            NodeFigures(
                configurations: counts.map {
                    ConfigurationFigures(
                        configuration: ConfigurationID(rawValue: 100 + $0), zone: $1, application: "shop", version: $0,
                        requests: $2)
                },
                rules: counts.map {
                    RuleFigures(configuration: ConfigurationID(rawValue: 100 + $0), zone: $1, ref: "r", hits: $2)
                })
        }
        var lab = TrafficLab()
        var ledger = FiguresLedger()
        let steps: [[(Int, String, Int)]] = [
            [(1, "a", 0), (1, "b", 0)], [(1, "a", 50), (1, "b", 7)], [(1, "a", 51)], [(1, "a", 51), (2, "a", 5)],
            [(2, "a", 6)],
        ]
        for (index, step) in steps.enumerated() {
            let report = try TrafficSamples.report(at: Double(index), figures(step))
            lab.take(report, at: Double(index))
            ledger.take(report)
        }
        lab.closeAll()
        #expect(lab.sum(shop).requests == 58 && lab.sum(TrafficSubject(.version, "shop@2")).requests == 6)
        #expect(lab.sum(TrafficSubject(.zone, "a")).requests == 57 && lab.sum(.total).requests == 64)
        #expect(ledger.totals.configurations.map(\.requests) == [58, 6] && ledger.totals.rules.map(\.hits) == [58, 6])
    }

    private struct SimulatedNode {
        var name: String
        var process = 1
        var clock = 0.0
        var reportedAt = 0.0
        /// Good and bad answers by version, as its Envoy counts them, and as it reported them last.
        var counters: [Int: [Int]] = [:]
        var counted: [Int: [Int]] = [:]
    }

    @Test("the sum of all rows is what the counters say, whatever happens to nodes, reports and the server")
    func sums() throws {
        var random = SeededGenerator.announced("recorder")
        for round in 0..<60 {
            var lab = TrafficLab()
            var nodes = (0..<3).map { SimulatedNode(name: "n\($0)x") }
            /// What nobody can know: counted before a meter's first report.
            var expected: [Int: [Int]] = [:]
            var isKnown: Set<Int> = []
            for node in nodes.indices { nodes[node].clock = Double.random(in: -5000...5000, using: &random) }
            var time = 0.0
            for _ in 0..<Int.random(in: 5...60, using: &random) {
                // Every node reports within the longest silence.
                time += Double.random(in: 0.05...2, using: &random) * ([1.0, 6, 60].randomElement(using: &random) ?? 1)
                let silent = nodes.indices.first { time - nodes[$0].reportedAt > 300 }
                let node = silent ?? Int.random(in: 0..<3, using: &random)
                nodes[node].reportedAt = time
                switch Int.random(in: 0..<12, using: &random) {
                case 0 where isKnown.contains(node):
                    // Its Envoy begins anew; what it had counted since the last report is lost with it.
                    nodes[node].process += 1
                    nodes[node].counters = [:]
                    nodes[node].counted = [:]
                case 1:
                    lab.restart()
                    isKnown = []
                case 2: nodes[node].clock += Double.random(in: -100...100, using: &random)
                case 3: lab.close(at: time)
                default: break
                }
                for version in 1...2 where Bool.random(using: &random) {
                    var now = nodes[node].counters[version] ?? [0, 0]
                    now[0] += Int.random(in: 0...50, using: &random)
                    now[1] += Int.random(in: 0...3, using: &random)
                    nodes[node].counters[version] = now
                }
                for version in 1...2 where nodes[node].counters[version] == nil {
                    nodes[node].counters[version] = [0, 0]
                }
                let versions = nodes[node].counters.sorted { $0.key < $1.key }
                let figures = versions.map { TrafficSamples.figures($0, ok: $1[0], bad: $1[1]) }
                let report = try TrafficSamples.report(
                    nodes[node].name, at: time, process: "\(nodes[node].process)", clock: nodes[node].clock,
                    figures.reduce(NodeFigures()) { $0.adding($1) })
                lab.take(report, at: time)
                for (version, counts) in versions {
                    let before = nodes[node].counted[version] ?? [0, 0]
                    if isKnown.contains(node) {
                        expected[version, default: [0, 0]][0] += counts[0] - before[0]
                        expected[version, default: [0, 0]][1] += counts[1] - before[1]
                    }
                    nodes[node].counted[version] = counts
                }
                isKnown.insert(node)
            }
            lab.closeAll()
            for (version, counts) in expected {
                let sum = lab.sum(TrafficSubject(.version, "shop@\(version)"))
                #expect(sum.requests == counts[0] + counts[1], "round \(round)")
                #expect(sum.statusClasses == [0, counts[0], 0, 0, counts[1]], "round \(round)")
                #expect(sum.latency.count == counts[0] + counts[1], "round \(round)")
                #expect(sum.latency.total == counts[0] * 900 + counts[1] * 40_000, "round \(round)")
            }
            let all = expected.values.reduce(0) { $0 + $1[0] + $1[1] }
            for subject in [.total, TrafficSubject(.zone, "shop.example"), TrafficSubject(.origin, "web")] {
                #expect(lab.sum(subject).requests == all, "round \(round), \(subject)")
            }
        }
    }
}
