import EdgeModel
import EdgePlan
import Testing

@Suite("What happens at nodes is told once")
struct FleetNotesTests {
    private let plan = Digest(bytes: [UInt8](repeating: 1, count: 32))
    private let other = Digest(bytes: [UInt8](repeating: 2, count: 32))

    private func told(_ notes: inout FleetNotes, _ kind: FleetEvent.Kind, at seconds: Double = 0) throws -> [String] {
        notes.handle(
            FleetEvent(node: try TrafficSamples.name("fra1"), at: TrafficSamples.at(seconds), kind)
        ).map { "\($0.kind.rawValue): \($0.text)" }
    }

    private func report(
        process: String = "1", restarts: Int = 0, problem: String? = nil
    ) throws -> FleetEvent.Kind {
        var report = try TrafficSamples.report(at: 0, process: process)
        report.restarts = restarts
        report.certificates = [
            CertificateInspection(
                files: CertificateFiles(certificate: "a.pem", key: "a.key"), facts: nil,
                problem: problem.map { .init(.missing, file: "a.pem", $0) })
        ]
        return .reported(report)
    }

    @Test func comingServingRefusingRestartingAndGoing() throws {
        var notes = FleetNotes()
        let seen = FleetEvent.Kind.seen(NodeDescription(name: try TrafficSamples.name("fra1")))
        #expect(try told(&notes, seen) == ["came: is there"])
        #expect(try told(&notes, seen) == [])
        let accepted = FleetEvent.Kind.accepted(.productionRoutes, version: "v", plan: plan)
        #expect(try told(&notes, accepted) == ["accepted: serves plan \(plan.short) of production"])
        #expect(try told(&notes, accepted) == [])
        #expect(try told(&notes, .accepted(.clusters, version: "c", plan: nil)) == [])
        let refused = FleetEvent.Kind.refused(.productionRoutes, version: "w", plan: other, reason: "no such cluster")
        let words = "refused: refuses plan \(other.short) (routes.production): no such cluster"
        #expect(try told(&notes, refused) == [words])
        #expect(try told(&notes, refused) == [])
        #expect(try told(&notes, report()) == [])
        #expect(try told(&notes, report(process: "2")) == ["restarted: its Envoy was started again"])
        #expect(
            try told(&notes, report(process: "3", restarts: 1))
                == ["restarted: its Envoy ended by itself and was started again"])
        #expect(try told(&notes, .lost) == ["lost: is lost"])
        #expect(try told(&notes, .lost) == [])
        #expect(try told(&notes, seen) == ["came: is there"])
    }

    @Test func certificatesThatFailAndAreMended() throws {
        var notes = FleetNotes()
        _ = try told(&notes, report())
        #expect(
            try told(&notes, report(problem: "there is no such file")) == ["certificate: a.pem: there is no such file"])
        #expect(try told(&notes, report(problem: "there is no such file")) == [])
        #expect(try told(&notes, report()) == ["certificate: mended: a.pem: there is no such file"])
    }

    @Test func aServerThatWasStartedAnewTellsNothingThatIsKnown() throws {
        var status = NodeStatus(name: try TrafficSamples.name("fra1"), firstSeen: TrafficSamples.at(0))
        let kinds: [FleetEvent.Kind] = [
            .accepted(.productionRoutes, version: "v", plan: plan), try report(problem: "gone"),
            .refused(.clusters, version: "w", plan: nil, reason: "bad"),
        ]
        for kind in kinds { status.apply(FleetEvent(node: status.name, at: TrafficSamples.at(1), kind)) }
        var notes = FleetNotes([status.name: status])
        for kind in kinds { #expect(try told(&notes, kind) == []) }
        #expect(try told(&notes, report(problem: "gone")) == [])
    }

    @Test func whoeverMerelyClaimsANameIsNoNode() throws {
        var notes = FleetNotes()
        #expect(try told(&notes, .unauthorized) == [])
        _ = try told(&notes, report())
        #expect(try told(&notes, .unauthorized) == ["unauthorized: somebody came without its token"])
    }

    @Test func longReasonsAreCut() throws {
        var notes = FleetNotes()
        let long = String(repeating: "x", count: 10_000)
        let texts = try told(&notes, .refused(.clusters, version: "w", plan: nil, reason: long))
        #expect(texts.allSatisfy { $0.utf8.count < 1300 })
    }
}

@Suite("Events of all sources are one tail")
struct EventTailTests {
    private func event(_ second: Double, _ kind: ActivityEvent.Kind, _ text: String, order: Int = 0) -> ActivityEvent {
        ActivityEvent(at: TrafficSamples.at(second), kind: kind, subject: "x", text, order: order)
    }

    @Test func newestFirstOfTheKindsAskedForAndNoMoreThanAskedFor() {
        let events = [
            event(1, .deployment, "a", order: 1), event(3, .node, "b"), event(1, .deployment, "c", order: 2),
            event(2, .undo, "d"),
        ]
        #expect(EventTail.merged(events, last: 9).map(\.text) == ["b", "d", "c", "a"])
        #expect(EventTail.merged(events, kinds: [.deployment, .undo], last: 2).map(\.text) == ["d", "c"])
        #expect(EventTail.merged(events, since: TrafficSamples.at(2), last: 9).map(\.text) == ["b", "d"])
        #expect(EventTail.merged(events.reversed(), last: 9).map(\.text) == ["b", "d", "c", "a"])
    }

    @Test func whatTheJournalTellsTheAuditDoesNotTellAgain() throws {
        func entry(_ action: String) -> AuditEntry {
            AuditEntry(
                sequence: 1, at: TrafficSamples.at(0), actor: Actor(name: "ada", uid: 1), action: action,
                resource: "node/fra1", summary: "registered", reason: nil, previousHead: nil,
                head: Digest(bytes: [UInt8](repeating: 0, count: 32)))
        }
        #expect(ActivityEvent(entry("production.promote")) == nil)
        #expect(ActivityEvent(entry("node.create"))?.text == "node.create: registered")
    }
}
