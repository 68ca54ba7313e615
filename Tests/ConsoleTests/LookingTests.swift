import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Following, choosing columns, the mouse, copying, keys of one's own.
struct LookingTests {
    @Test func theNewestStaysInViewUntilSomebodyMoves() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("audit")
        #expect(console.screen.contains("following"))
        try await console.press("j")
        #expect(!console.screen.contains("following"))
        let before = console.rows.first { $0.isSelected }?.label
        try shift.draft("shop", note: "new", path: "/new")
        console.simulator.send(.outcome(.stateChanged))
        await console.wait(6_000)
        console.simulator.send(.tick)
        #expect(console.rows.first { $0.isSelected }?.label == before, "it stays on its row")
        try await console.press("f")
        #expect(console.rows.first?.isSelected == true)
        try shift.draft("shop", note: "newer", path: "/newer")
        console.simulator.send(.outcome(.stateChanged))
        await console.wait(0)
        #expect(console.rows.first?.isSelected == true, "on the one that just came")
        try await console.press("g n f")
        #expect(console.message.contains("newest come first"))
    }

    @Test func columnsAreChosenAndStayChosen() async throws {
        var console = try await NightShift.withShop().operatorAt(size: TerminalSize(columns: 110, rows: 30))
        #expect(console.screen.contains("LATEST"))
        try await console.press("C")
        let place = try #require(
            console.simulator.access.first(.menu)?.children.firstIndex { $0.label.string == "LATEST" })
        try await console.press(Array(repeating: "j", count: place).joined(separator: " ") + " Space Esc")
        #expect(!console.screen.contains("LATEST"))
        try await console.press("Enter Esc")
        #expect(!console.screen.contains("LATEST"), "also after having been elsewhere")
    }

    @Test func chosenColumnsAreThoseOfTheNextConsole() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt(size: TerminalSize(columns: 110, rows: 30))
        try await console.press("C j j Space")
        #expect(shift.kept.withLock(\.count) == 0, "not while one chooses")
        try await console.press("Esc")
        #expect(shift.kept.withLock(\.self) == [.hidden(["production"], kind: "applications")])
        #expect(console.message.contains("kept in"))
        try await console.press("C Esc")
        #expect(shift.kept.withLock(\.count) == 1, "nothing was chosen")

        var setup = console.simulator.model.setup
        setup.hidden = ["applications": ["latest"]]
        let next = ConsoleModel(setup)
        #expect(next.hidden == ["applications": ["latest"]])
    }

    @Test func theLastHourIsDrawnBesideEachApplicationAndNotReadAloud() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt(size: TerminalSize(columns: 200, rows: 30))
        let records = (0..<360).map { place in
            TrafficRecord(
                TrafficBucket(containing: shift.now.advanced(byMilliseconds: Int64(place - 360) * 10_000)),
                TrafficSubject(.version, "shop@\(1 + place % 2)"), TrafficCounts(requests: place))
        }
        let history = TrafficHistory(
            of: .version, records, from: shift.now.advanced(byMilliseconds: -3_600_000), to: shift.now)
        console.simulator.send(.outcome(.history(.success(history))))
        #expect(console.screen.contains("LAST HOUR") && console.screen.contains("▁▁▁"))
        #expect(LastHour.byApplication(history)["shop"]?.requests == 359 * 360 / 2)
        #expect(console.rows.first?.value.string.contains("LAST HOUR") == false)
        console.simulator.send(.outcome(.theme(.success(Theme.base.resolve(.mono, isUnicode: false)), troubles: [])))
        await console.wait(0)
        console.simulator.send(.tick)
        #expect(!console.screen.contains("▁"), "a terminal that has no such characters gets others")
    }

    @Test func aClickSelectsASecondOneOpensAndTheWheelMoves() async throws {
        let shift = try NightShift.withShop()
        for index in 1...4 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        var console = try await shift.operatorAt()
        let row = Point(5, 5)
        console.simulator.send(event: .mouse(MouseEvent(.press, at: row)))
        #expect(console.rows.first?.isSelected == true, "the mouse is the terminal's until somebody says otherwise")
        #expect(!console.simulator.frame.modes.mouse)
        try await console.press(":")
        await console.type("mouse on")
        try await console.press("Enter")
        #expect(console.simulator.frame.modes.mouse)
        console.simulator.send(event: .mouse(MouseEvent(.press, at: row)))
        #expect(console.rows.firstIndex(where: \.isSelected) == 2)
        console.simulator.send(event: .mouse(MouseEvent(.wheelUp, at: row, button: .none)))
        #expect(console.rows.firstIndex(where: \.isSelected) == 0)
        console.simulator.send(event: .mouse(MouseEvent(.press, at: row)))
        console.simulator.send(event: .mouse(MouseEvent(.doublePress, at: row)))
        #expect(console.simulator.model.screen.place == .versions(try name("app-3")))
    }

    @Test func copiedTwiceItIsShownWithoutFrames() async throws {
        var console = try await NightShift.withShop().operatorAt("shop@2")
        try await console.press("y")
        #expect(console.simulator.copied.count == 1)
        #expect(console.message.contains("again"))
        try await console.press("y")
        #expect(!console.screen.contains("│"))
        #expect(console.screen.contains("http.request.uri.path eq \"/old\""))
        #expect(!console.screen.contains("⟨09⟩"), "columns are set apart")
        try await console.press("x")
        #expect(console.screen.contains("│"))
    }

    @Test func ofAStagingAddressTheCommandIsCopied() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("g i y")
        #expect(console.simulator.copied.last?.hasPrefix("curl --connect-to ::") == true)
    }

    @Test func textsTakeTheirKeysFromTheKeyMap() async throws {
        let shift = try NightShift.withShop()
        let console = try await shift.operatorAt("shop")
        var setup = console.simulator.model.setup
        let own = ["undo": "F9", "assign": "F8", "open": "F7", "help": "F1", "go-nodes": "F6"]
        let problems = setup.take(
            try own.map { KeyOverride($0.key, [try #require(KeySequence($0.value))]) }.sorted { $0.action < $1.action })
        #expect(problems.isEmpty)
        var simulator = Simulator<Console>(ConsoleModel(setup), size: TerminalSize(columns: 120, rows: 30))
        simulator.send(.started)
        await simulator.settle(console.handler)
        var other = Operator(simulator: simulator, handler: console.handler)
        #expect(
            other.screen.contains("F7 open") && other.screen.contains("F8 stage") && other.screen.contains("F1 help"))
        try await other.press("j p")
        #expect(other.message.contains("F8 puts it there"))
        try await other.press("F6")
        #expect(other.simulator.model.screen.place == .nodes)
        try await other.press("g a b")
        await other.wait(300)
        try await other.press("y")
        #expect(other.message.contains("F9 undoes it"))
    }

    @Test func theThemeThatWasChosenIsKept() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("T j Enter")
        #expect(console.message.contains("theme edge-dark, kept in ~/.config/signalbox/console.toml"))
    }

    @Test func theHistoryOfAnApplicationIsItsOwn() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        var console = try await shift.operatorAt("shop")
        try await console.press("H")
        #expect(console.simulator.model.screen.place.path == "applications/shop/history")
        #expect(!console.rows.isEmpty && console.rows.allSatisfy { $0.value.string.contains("shop") })
    }

    @Test func theMapLeadsFromZoneToVersion() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, failing: 90)] }
        var console = try await shift.operatorAt("map")
        let tree = try #require(console.simulator.access.first(.tree))
        #expect(tree.children.map(\.label.string).contains { $0.hasPrefix("✗ example.com") }, "the worst comes up")
        try await console.press("j j")
        #expect(console.simulator.model.screen.map.selected == "applications/shop/versions/3")
        try await console.press("k b")
        #expect(console.dialog != nil, "what can be done with an application can be done here")
        try await console.press("Esc j j Enter")
        #expect(console.simulator.model.screen.place == .version(try name("shop"), 2))
    }

    @Test func theClockFollowsTheSeason() async throws {
        let shift = try NightShift.withShop()
        let console = try await shift.operatorAt()
        var setup = console.simulator.model.setup
        let change = setup.startedAt.advanced(byMilliseconds: 60_000)
        setup.zoneOffset = { $0 < change ? 60 : 120 }
        var simulator = Simulator<Console>(ConsoleModel(setup), size: TerminalSize(columns: 100, rows: 30))
        simulator.send(.started)
        await simulator.settle(console.handler)
        #expect(simulator.text.contains("+0100"))
        simulator.advance(milliseconds: 60_000)
        #expect(simulator.text.contains("+0200"))
    }

    @Test func aRefusedTextSaysAboveItWhatIsWrongAndWhere() {
        let finding = Finding(.error, "bad-expression", at: "rules.0", line: 7, "unknown field", remedy: "look it up")
        let (text, line) = EditText.annotated("one\ntwo\n", Problem(at: "shop@4", "not valid", findings: [finding]))
        #expect(line == 10)
        #expect(
            text == """
                #! not saved: not valid
                #! line 10: unknown field (look it up)
                #! these lines go away by themselves; leave the text as it is to give the edit up
                one
                two

                """)
        #expect(EditText.stripped(text) == "one\ntwo\n")
    }
}
