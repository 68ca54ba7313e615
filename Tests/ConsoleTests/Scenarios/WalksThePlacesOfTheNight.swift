import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// There and back: the places of before are walked as in a browser.
struct WalksThePlacesOfTheNight {
    @Test func bracketsGoBackAndForth() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("g n g d g u")
        func place() -> String { console.simulator.model.screen.place.path }
        #expect(place() == "audit")
        try await console.press("[ [")
        #expect(place() == "nodes")
        try await console.press("]")
        #expect(place() == "deployments")
    }
}
