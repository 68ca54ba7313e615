import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// The bar offers what may come next.
struct CompletesACommand {
    @Test(arguments: [
        ("rollback ", ["rollback shop"]), ("rollback shop --to ", ["rollback shop --to 1", "rollback shop --to 3"]),
        ("rule ", ["rule add", "rule pin"]), ("rule pin ", ["rule pin shop"]), ("env assign ", ["env assign staging"]),
        ("env assign staging ", ["env assign staging shop@3"]), ("node show ", ["node show fra1"]),
        ("zone export ", ["zone export example.com"]), ("theme ", ["theme edge-dark", "theme list"]), ("ma", ["map"]),
        ("rollback shop ", ["rollback shop --env", "rollback shop --force"]), ("history ", ["history list"]),
        ("rollback shop --env ", ["rollback shop --env production"]), ("undo ", ["undo 6"]),
        ("rollback shop --force --to 1 ", ["rollback shop --force --to 1 --reason"]),
        ("list show ", ["list show office"]), ("mouse ", ["mouse on", "mouse off"]),
    ])
    func theBarKnowsWhatComesNext(typed: String, offered: [String]) async throws {
        let shift = try NightShift.withShop()
        _ = try shift.plane().createNode(name("fra1"), region: "fra")
        let office = try #require(ListName(rawValue: "office"))
        try shift.apply(.list(.create(office, .ip, description: "", items: [])))
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type(typed)
        let candidates = console.simulator.model.prompt?.candidates ?? []
        for word in offered { #expect(candidates.contains(word), "\(candidates)") }
        #expect(candidates.allSatisfy { $0.hasPrefix(typed) })
    }
}
