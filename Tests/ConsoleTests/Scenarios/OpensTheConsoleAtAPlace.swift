import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// The console opens where somebody says.
struct OpensTheConsoleAtAPlace {
    @Test(arguments: [
        ("production/shop/versions", "applications/shop/versions"), ("apps/shop/3", "applications/shop/versions/3"),
        ("shop@2", "applications/shop/versions/2"), ("nodes", "nodes"), ("deployments/1", "deployments/1"),
        ("diff/shop@1/shop@3", "diff/shop@1/shop@3"), ("staging", "applications"),
    ])
    func itOpensAtAPlace(path: String, place: String) async throws {
        let console = try await NightShift.withShop().operatorAt(path)
        #expect(console.simulator.model.screen.place.path == place)
    }

    @Test(arguments: [
        "nowhere/x", "nowhere", "shop/x", "applications/shpo", "apps/shpo/history", "effective/none", "nodes/none",
    ])
    func aPlaceThatIsNotThereIsSaid(path: String) async throws {
        let console = try await NightShift.withShop().operatorAt(path)
        #expect(console.message.contains("there is no place '\(path)'"), "\(console.message)")
        #expect(console.simulator.model.screen.place == .applications)
    }
}
