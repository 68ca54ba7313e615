import Glibc
import TestKit
import Testing

extension EndToEnd {
    /// The real program in a real terminal, on a state that real nodes serve.
    @Suite("The console in a terminal")
    struct ConsoleTests {
        private func open(
            _ edge: EdgeScenario, _ options: String = "", columns: Int = 140, rows: Int = 40
        ) async throws -> TmuxScreen {
            let program = try Checkout.program("signalbox")
            return try await TmuxScreen.start(
                "\(program) \(options)", columns: columns, rows: rows,
                environment: edge.environment.merging(["TERM": "xterm-256color", "LANG": "C.UTF-8"]) { $1 },
                in: edge.folder)
        }

        @Test func promotionAndRollbackFromTheKeyboardChangeTheTraffic() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            // Without a verb it opens by itself.
            let screen = try await open(edge, "; echo status $?; cat")
            try await screen.shows("applications", "shop", "2/2 nodes")
            try await screen.press("p")
            try await screen.confirm("promote shop@2 to production (now shop@1)")
            try await screen.shows("promote shop to production", "fra1 ✓", "hil1 ✓", within: .seconds(120))
            try await edge.serves("shop@2", at: edge.production)

            try await screen.press("b")
            try await screen.confirm("roll back to shop@1 in production (now shop@2)")
            try await screen.shows("roll back shop in production", "fra1 ✓", "u undoes it")
            try await edge.serves("shop@1", at: edge.production)

            try await screen.press("g", "d")
            try await screen.shows("rollback", "shop @2 → @1")
            try await screen.press("Q")
            try await screen.shows("status 0")
            await screen.stop()
            await edge.stop()
        }

        @Test func itFollowsTheSizeOfTheTerminalAndGivesItBack() async throws {
            let edge = try await EdgeScenario.prepared()
            let screen = try await open(edge, "console; echo status $?; cat", columns: 100, rows: 30)
            try await screen.shows("applications 1/1", "no server")
            try await screen.resize(columns: 50, rows: 12)
            try await screen.shows("needs 60x16 (now 50x12)")
            try await screen.resize(columns: 80, rows: 24)
            try await screen.shows("applications 1/1")
            try await screen.press("Q")
            let text = try await screen.shows("status 0")
            #expect(!text.contains("applications"), "the screen before is back")
            await screen.stop()
            await edge.stop()
        }

        @Test func withoutATerminalItSaysSoAndEndsWith64() async throws {
            let edge = try await EdgeScenario.prepared()
            let answer = try await edge.attempt("console")
            #expect(answer.status == 64)
            #expect(answer.errors.contains("not a terminal") && answer.errors.contains("signalbox"))
            await edge.stop()
        }

        @Test func withoutAScreenItSpeaksInLines() async throws {
            let edge = try await EdgeScenario.running()
            let screen = try await open(edge, "console --accessible; echo status $?; cat", columns: 140, rows: 50)
            try await screen.shows("table 1 of 1: applications", "row 1 of 1")
            try await screen.press("Enter")
            try await screen.shows("row 1 of 1: @1, STATE locked")
            try await screen.type("g d")
            try await screen.press("Enter")
            try await screen.shows("deployments", "promote")
            try await screen.type("Q")
            try await screen.press("Enter")
            try await screen.shows("status 0")
            await screen.stop()
            await edge.stop()
        }
    }
}

extension TmuxScreen {
    /// Ticks what a question wants ticked and says yes to it. Until its plan is made, which asks Envoy, there is no
    /// Apply; a question whose state changed meanwhile is deaf once more.
    func confirm(_ title: String) async throws {
        let text = try await shows(title, "[ y Apply ]", within: .seconds(120))
        // A key that a deaf dialog missed would be pressed again after seconds: the usual deafness is waited for.
        let clock = ContinuousClock()
        let opened = clock.now
        try await eventually("a moment passes") { clock.now - opened > .milliseconds(450) }
        if text.contains("[ ] w ") { try await press("w") { !$0.contains("[ ] w ") } }
        try await press("y") { !$0.contains("[ y Apply ]") }
    }
}
