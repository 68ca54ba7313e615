import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// A filter narrows, and Esc brings everything back.
struct FiltersAndSeesEverythingAgain {
    @Test func aFilterNarrowsAndEscBringsEverythingBack() async throws {
        let shift = try NightShift.withShop()
        for index in 1...4 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        var console = try await shift.operatorAt()
        try await console.press("/")
        await console.type("app-")
        #expect(console.rows.count == 4)
        await console.type("3")
        #expect(console.rows.count == 1)
        try await console.press("Enter Esc")
        #expect(console.rows.count == 5)
        try await console.press("/")
        await console.type("re:app-[12]")
        #expect(console.rows.count == 2)
        try await console.press("Esc")
        #expect(console.rows.count == 5)
    }
}
