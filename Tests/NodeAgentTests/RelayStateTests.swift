import Testing

@testable import NodeAgent

@Suite struct RelayStateTests {
    private static let routes = Subscription.routes("p")

    private static func response(_ version: String, rds: String? = nil) -> DiscoveryResponse {
        let body = rds.map { #"{"rds":{"route_config_name":"\#($0)"}}"# } ?? "{}"
        return DiscoveryResponse(version: version, body: Array(body.utf8))
    }

    private static let disk = LastGood([
        .clusters: response("c0"), .listeners: response("l0", rds: "p"), routes: response("r0"),
    ])

    /// Envoy's start as far as all of version 1 being accepted.
    private func served(from lastGood: LastGood = LastGood()) -> (RelayState, [RelayState.Event]) {
        var state = RelayState(lastGood: lastGood)
        var events: [RelayState.Event] = []
        for (subscription, response) in [
            (Subscription.clusters, Self.response("c1")), (.listeners, Self.response("l1", rds: "p")),
            (Self.routes, Self.response("r1")),
        ] {
            events += state.asked(subscription, version: nil).events
            events.append(state.answered(response, for: subscription))
            events += state.asked(subscription, version: response.version).events
        }
        return (state, events)
    }

    @Test func keepsAConfigurationOnceAllOfItIsAccepted() {
        let (state, events) = served(from: Self.disk)
        let kept = events.compactMap { if case .keep(let lastGood) = $0 { lastGood } else { nil } }
        #expect(kept.count == 1)
        #expect(kept.first?.versions == [.clusters: "c1", .listeners: "l1", Self.routes: "r1"])
        #expect(state.lastGood.versions == kept.first?.versions)
    }

    @Test func aRefusedVersionIsNeverKept() {
        var (state, _) = served()
        _ = state.answered(Self.response("r2"), for: Self.routes)
        let verdict = state.asked(Self.routes, version: "r1")
        #expect(verdict.events == [.refused(Self.routes, version: "r2")])
        #expect(state.lastGood[Self.routes]?.version == "r1")
        // The next question says r1 again, which is no word on r2 any more.
        #expect(state.asked(Self.routes, version: "r1").events == [])
        _ = state.answered(Self.response("r3"), for: Self.routes)
        #expect(state.asked(Self.routes, version: "r3").events.first == .accepted(Self.routes, version: "r3"))
        #expect(state.lastGood[Self.routes]?.version == "r3")
    }

    @Test func aFirstQuestionIsAnsweredFromDiskWhenServeIsAway() {
        var state = RelayState(lastGood: Self.disk)
        #expect(state.asked(.clusters, version: nil).step == .ask(atMost: RelayState.patience))
        let failed = state.failed(.clusters, version: nil, waited: .milliseconds(1), pause: .seconds(1))
        #expect(failed.step == .answer(Self.response("c0")))
        // From then on everything of this start comes from disk, though serve may be back.
        #expect(state.asked(.listeners, version: nil).step == .answer(Self.response("l0", rds: "p")))
        #expect(state.asked(Self.routes, version: nil).step == .answer(Self.response("r0")))
        // What Envoy has is asked of serve, and accepting the disk's versions writes nothing.
        let accepted = state.asked(.clusters, version: "c0")
        #expect(accepted.events == [.accepted(.clusters, version: "c0")])
        #expect(accepted.step == .ask(atMost: RelayState.hold))
        #expect(state.asked(.listeners, version: "l0").events == [.accepted(.listeners, version: "l0")])
        #expect(state.asked(Self.routes, version: "r0").events == [.accepted(Self.routes, version: "r0")])
    }

    @Test func withoutAnythingOnDiskAFirstQuestionWaits() {
        var state = RelayState()
        #expect(state.asked(.clusters, version: nil).step == .ask(atMost: RelayState.hold))
        #expect(
            state.failed(.clusters, version: nil, waited: .seconds(1), pause: .seconds(2)).step == .pause(.seconds(2)))
        #expect(state.failed(.clusters, version: nil, waited: .seconds(33), pause: .seconds(2)).step == .unavailable)
    }

    @Test func anEnvoyThatHasAVersionIsHeldWhileServeIsAway() {
        var (state, _) = served(from: Self.disk)
        let early = state.failed(Self.routes, version: "r1", waited: .seconds(3), pause: .seconds(2))
        #expect(early.step == .pause(.seconds(2)))
        #expect(state.failed(Self.routes, version: "r1", waited: .seconds(32), pause: .seconds(2)).step == .notModified)
    }

    @Test func whatEnvoyWillNotTakeFromDiskIsNotOfferedAgain() {
        var state = RelayState(lastGood: Self.disk)
        _ = state.asked(.clusters, version: nil)
        _ = state.failed(.clusters, version: nil, waited: .zero, pause: .zero)
        let again = state.asked(.clusters, version: nil)
        #expect(again.events == [.refused(.clusters, version: "c0")])
        #expect(again.step == .ask(atMost: RelayState.hold))
        state.envoyStarts()
        _ = state.asked(.clusters, version: nil)
        #expect(state.failed(.clusters, version: nil, waited: .zero, pause: .zero).step == .answer(Self.response("c0")))
    }

    @Test func serveGoneInTheMiddleOfAStartIsAStartAnew() {
        var state = RelayState(lastGood: Self.disk)
        _ = state.asked(.clusters, version: nil)
        _ = state.answered(Self.response("c1"), for: .clusters)
        _ = state.asked(.clusters, version: "c1")
        _ = state.asked(.listeners, version: nil)
        let soon = state.failed(.listeners, version: nil, waited: .milliseconds(5), pause: .milliseconds(50))
        #expect(soon.step == .pause(.milliseconds(50)))
        #expect(state.failed(.listeners, version: nil, waited: .seconds(2), pause: .seconds(1)).step == .startAnew)
        #expect(state.lastGood == Self.disk)
    }

    @Test func diskGoesOnWhereServeStoppedWhenBothAreTheSame() {
        var state = RelayState(lastGood: Self.disk)
        _ = state.asked(.clusters, version: nil)
        _ = state.answered(Self.response("c0"), for: .clusters)
        _ = state.asked(.listeners, version: nil)
        let failed = state.failed(.listeners, version: nil, waited: .zero, pause: .zero)
        #expect(failed.step == .answer(Self.response("l0", rds: "p")))
    }

    @Test func halfAStartNeverReplacesAWholeConfiguration() {
        var state = RelayState(lastGood: Self.disk)
        for (subscription, version) in [(Subscription.clusters, "c1"), (.listeners, "l1")] {
            _ = state.asked(subscription, version: nil)
            _ = state.answered(Self.response(version, rds: "p"), for: subscription)
            _ = state.asked(subscription, version: version)
        }
        #expect(state.lastGood == Self.disk)
    }
}
