import ControlPlane
import EdgeModel
import TestKit
import Testing

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
}
