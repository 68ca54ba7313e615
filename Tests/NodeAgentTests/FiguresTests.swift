import EdgeModel
import EdgePlan
import Testing

@testable import NodeAgent

@Suite struct FiguresTests {
    @Test func statisticsBecomeFigures() {
        let stats = EnvoyStats(
            """
            cluster_manager.cds.version_text: "abc"
            cluster.shop-eu_3fa1b2c4d5e6.external.upstream_rq_5xx: 2
            cluster.shop-eu_3fa1b2c4d5e6.membership_healthy: 1
            cluster.shop-eu_3fa1b2c4d5e6.membership_total: 2
            cluster.shop-eu_3fa1b2c4d5e6.upstream_rq_5xx: 3
            cluster.shop-eu_3fa1b2c4d5e6.upstream_rq_retry: 4
            cluster.shop-eu_3fa1b2c4d5e6.upstream_rq_total: 50
            cluster.xds.membership_total: 1
            cluster.xds.upstream_rq_total: 16
            cluster_manager.warming_clusters: 2
            listener_manager.lds.version_text: "def"
            listener_manager.total_listeners_warming: 3
            nonsense
            """)
        #expect(stats.clustersVersion == "abc")
        #expect(stats.warmingClusters == 2)
        #expect(stats.listenersVersion == "def" && stats.warmingListeners == 3)
        #expect(
            stats.clusters == [
                ClusterFigures(
                    name: "shop-eu.3fa1b2c4d5e6", requests: 50, failures: 3, retries: 4, endpoints: 2, healthy: 1)
            ])
        #expect(EnvoyStats(#"cluster_manager.cds.version_text: """#).clustersVersion == nil)
    }

    @Test func theModulesLinesAreReadAndOthersLeftOut() throws {
        let figures = ModuleFigures(
            """
            {"module":"0.1.0","planFormat":1}
            {"configuration":5,"zone":"shop.test","application":"shop","version":2,"requests":3,\
            "statusClasses":[0,3,0,0,0],"latency":{"bounds":[500],"counts":[2,1],"total":900}}
            {"configuration":5,"ref":"block-admin","hits":7}
            {"configuration":5,"ref":"never","hits":0}
            {"configuration":5,"zone":"brand.test","application":"shop","version":2,"requests":10,\
            "statusClasses":[0,9,0,0,1],"latency":{"bounds":[500],"counts":[10,0],"total":10}}
            {"configuration":5,"ref":"block-admin","hits":1}
            {"configuration":6,"zone":"brand.test","requests":1,\
            "statusClasses":[0,0,0,1,0],"latency":{"bounds":[500],"counts":[0,1],"total":700}}
            {"configuration":7,"zone":"quiet.test","requests":0,\
            "statusClasses":[0,0,0,0,0],"latency":{"bounds":[500],"counts":[0,0],"total":0}}
            {"something":"else"}
            not json
            """
        ).figures
        // A configuration of two zones is counted for each of them.
        #expect(figures.configurations.map(\.zone) == ["shop.test", "brand.test", "brand.test", "quiet.test"])
        #expect(figures.configurations.map(\.requests) == [3, 10, 1, 0])
        let five = ConfigurationID(rawValue: 5)
        #expect(
            figures.rules == [
                RuleFigures(configuration: five, zone: "shop.test", ref: "block-admin", hits: 7),
                RuleFigures(configuration: five, zone: "brand.test", ref: "block-admin", hits: 1),
            ])
    }

    @Test func warmingIsReadOftenOnlyBetweenAcceptanceAndUse() {
        var schedule = ReportSchedule()
        report(&schedule, at: .seconds(1), version: "a", warming: 0)
        report(&schedule, at: schedule.next().at, version: "a", warming: 0)
        let quiet = Duration.seconds(3) + .milliseconds(250)
        #expect(schedule.next() == (.report, quiet))

        schedule.clustersAccepted("b", at: .seconds(2))
        #expect(schedule.next() == (.readWarming, .seconds(2)))
        // Soon again at first, then every 50 ms; that it warms is only told when it takes long.
        var reads: [Duration] = []
        while case (.readWarming, let at) = schedule.next() {
            reads.append(at - .seconds(2))
            schedule.read(version: "b", warming: 1, at: at)
        }
        let soon = Array(reads.prefix(7))
        #expect(soon == [0, 3_000, 6_000, 9_000, 13_500, 20_250, 30_375].map { .microseconds($0) })
        let late = Array(reads.suffix(3))
        #expect(late[1] - late[0] == .milliseconds(50) && late[2] - late[1] == .milliseconds(50))
        #expect(schedule.next() == (.report, .seconds(2) + .milliseconds(250)))
        report(&schedule, at: .seconds(2) + .milliseconds(250), version: "b", warming: 1)
        #expect(schedule.next() == (.readWarming, .seconds(2) + .milliseconds(300)))
        schedule.read(version: "b", warming: 0, at: .seconds(2) + .milliseconds(300))
        // What is waited for is told at once.
        #expect(schedule.next() == (.report, .zero))
        report(&schedule, at: .seconds(2) + .milliseconds(300), version: "b", warming: 0)
        // Nothing to read any more, but what was news is said again.
        #expect(schedule.next() == (.report, .seconds(2) + .milliseconds(550)))
        report(&schedule, at: schedule.next().at, version: "b", warming: 0)
        #expect(schedule.next() == (.report, .seconds(4) + .milliseconds(550)))
        schedule.clustersAccepted("b", at: .seconds(3))
        #expect(schedule.next() == (.report, .seconds(4) + .milliseconds(550)))
    }

    @Test func whatTheRelayTellsWithTheAcceptanceNeedsNoReadingAndNoReport() {
        var schedule = ReportSchedule()
        report(&schedule, at: .seconds(1), version: "a", warming: 0)
        report(&schedule, at: schedule.next().at, version: "a", warming: 0)
        schedule.readByRelay(version: "b", warming: 0, at: .seconds(2))
        schedule.clustersAccepted("b", at: .seconds(2))
        #expect(schedule.next() == (.report, .seconds(2) + .milliseconds(250)))
        // One that still warms is read as ever.
        schedule.readByRelay(version: "c", warming: 1, at: .seconds(2))
        schedule.clustersAccepted("c", at: .seconds(2))
        #expect(schedule.next() == (.readWarming, .seconds(2)))
    }

    @Test func listenersThatWaitForCertificatesAreReadOftenToo() {
        var schedule = ReportSchedule()
        let read = { (schedule: inout ReportSchedule, version: String, warming: Int, time: Duration) in
            schedule.read(
                version: nil, warming: 0, listenersVersion: version, warmingListeners: warming, at: time)
        }
        schedule.reportBegins(at: .seconds(1))
        read(&schedule, "a", 0, .seconds(1))
        schedule.reportBegins(at: .seconds(3))
        schedule.listenersAccepted("b", at: .seconds(4))
        #expect(schedule.next() == (.readWarming, .seconds(4)))
        read(&schedule, "b", 1, .seconds(4))
        schedule.reportBegins(at: .seconds(6))
        #expect(schedule.next() == (.readWarming, .seconds(4) + .milliseconds(3)))
        read(&schedule, "b", 0, .seconds(5))
        #expect(schedule.next() == (.report, .zero))
        schedule.reportBegins(at: .seconds(7))
        #expect(schedule.next().task == .report)
        schedule.listenersAccepted("b", at: .seconds(8))
        #expect(schedule.next().task == .report)
    }

    private func report(_ schedule: inout ReportSchedule, at time: Duration, version: String, warming: Int) {
        schedule.reportBegins(at: time)
        schedule.read(version: version, warming: warming, at: time)
        if schedule.next() == (.report, .zero) { schedule.reportBegins(at: time) }
        schedule.reportEnded(isTaken: true, at: time, chance: 0)
    }

    @Test func failingReportsBackOffAndTheNextGoodOneEndsThat() {
        var schedule = ReportSchedule()
        var waits: [Duration] = []
        for _ in 0..<10 {
            schedule.reportBegins(at: .seconds(100))
            schedule.reportEnded(isTaken: false, at: .seconds(100), chance: 0)
            waits.append(schedule.next().at - .seconds(100))
        }
        #expect(waits.first == .milliseconds(250))
        #expect(waits.last == .seconds(30))
        schedule.hurry()
        #expect(schedule.next().at == .seconds(130))
        schedule.reportBegins(at: .seconds(130))
        schedule.reportEnded(isTaken: true, at: .seconds(130), chance: 0)
        #expect(schedule.next() == (.report, .seconds(132)))
    }
}
