import ControlPlane
import EdgeModel
import EdgePlan
import StoreSQLite
import TestKit
import Testing

@testable import signalbox

/// What `node list` and `status` say of a node that does not serve what is live.
@Suite struct NodeStateTests {
    @Test func aNodeBehindTellsSinceWhen() throws {
        let folder = try TemporaryDirectory("nodes")
        let plane = try SampleAccount.make(at: folder.path("state.db"))
        let node = try plane.createNode(try Names.node("fra1"), region: "fra").0.name
        let address = try #require(ListenAddress("127.0.0.11:8080"))
        let now = try plane.status().at
        let seen = FleetEvent(node: node, at: now, .seen(NodeDescription(name: node, listen: [address])))
        var reconciler = FleetReconciler()
        _ = reconciler.apply(seen)
        try reconciler.save(to: try SQLiteStore.open(path: folder.path("state.db"), mode: .readWrite), at: now)

        let account = try plane.status()
        var fleet = FleetStatus()
        fleet.expect(account.expected.production, in: .production, at: now.advanced(byMilliseconds: -8_500))
        fleet.apply(seen)
        func picture() throws -> LivePicture {
            let status = try #require(fleet.nodes[node])
            return LivePicture(
                at: now, figures: [], nodes: [LiveNode(status, fleet, reportAge: nil, at: now)], failing: [])
        }
        let output = Written().output()
        let row = try #require(account.nodes.first)
        let behind = StatusText.node(row, account, try picture(), output)
        #expect(behind["state"] == .string("behind") && behind["behind"] == .bool(true))
        #expect(behind["lag_ms"] == .int(8_500))
        let told = StatusText.state(row, account, lag: try picture().lag(of: node), output)
        #expect("\(told.text)".hasPrefix("behind for 8 s, last seen "), "\(told.text)")

        // Without a server nobody knows since when.
        #expect(StatusText.node(row, account, nil, output)["lag_ms"] == .null)
        #expect("\(StatusText.state(row, account, lag: nil, output).text)".hasPrefix("behind, last seen "))

        let plan = account.expected.production
        fleet.apply(FleetEvent(node: node, at: now, .accepted(.productionRoutes, version: "v", plan: plan)))
        #expect(try picture().lag(of: node) == 0)
    }
}
