import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// What is easily taken back is done at once, and says how; several rows are asked about one after the other.
struct LowRiskTests {
    @Test func stagingIsDoneAtOnceAndUTakesItBack() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be tried", path: "/try")
        var console = try await shift.operatorAt("shop")
        try await console.press("a")
        #expect(console.dialog == nil)
        #expect(try shift.served("shop", in: "staging") == 4)
        #expect(console.message.contains("put shop@4 into staging"))
        #expect(console.message.contains("u undoes it"))
        try await console.press("u")
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop", in: "staging") == 3)
    }

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

    /// Whoever makes a draft edits and stages that one, and not the version that it was made of.
    @Test func theCursorGoesToTheDraftThatWasMade() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("shop")
        try await console.press("j")
        #expect(console.selected == "@2")
        try await console.press("c")
        #expect(console.selected == "@4")
        try await console.press("j c k")
        #expect(console.selected == "@5", "from @3 below it to the newest, and that is the first")
        try await console.press("a")
        #expect(try shift.served("shop", in: "staging") == 5)
    }

    @Test func aRuleOfADraftIsSwitchedAndSwitchedBack() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be changed", path: "/x")
        var console = try await shift.operatorAt("shop@4")
        func isOn() throws -> Bool? {
            let version = try #require(try shift.plane().versions(of: name("shop")).last?.version)
            return try shift.plane().configuration(of: version).rules(in: .dynamicRedirect).first?.enabled
        }
        try await console.press("o")
        #expect(try isOn() == false)
        #expect(console.message.contains("u undoes it"))
        try await console.press("u")
        #expect(try isOn() == true)
    }

    @Test func severalRowsAreAskedAboutOneAfterTheOther() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        for label in ["shop", "blog"] {
            let version = try shift.draft(label, note: "next", path: "/next")
            try shift.apply(
                .assign(application: name(label), version: version.number, environment: name("staging")))
        }
        var console = try await shift.operatorAt()
        try await console.press("Space Space p")
        #expect(console.screen.contains("1 of 2"))
        await console.wait(300)
        for key in ["w", "s", "y"] { try await console.press(key) }
        #expect(console.screen.contains("2 of 2"), "the next one, not yet answered")
        await console.wait(300)
        try await console.press("n")
        #expect(console.dialog == nil)
        let served = try [shift.served("blog"), shift.served("shop")]
        #expect(served == [2, 2], "blog went on to @2, shop stayed")
    }

    @Test func noToOneOfSeveralIsNoToTheRest() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        let version = try shift.draft("blog", note: "next", path: "/next")
        try shift.apply(.assign(application: name("blog"), version: version.number, environment: name("staging")))
        var console = try await shift.operatorAt()
        try await console.press("Space Space p")
        await console.wait(300)
        try await console.press("Esc")
        #expect(console.dialog == nil)
        #expect(console.simulator.model.queue.isEmpty)
    }
}
