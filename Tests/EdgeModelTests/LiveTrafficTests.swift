import EdgeModel
import EdgePlan
import Testing

@Suite("What is live now, with its age")
struct LiveTrafficTests {
    private let shop = TrafficSubject(.version, "shop@1")

    private func lab(_ nodes: [String] = ["fra1"], until end: Int) throws -> TrafficLab {
        var lab = TrafficLab()
        for second in stride(from: 0, through: end, by: 2) {
            for node in nodes {
                lab.take(
                    try TrafficSamples.report(
                        node, at: Double(second), TrafficSamples.figures(ok: 20 * second, bad: second)),
                    at: Double(second))
            }
        }
        return lab
    }

    @Test func ratesClassesAndTimesAreThoseOfTheLastTenSeconds() throws {
        let lab = try lab(["fra1", "hil1"], until: 40)
        let figures = try #require(lab.window.figures(at: TrafficSamples.at(41)).first { $0.subject == shop })
        #expect(abs(figures.perSecond - 42) < 0.001, "\(figures.perSecond)")
        #expect(figures.counts.requests == 420 && figures.counts.statusClasses == [0, 400, 0, 0, 20])
        #expect(figures.p50 == 1000 && figures.p95 == 1000 && figures.p99 == 50_000)
        #expect(figures.age == 1000 && !figures.isStale)
        let node = try #require(
            lab.window.figures(at: TrafficSamples.at(41)).first { $0.subject == TrafficSubject(.node, "hil1") })
        #expect(node.counts.requests == 210)
    }

    @Test func figuresThatStoppedComingStayAndAreStale() throws {
        let lab = try lab(until: 40)
        let figures = try #require(lab.window.figures(at: TrafficSamples.at(100)).first { $0.subject == shop })
        #expect(figures.isStale && figures.age == 60_000 && abs(figures.perSecond - 21) < 0.001)
    }

    @Test func aNodeThatStoppedReportingDoesNotCountWhereAnotherKnowsBetter() throws {
        var lab = try lab(["fra1", "hil1"], until: 20)
        for second in stride(from: 22.0, through: 60, by: 2) {
            lab.take(try TrafficSamples.report(at: second, TrafficSamples.figures(ok: 400, bad: 20)), at: second)
        }
        let figures = lab.window.figures(at: TrafficSamples.at(60))
        // fra1 still reports: it answers nothing any more. What hil1 did for shop@1 is told as old.
        #expect(figures.first { $0.subject == .total }?.perSecond == 0)
        #expect(figures.first { $0.subject == TrafficSubject(.node, "fra1") }?.isStale == false)
        #expect(figures.first { $0.subject == TrafficSubject(.node, "hil1") }?.isStale == true)
        #expect(figures.first { $0.subject == shop }?.isStale == true)
    }

    @Test func anOriginIsAsItsWorstNodeSeesIt() throws {
        var lab = TrafficLab()
        for (node, bad) in [("fra1", 0), ("hil1", 1)] {
            lab.take(try TrafficSamples.report(node, at: 2, TrafficSamples.figures(ok: 1, bad: bad)), at: 2)
        }
        let figures = lab.window.figures(at: TrafficSamples.at(3))
        #expect(
            figures.first { $0.subject == TrafficSubject(.origin, "web") }?.health
                == OriginHealth(endpoints: 2, healthy: 1))
    }

    @Test func thePictureTellsAgesAndLagOfNodesAndIsBounded() throws {
        var lab = TrafficLab()
        var fleet = FleetStatus()
        var failing = FailingRequests()
        let plan = Digest(bytes: [UInt8](repeating: 7, count: 32))
        fleet.expect(plan, in: .production, at: TrafficSamples.at(0))
        let hostile = String(repeating: "\u{1B}[31m<a>\"\\\u{202E}", count: 400)
        for number in 0..<300 {
            let name = try TrafficSamples.name("n\(number)x")
            var figures = TrafficSamples.figures(ok: 1)
            figures.configurations = (number * 20..<number * 20 + 20).map { (id: Int) -> ConfigurationFigures in
                ConfigurationFigures(
                    configuration: ConfigurationID(rawValue: id), application: String(repeating: "a", count: 63),
                    version: id, requests: 1)
            }
            let requests = (0..<20).map { _ in
                FailingRequest(at: TrafficSamples.at(1), method: hostile, host: hostile, path: hostile, status: 503)
            }
            let report = try TrafficSamples.report(name.rawValue, at: 1, figures, failing: requests)
            fleet.apply(FleetEvent(node: name, at: TrafficSamples.at(1), .reported(report)))
            fleet.apply(
                FleetEvent(
                    node: name, at: TrafficSamples.at(2),
                    .refused(.productionRoutes, version: "v", plan: plan, reason: hostile)))
            lab.take(report, at: 1)
            for configuration in figures.configurations.indices { figures.configurations[configuration].requests = 9 }
            lab.take(try TrafficSamples.report(name.rawValue, at: 3, figures), at: 3)
            failing.take(report)
        }
        let picture = LivePicture(window: lab.window, fleet: fleet, failing: failing, at: TrafficSamples.at(20))
        #expect(picture.nodes.count == LivePicture.nodes && picture.failing.count == FailingRequest.inPicture)
        #expect(picture.figures(of: .version).count == LivePicture.subjects)
        let node = picture.nodes[0]
        #expect(node.reportAge == 17_000 && node.requestAge == 18_000 && node.isStale && node.isLive)
        #expect(node.serving[0].lag == .behind && node.serving[0].milliseconds == 20_000)
        let size = try JSONSize.of(picture)
        #expect(size < 1 << 20, "\(size)")
    }
}

@Suite("Failing requests: a bounded sample without secrets")
struct FailingRequestTests {
    private func request(_ status: Int, _ path: String = "/", flags: String = "", at second: Double = 0)
        -> FailingRequest
    {
        FailingRequest(
            at: TrafficSamples.at(second), method: "GET", host: "shop.example", path: path, status: status,
            flags: flags)
    }

    @Test(arguments: ["/login?token=geheim", "/login#geheim", "/login??geheim", "/login"])
    func theQueryIsCutOff(path: String) {
        #expect(request(500, path).path == "/login")
    }

    @Test func longTextsAreCutAtWholeCharactersAndKeptRaw() {
        let path = "/" + String(repeating: "ü\u{1B}", count: 300)
        let cut = request(500, path).path
        #expect(cut.utf8.count <= 256 && cut.hasSuffix("…") && cut.hasPrefix("/ü\u{1B}ü"))
    }

    @Test func theNewestSevereOnesComeFirstAndTheRestIsFilledUp() {
        var sample = FailingSample()
        for second in 0..<50 { sample.add(request(404, at: Double(second))) }
        for second in 0..<5 { sample.add(request(503, at: Double(second))) }
        sample.add(request(200, flags: "DC", at: 60))
        let taken = sample.take()
        #expect(taken.count == FailingRequest.inReport)
        #expect(taken.filter(\.isSevere).count == 6)
        #expect(taken.filter { !$0.isSevere }.map(\.at) == (36..<50).map { TrafficSamples.at(Double($0)) })
        #expect(taken.map(\.at) == taken.map(\.at).sorted() && sample.take() == [])
    }

    @Test func whatCouldNotBeToldIsToldWithTheNext() {
        var sample = FailingSample()
        sample.add(request(503, at: 1))
        let lost = sample.take()
        sample.add(request(503, at: 2))
        sample.putBack(lost)
        #expect(sample.take().map(\.at) == [TrafficSamples.at(1), TrafficSamples.at(2)])
    }

    @Test func theFleetsNewestAreKeptAndNobodyCanSendMore() throws {
        var all = FailingRequests()
        for round in 0..<40 {
            let many = (0..<100).map { request(503, "/\(round)/\($0)") }
            all.take(try TrafficSamples.report("hil1", at: Double(round), failing: many))
        }
        let newest = all.newest(1000)
        #expect(newest.count == FailingRequests.kept)
        #expect(newest.first?.path == "/39/19" && newest.first?.node?.rawValue == "hil1")
    }
}

@Suite("Traffic in time, ready to be shown")
struct TrafficHistoryTests {
    private func record(_ second: Double, _ subject: TrafficSubject, _ requests: Int) -> TrafficRecord {
        TrafficRecord(TrafficSamples.bucket(second), subject, TrafficCounts(requests: requests))
    }

    @Test func whatIsNotKnownIsAGapAndWhatWasNotAskedForIsZero() {
        let (one, two) = (TrafficSubject(.version, "shop@1"), TrafficSubject(.version, "shop@2"))
        let records = [
            record(0, .total, 5), record(0, one, 5), record(20, .total, 30), record(20, two, 30),
            record(30, .total, 0), record(990, .total, 1), record(990, one, 1),
        ]
        let history = TrafficHistory(of: .version, records, from: TrafficSamples.at(0), to: TrafficSamples.at(60))
        #expect(history.buckets.count == 6 && history.isKnown == [true, false, true, true, false, false])
        #expect(history.series.map(\.subject) == [two, one])
        #expect(history.series[1].points.map { $0?.requests } == [5, nil, 0, 0, nil, nil])
        #expect(history.perSecond(history.series[0]) == 1)
        #expect(history.lastKnown == TrafficSamples.at(40))
        #expect(history.series[0].rates(in: 3) == [0, 1.5, nil])
        #expect(history.series[0].rates(in: 100).count == 6 && history.series[0].rates(in: 0) == [])
    }

    @Test func aTimeWithoutAnythingIsEmpty() {
        let history = TrafficHistory(of: .total, [], from: TrafficSamples.at(0), to: TrafficSamples.at(0))
        #expect(history.series == [] && history.lastKnown == nil && history.knownSeconds == 0)
        let days = TrafficHistory(of: .total, [], from: TrafficSamples.at(0), to: TrafficSamples.at(1e9))
        #expect(days.buckets.count == 1440)
    }
}
