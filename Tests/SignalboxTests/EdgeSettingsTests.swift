import ControlPlane
import EdgeModel
import TestKit
import Testing

@testable import signalbox

/// Settings of the edge as SQLite keeps their changes.
@Suite struct EdgeSettingsTests {
    @Test func aChangeIsReadBackFromTheJournalAsItWasMade() throws {
        let folder = try TemporaryDirectory("settings")
        let plane = try SampleAccount.make(at: folder.path("state.db"))
        let first = EdgeSettings(countryHeader: "x-country", trustedPeers: ["10.0.0.0/8", "2001:db8::/32"])
        for settings in [first, EdgeSettings(trustedPeers: ["192.0.2.0/24"]), EdgeSettings()] {
            _ = try plane.apply(try plane.plan(.settings(settings)))
            #expect(try plane.edgeSettings() == settings)
        }
        let changes = try plane.history(stream: nil, last: 3).map(\.deployment.change)
        #expect(changes.first == .settings(before: EdgeSettings(), after: first))
        #expect(changes.last == .settings(before: EdgeSettings(trustedPeers: ["192.0.2.0/24"]), after: EdgeSettings()))
        #expect(try plane.verifyAudit(head: nil) == [])
    }

    @Test func aReservationIsReadBackFromTheJournalAsItWasMade() throws {
        let folder = try TemporaryDirectory("settings")
        let plane = try SampleAccount.make(at: folder.path("state.db"))
        var staging = try plane.environment(named: try Names.environment("staging")).environment
        staging.stagingAddresses.append("127.0.0.22")
        _ = try plane.apply(try plane.plan(.environment(.replace(staging))))
        let until = Timestamp(milliseconds: 1_800_000_600_000)
        let reserve = ReservationEdit.reserve(
            application: try Names.application("shop"), version: 2, environment: staging.name, address: nil,
            holder: "ada", until: until)
        _ = try plane.apply(try plane.plan(.reservation(reserve)))
        let kept = try #require(try plane.stagingAddresses().last?.reservation)
        #expect(kept.label == "shop@2" && kept.address == "127.0.0.22" && kept.until == until)
        _ = try plane.apply(
            try plane.plan(.reservation(.release(address: "127.0.0.22", holder: "ada", anyway: false))))
        let changes = try plane.history(stream: nil, last: 2).map(\.deployment.change)
        #expect(changes.first == .reservation(address: "127.0.0.22", before: nil, after: kept))
        #expect(changes.last == .reservation(address: "127.0.0.22", before: kept, after: nil))
        #expect(try plane.verifyAudit(head: nil) == [])
    }
}
