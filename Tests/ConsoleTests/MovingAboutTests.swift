import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import TestKit
import Testing

@testable import Console

/// Going from list to list, finding things, coming back.
struct MovingAboutTests {
    @Test func enterGoesInAndEscComesBack() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("Enter")
        #expect(console.labels == ["@3", "@2", "@1"])
        try await console.press("j Enter")
        #expect(console.simulator.model.screen.place == .version(try name("shop"), 2))
        #expect(console.rows.count == 4, "three redirects and an origin")
        try await console.press("Esc")
        #expect(console.selected == "@2", "where it was left")
        try await console.press("Esc Esc Esc")
        #expect(console.simulator.model.screen.place == .applications)
        #expect(console.simulator.status == nil, "Esc never quits")
    }

    @Test(arguments: [
        ("production/shop/versions", "applications/shop/versions"), ("apps/shop/3", "applications/shop/versions/3"),
        ("shop@2", "applications/shop/versions/2"), ("nodes", "nodes"), ("deployments/1", "deployments/1"),
        ("diff/shop@1/shop@3", "diff/shop@1/shop@3"), ("staging", "applications"),
    ])
    func itOpensAtAPlace(path: String, place: String) async throws {
        let console = try await NightShift.withShop().operatorAt(path)
        #expect(console.simulator.model.screen.place.path == place)
    }

    @Test func everyPlaceReadsItsOwnPath() throws {
        let shop = try name("shop")
        let places: [Place] =
            ScreenTable.rows.map(\.place) + [
                .versions(shop), .version(shop, 7), .difference(.init(shop, 1), .init(shop, 2)),
                .effective(try name("qa")), .history(shop), .zone("example.com"), .deployments(try name("production")),
                .deployment(12),
                .node(try name("fra1")), .list(try #require(ListName(rawValue: "office"))),
            ]
        for place in places { #expect(Place.read(place.path)?.place == place) }
    }

    @Test func aRowNeverMovesUnderTheCursor() async throws {
        let shift = try NightShift.withShop()
        for index in 1...4 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        var console = try await shift.operatorAt()
        try await console.press("j j")
        let (before, line) = (console.selected, console.rows.firstIndex(where: \.isSelected))
        console.simulator.send(.outcome(.live(picture([figures("shop", 2, failing: 90)]))))
        #expect(console.selected == before)
        #expect(console.rows.firstIndex(where: \.isSelected) == line, "the order is held")
        await console.wait(6_000)
        console.simulator.send(.outcome(.live(picture([figures("shop", 2, failing: 90)]))))
        #expect(console.rows.first?.value.string.contains("shop") == true)
        #expect(console.selected == before, "the cursor is on the same application still")
    }

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

    @Test func theCommandBarSpeaksTheCommandLine() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("rou")
        #expect(console.screen.contains(":routing"), "the rest is offered")
        try await console.press("Tab Enter")
        #expect(console.simulator.model.screen.place == .routing)

        try await console.press(":")
        await console.type("rollback shop --to 1")
        try await console.press("Enter")
        #expect(console.dialog?.id == "change.1")
        try await console.press("Esc :")
        await console.type("trace http://example.com/ --ip '192.0.2.1'")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self) == [["trace", "http://example.com/", "--ip", "192.0.2.1"]])
        #expect(console.screen.contains("said by trace"))
        try await console.press("Esc : Up Enter")
        #expect(shift.commands.withLock(\.count) == 2, "the history brings it back")
        try await console.press("Esc :")
        await console.type("nonsense")
        try await console.press("Enter")
        #expect(console.message.contains("neither a list nor a command"))
    }

    @Test func whatCannotBeTakenBackHasToBeTyped() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be locked", path: "/lock")
        var console = try await shift.operatorAt("shop")
        try await console.press("L")
        await console.wait(300)
        await console.type("shop@")
        try await console.press("Enter")
        #expect(try shift.plane().versions(of: name("shop")).last?.version.state == .draft)
        await console.type("4")
        try await console.press("Enter")
        #expect(try shift.plane().versions(of: name("shop")).last?.version.state == .locked)
    }

    @Test func anEditThatCannotBeSavedIsOfferedAgain() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be edited", path: "/edit")
        var console = try await shift.operatorAt("shop")
        let seen = Box("")
        shift.edits.withLock {
            $0 = [
                { $0.replacing("/edit\"", with: "/edit\" and") },
                { text in
                    seen.set(text)
                    return text.replacing("/edit\" and", with: "/edited\"")
                },
            ]
        }
        try await console.press("e")
        #expect(console.screen.contains("nothing is lost"))
        #expect(console.screen.contains("^"), "the caret")
        try await console.press("e")
        #expect(seen.value.contains("/edit\" and"), "the refused text is there again")
        let version = try #require(try shift.plane().versions(of: name("shop")).last?.version)
        #expect(
            try shift.plane().configuration(of: version).rules(in: .dynamicRedirect).last?.expression.contains(
                "/edited") == true)
        #expect(console.simulator.model.screen.place.path == "diff/shop@2/shop@4", "the difference is shown")
    }

    @Test func rulesOfADraftAreSwitchedAndMovedInPlace() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be changed", path: "/x")
        var console = try await shift.operatorAt("shop@4")
        try await console.press("o J")
        let version = try #require(try shift.plane().versions(of: name("shop")).last?.version)
        let rules = try shift.plane().configuration(of: version).rules(in: .dynamicRedirect)
        #expect(rules.map(\.ref).prefix(2) == ["older", "old"])
        #expect(rules[1].enabled == false)
        try await console.press("Esc j j Enter o")
        #expect(console.message.contains("locked"), "only drafts change")
    }

    @Test func changesOfADifferenceAreWalked() async throws {
        var console = try await NightShift.withShop().operatorAt("diff/shop@1/shop@3")
        #expect(console.screen.contains("+ to-campaign-2") && console.screen.contains("+ to-campaign-3"))
        #expect(console.screen.contains("2 changes"))
        try await console.press("n")
        #expect(console.screen.contains("change 1 of 2"))
        try await console.press("n")
        #expect(console.screen.contains("change 2 of 2"))
        try await console.press("n N")
        #expect(console.screen.contains("change 1 of 2"))
    }

    @Test func theLastHourIsLookedAtPieceByPiece() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2)] }
        let start = shift.now.advanced(byMilliseconds: -600_000)
        let buckets = (0..<60).map { TrafficBucket(containing: start.advanced(byMilliseconds: Int64($0) * 10_000)) }
        let records = buckets.enumerated().map { index, bucket in
            TrafficRecord(
                bucket, TrafficSubject(.version, "shop@2"),
                TrafficCounts(requests: 10 * (index + 1), statusClasses: [0, 0, 0, 0, index == 40 ? 50 : 0]))
        }
        var console = try await shift.operatorAt(size: TerminalSize(columns: 130, rows: 40))
        let history = TrafficHistory(of: .version, records, from: start, to: start.advanced(byMilliseconds: 600_000))
        console.simulator.send(.outcome(.history(.success(history))))
        let now = console.screen
        try await console.press(Array(repeating: "<", count: 19).joined(separator: " "))
        #expect(console.screen.contains("41/s  5xx 12 %"))
        #expect(console.message.contains("traffic of "), "also where there is no pane")
        try await console.press("} } }")
        await console.wait(4_000)
        #expect(console.screen == now)
    }

    @Test func whatWasActedOnStaysUnderTheCursor() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        shift.traffic.withLock { $0 = [figures("shop", 2, failing: 90)] }
        var console = try await shift.operatorAt()
        try await console.press("b")
        await console.wait(300)
        try await console.press("y")
        console.simulator.send(.outcome(.live(picture([figures("shop", 1)]))))
        await console.wait(6_000)
        console.simulator.send(.outcome(.live(picture([figures("shop", 1)]))))
        #expect(console.labels.first == "blog", "it healed and sank")
        #expect(console.rows.first { $0.isSelected }?.value.string.contains("shop") == true)
    }

    @Test func lettersInHelpOnlyType() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("? q u i t")
        #expect(console.screen.contains("search: quit"))
        #expect(console.screen.contains("Q"))
        try await console.press("Esc")
        #expect(console.dialog == nil)
    }

    @Test func themesAreSeenWhileTheyAreChosen() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("T j")
        #expect(console.simulator.theme.name == "edge-dark")
        try await console.press("j")
        #expect(console.message.contains("line 3"), "what is wrong with the file")
        try await console.press("Esc")
        #expect(console.simulator.theme.name == "plain")
        try await console.press("T j Enter")
        #expect(console.simulator.theme.name == "edge-dark")
    }

    @Test func dataThatStoppedComingIsSaidToBeOld() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2)] }
        var console = try await shift.operatorAt(size: TerminalSize(columns: 130, rows: 36))
        #expect(console.screen.contains("● live"))
        console.simulator.send(.outcome(.live(nil)))
        await console.wait(5_001)
        #expect(!console.screen.contains("● live"))
        #expect(console.screen.contains("stale 5s"))
        #expect(console.screen.contains("shop@2"), "the last figures stay")
    }
}

final class Box: Sendable {
    private let text: Mutex<String>
    init(_ text: String) { self.text = Mutex(text) }
    func set(_ value: String) { text.withLock { $0 = value } }
    var value: String { text.withLock(\.self) }
}
