import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// What stands against it is asked about all the same.
struct StagesWhatHasAWarning {
    @Test func whatStandsAgainstItIsAskedAboutAllTheSame() async throws {
        let shift = try NightShift.withShop()
        let version = try shift.plane().createVersion(of: name("shop"), note: "a setting too many")
        var configuration = try shift.plane().configuration(of: version)
        // A warning of the plan: nothing comes of it at this edge.
        configuration.settings.append(DocumentMember("rocket_loader", .bool(true)))
        _ = try shift.plane().applyVersion(
            VersionReference(application: name("shop"), selector: .number(4)),
            document: DocumentNode(configuration.document))
        let plan = try shift.plane().plan(
            .assign(application: name("shop"), version: 4, environment: name("staging")))
        try #require(!plan.warnings.isEmpty, "or this proves nothing")
        var console = try await shift.operatorAt("shop")
        try await console.press("a")
        #expect(console.dialog?.id == "change.1")
        #expect(try shift.served("shop", in: "staging") == 3)
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop", in: "staging") == 3, "the box is not ticked")
        try await console.press("w y")
        #expect(try shift.served("shop", in: "staging") == 4)
    }
}
