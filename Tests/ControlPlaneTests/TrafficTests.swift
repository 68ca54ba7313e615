import ControlPlane
import EdgeModel
import EdgePlan
import StoreContract
import Testing

@Suite("Traffic and events are read from what is kept")
struct TrafficTests {
    @Test func trafficOfATimeIsThatOfItsTenSeconds() throws {
        let account = try Account()
        let start = Timestamp(milliseconds: 1_800_000_000_000)
        let shop = TrafficSubject(.version, "shop@1")
        let records = (Int64(0)..<6).flatMap { step -> [TrafficRecord] in
            let bucket = TrafficBucket(containing: start.advanced(byMilliseconds: step * 10_000))
            return [.total, shop].map { TrafficRecord(bucket, $0, TrafficCounts(requests: 1 << Int(step))) }
        }
        try account.store.history.append(records, [], forgettingBefore: Timestamp(milliseconds: 0))
        // A time that begins within ten seconds takes them whole; one that ends with them does not take the next.
        let history = try account.plane().traffic(
            from: start.advanced(byMilliseconds: 15_000), to: start.advanced(byMilliseconds: 40_000), by: .version)
        #expect(history.series.map(\.subject) == [shop])
        #expect(history.series[0].points.map { $0?.requests } == [2, 4, 8])
        #expect(try account.plane().traffic(from: start, to: start, by: .total).series == [])
    }

    @Test func whatWasDoneAndWhatHappenedIsOneTailNewestFirst() throws {
        let account = try Account()
        try account.withShop()
        account.advance(seconds: 10)
        let promoted = try account.apply(.assign(application: name("shop"), version: 1, environment: name("staging")))
        account.advance(seconds: 1)
        let (node, _) = try account.plane().createNode(name("fra1"), region: "fra")
        let moment = promoted.at.advanced(byMilliseconds: 500)
        try account.store.write {
            try $0.putAcknowledgement(Acknowledgement(deployment: promoted.id, node: node.name, at: moment))
        }
        let lost = FleetNote(at: moment, node: node.name, kind: .lost, "is lost", severity: .error)
        try account.store.history.append([], [lost], forgettingBefore: moment)

        let events = try account.plane().events(last: 4)
        #expect(events.map(\.kind) == [.change, .acknowledgement, .node, .deployment], "\(events)")
        #expect(events[1].deployment == promoted.id && events[1].node == node.name)
        #expect(events[2].text == "fra1 is lost" && events[2].severity == .error)
        #expect(events[3].actor == "ada" && events[3].text.hasPrefix("assign: "))
        #expect(try account.plane().events(last: 9, kinds: [.acknowledgement]).count == 1)
        #expect(try account.plane().events(last: 9, since: moment).count == 3)

        try account.apply(.rollback(application: name("shop"), environment: name("staging"), to: nil))
        #expect(try account.plane().events(last: 9, kinds: [.undo]).map(\.severity) == [.warning])
    }

    /// The audit tells of every deployment too, and most of it may be that.
    @Test func changesAreFoundBehindManyDeployments() throws {
        let account = try Account()
        try account.withShop()
        for round in 0..<40 {
            account.advance(seconds: 1)
            try account.apply(
                .routing(.add(rule("r\(round)", "cf.zone.name eq \"example.com\"", "shop"), .last)))
        }
        let changes = try account.plane().events(last: 2, kinds: [.change])
        #expect(changes.count == 2 && changes.allSatisfy { !$0.text.hasPrefix("routing.") }, "\(changes)")
    }

    @Test func certificatesThatEndAreEventsOfTheirTime() throws {
        let end = Timestamp(milliseconds: 1_800_000_000_000)
        let day: Int64 = 86_400_000
        let files = CertificateFiles(certificate: "a.pem", key: "a.key")
        let zone = Zone(
            id: ConfigurationID(rawValue: 1), name: "a.example", hosts: ["a.example"], tls: files,
            digest: Digest.sha256(of: "a"), createdAt: end, updatedAt: end, author: "ada")
        var status = NodeStatus(name: try name("fra1"), firstSeen: end)
        let facts = CertificateFacts(names: ["a.example"], notBefore: end, notAfter: end)
        status.certificates = [CertificateInspection(files: files, facts: facts, problem: nil)]
        func times(_ days: Int64) -> [Timestamp] {
            status.certificateEvents([zone], at: end.advanced(byMilliseconds: days * day)).map(\.at)
        }
        let warning = end.advanced(byMilliseconds: -21 * day)
        #expect(times(-22) == [] && times(-20) == [warning] && times(1) == [warning, end])
        #expect(status.certificateEvents([], at: end) == [])
    }
}
