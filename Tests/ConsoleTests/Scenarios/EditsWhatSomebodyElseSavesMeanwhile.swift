import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Two people edit one draft, and nothing of either is lost.
struct EditsWhatSomebodyElseSavesMeanwhile {
    @Test func anEditNeverOverwritesWhatSomebodyElseSavedMeanwhile() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be edited", path: "/mine")
        var console = try await shift.operatorAt("shop")
        let reference = VersionReference(application: try name("shop"), selector: .number(4))
        let bob: @Sendable () -> Void = {
            do {
                let version = try shift.plane(as: "bob").resolve(reference)
                var configuration = try shift.plane().configuration(of: version)
                configuration.rules[.dynamicRedirect]?.append(NightShift.redirect("bobs", "/bobs"))
                _ = try shift.plane(as: "bob").applyVersion(
                    reference, document: DocumentNode(configuration.document))
            } catch {
                Issue.record("\(error)")
            }
        }
        shift.edits.withLock {
            $0 = [
                { text in
                    bob()
                    return text.replacing("/mine", with: "/ours")
                }, { $0 + "# once more\n" },
            ]
        }
        try await console.press("e")
        #expect(console.screen.contains("bob"))
        try await console.press("Esc e")
        let rules = try shift.plane().configuration(of: try shift.plane().resolve(reference)).rules(
            in: .dynamicRedirect)
        #expect(rules.contains { $0.ref == "bobs" }, "saving again does not erase it either")
        #expect(!rules.contains { $0.expression.contains("/ours") })
    }
}
