import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Commands that change something are shown and asked about, as their keys are.
struct CommandTests {
    @Test func aCommandThatAsksIsAskedAboutHere() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("rule pin shop shop@1")
        try await console.press("Enter")
        #expect(console.dialog?.label.string == "pin shop to shop@1")
        #expect(console.screen.contains("+ use shop@1"))
        #expect(console.screen.contains("= signalbox rule pin shop shop@1 --yes --plan abababababab"))
        try await console.press("y")
        #expect(shift.commands.withLock(\.count) == 1, "too early")
        await console.wait(300)
        try await console.press("y")
        #expect(
            shift.commands.withLock(\.last) == ["rule", "pin", "shop", "shop@1", "--yes", "--plan", "abababababab"])
    }

    @Test func quotesAreReadAsAShellReadsThem() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type(#"trace "a \"b\" \c" 'd \e' f\ g"#)
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.last) == ["trace", #"a "b" \c"#, #"d \e"#, "f g"])
    }

    @Test func aYesThatIsTypedSparesNobodyThePlan() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("rule pin shop shop@1 --yes")
        try await console.press("Enter")
        #expect(console.dialog != nil)
        try await console.press("Esc :")
        await console.type("rollback shop --yes")
        try await console.press("Enter")
        #expect(console.dialog?.id == "change.1")
        #expect(try shift.served("shop") == 2)
    }

    @Test func whatCannotBeTakenBackIsTypedAlsoAsACommand() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be locked", path: "/lock")
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("version lock shop@4")
        try await console.press("Enter")
        #expect(console.dialog?.id == "typed")
    }

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

    @Test(arguments: [
        ("version edit shop@2", "e on the version"), ("serve", "does not end by itself"),
        ("status --watch", "does not end by itself"), ("rule list --state other.db", "another state"),
    ])
    func whatCannotRunHereSaysWhy(command: String, why: String) async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type(command)
        try await console.press("Enter")
        #expect(console.message.contains(why), "\(console.message)")
        #expect(shift.commands.withLock(\.count) == 0)
    }

    @Test(arguments: [("rule list", true), ("history", true), ("rule add x", false), ("trace --unsafe u", false)])
    func aConsoleThatOnlyReadsRunsWhatReads(command: String, runs: Bool) async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("nodes", readOnly: true)
        try await console.press(":")
        await console.type(command == "history" ? "history --last 3" : command)
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.count) == (runs ? 1 : 0))
    }

    @Test func aFormMakesACommandAndSaysWhatIsMissing() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("lists")
        try await console.press("+ Tab Tab Enter")
        #expect(console.screen.contains("is needed"))
        await console.type("office")
        #expect(console.screen.contains("= signalbox list create office --kind ip"))
        try await console.press("Tab Tab")
        await console.type("192.0.2.0/24 198.51.100.7")
        try await console.press("Enter")
        #expect(
            shift.commands.withLock(\.self) == [
                ["list", "create", "office", "--kind", "ip", "192.0.2.0/24", "198.51.100.7"]
            ])
    }
}
