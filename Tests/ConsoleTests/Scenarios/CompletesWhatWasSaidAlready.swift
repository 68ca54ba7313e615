import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// What was said is not offered again.
struct CompletesWhatWasSaidAlready {
    @Test(arguments: [
        ("rollback shop --to 1 ", "--to"), ("rollback shop --force ", "--force"), ("rollback shop ", "shop shop"),
        ("serve ", "shop"),
    ])
    func whatWasSaidIsNotOfferedAgain(typed: String, never: String) async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press(":")
        await console.type(typed)
        let candidates = console.simulator.model.prompt?.candidates ?? []
        #expect(candidates.allSatisfy { !$0.dropFirst(typed.count).hasPrefix(never) }, "\(candidates)")
    }
}
