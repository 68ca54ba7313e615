import ControlPlane
import EdgeModel
import MailRouting
import TerminalUI
import Testing

@testable import Console

/// Mail is filtered by any of it.
struct FiltersMailByAnyOfIt {
    @Test func activityIsFilteredByAnyOfIt() async throws {
        let shift = try NightShift.withMail()
        var console = try await shift.operatorAt("activity", size: TerminalSize(columns: 140, rows: 30))
        #expect(console.rows.count == 11)
        for (filter, count) in [
            ("rule:support", 6), ("verdict:reject", 1), ("from:eve", 1), ("answer:timed", 1), ("auth:spf=pass", 11),
        ] {
            try await console.press("/")
            await console.type(filter)
            try await console.press("Enter")
            #expect(console.rows.count == count, "\(filter)")
            try await console.press("Esc")
        }
    }
}
