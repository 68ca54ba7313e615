import EdgeModel
import FleetProtocol
import Testing

@Suite("Metrics of nodes")
struct MetricsTests {
    @Test(
        "A node that does not say where it is, is where it was registered to be",
        arguments: [("", "fra"), ("hil", "hil")])
    func region(own: String, told: String) throws {
        let node = try #require(ResourceName(rawValue: "fra1"))
        var fleet = FleetStatus()
        let at = Timestamp(milliseconds: 5)
        fleet.apply(FleetEvent(node: node, at: at, .seen(NodeDescription(name: node, region: own, listen: []))))
        let page = FleetMetrics.text(FleetSnapshot(at: at, status: fleet, figures: [:]), regions: [node: "fra"])
        #expect(page.contains(#"signalbox_node_info{node="fra1",region="\#(told)","#), "\(page)")
    }
}
