import ControlPlane
import EdgeModel
import ImageSourcing
import TerminalUI
import Testing

@testable import Console

/// What became of the images of a run adds up.
struct AddsUpWhatBecameOfImages {
    @Test func whatBecameOfThemAddsUp() async throws {
        let console = try await NightShift.withImages().operatorAt(
            "images/3", size: TerminalSize(columns: 140, rows: 40))
        let rows = console.simulator.model.screen.rows.rows
        func count(_ ids: [String]) throws -> Int {
            try rows.filter { ids.contains($0.id) }.reduce(0) { $0 + (try #require(Int($1.cells[1].text.string))) }
        }
        #expect(try count(["listed"]) == 10_000)
        #expect(try count(["imported", "kept", "skipped", "failed", "waiting"]) == 10_000)
        #expect(try count(["excluded", "not-an-image", "truncated"]) == count(["skipped"]))
        #expect(try count(["timed-out", "throttled"]) == count(["failed"]))
    }
}
