import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Nothing is changed that was not before somebody's eyes.
struct ChangeQuestionTests {
    @Test func keysPressedWhileThePlanIsMadeConfirmNothing() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try console.simulator.press("b")
        console.simulator.advance(milliseconds: 5_000)
        try console.simulator.press("y w s f y")
        // Only now the plan comes, and the next key was on its way already.
        await console.simulator.settle(console.handler)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop") == 1)
    }

    @Test func whatIsBeingCommittedCannotBeClosedAway() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b")
        await console.wait(300)
        try console.simulator.press("y Esc n q Ctrl-C")
        #expect(console.dialog != nil)
        await console.simulator.settle(console.handler)
        #expect(console.dialog == nil)
        #expect(console.message.contains("u undoes it"))
        #expect(console.simulator.model.log.count == 1)
    }

    @Test func whatACommandPrintsDoesNotTakeTheQuestionsPlace() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try console.simulator.press(":")
        console.simulator.type("rule list")
        try console.simulator.press("Enter b")
        await console.simulator.settle(console.handler)
        #expect(console.dialog?.id == "change.1")
        try await console.press("Esc")
        #expect(console.screen.contains("said by rule list"))
    }

    @Test func theCommandThatIsShownMeansThisStateAndThisPlan() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b")
        let plan = try shift.plane().plan(
            .rollback(application: name("shop"), environment: name("production"), to: nil))
        #expect(console.screen.contains("= signalbox rollback shop --env production --plan \(plan.checksum.short)"))
    }

    @Test func whoNamesAVersionMeansThatOne() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("shop")
        try await console.press("j p")
        #expect(console.dialog == nil)
        #expect(console.message.contains("staging serves shop@3, not shop@2"))
        try await console.press("k p")
        #expect(console.screen.contains("promote shop@3 to production"))
        try await console.press("Esc b")
        #expect(console.message.contains("shop@3 was never in production"))
        try await console.press("j j b")
        #expect(console.screen.contains("roll back to shop@1 in production"))
    }

    @Test func commandsMeanTheEnvironmentThatIsShown() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("staging/shop")
        try await console.press(":")
        await console.type("rollback shop")
        try await console.press("Enter")
        #expect(console.screen.contains("roll back to shop@2 in staging (now shop@3)"))
    }

    @Test func uTakesBackWhatWasDoneHereWhereverTheCursorIs() async throws {
        let shift = try NightShift.withShop()
        for index in 1...3 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        var console = try await shift.operatorAt()
        try await console.press("/")
        await console.type("shop")
        try await console.press("Enter b")
        await console.wait(300)
        try await console.press("y Esc g n u")
        #expect(console.screen.contains("undo deployment"))
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
    }

    @Test func whatSomebodyElseHoldsIsNotGivenBack() async throws {
        let shift = try NightShift.withShop()
        let until = shift.now.advanced(byMilliseconds: 3_600_000)
        let plane = shift.plane(as: "bob")
        try plane.apply(
            try plane.plan(
                .reservation(
                    .reserve(
                        application: name("shop"), version: 2, environment: name("staging"), address: "127.0.0.22",
                        holder: "bob", until: until))))
        var console = try await shift.operatorAt()
        try await console.press("g i G x")
        #expect(console.dialog == nil)
        #expect(console.message.contains("bob holds it"))
    }

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

    @Test func twoMarkedVersionsAreCompared() async throws {
        var console = try await NightShift.withShop().operatorAt("shop")
        try await console.press("Space Space p")
        #expect(console.dialog == nil, "changes are made one by one")
        try await console.press("d")
        #expect(console.simulator.model.screen.place.path == "diff/shop@2/shop@3")
    }
}
