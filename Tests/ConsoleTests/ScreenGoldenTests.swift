import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import TestKit
import Testing

@testable import Console

/// Every screen at the usual sizes, as people see it, with the meaning of its colours.
struct ScreenGoldenTests {
    static let mailPlaces = [
        "email", "email/example.com", "destinations", "activity", "activity/Qslow/desk@example.com/1800004500000",
        "workers",
    ]
    static let places =
        [
            "applications", "shop", "shop@2", "diff/shop@1/shop@3", "routing", "effective", "environments",
            "staging-addresses",
            "zones", "zones/example.com", "deployments", "deployments/6", "nodes", "nodes/fra1", "audit", "findings",
            "operations", "lists", "lists/office", "traffic", "failing", "events", "map", "applications/shop/history",
        ] + mailPlaces
    static let sizes = [
        TerminalSize(columns: 80, rows: 24), .init(columns: 120, rows: 40), .init(columns: 60, rows: 16),
    ]

    /// Those whose columns a large window lays out otherwise.
    static let widePlaces = [
        "applications", "shop", "routing", "environments", "audit", "deployments", "diff/shop@1/shop@3",
    ]
    static let wide = TerminalSize(columns: 200, rows: 50)

    private func shift() throws -> NightShift {
        let shift = try NightShift.withShop()
        _ = try shift.plane().createNode(name("fra1"), region: "fra")
        shift.traffic.withLock {
            $0 = [figures("shop", 2, perSecond: 104, failing: 31), figures("shop", 3, perSecond: 2)]
        }
        let failed = shift.now.advanced(byMilliseconds: -4_000)
        shift.failures.withLock {
            $0 = [
                FailingRequest(
                    node: try? name("fra1"), at: failed, method: "GET", host: "example.com", path: "/checkout/pay",
                    status: 503, flags: "UF", version: "shop@2", rules: ["to-campaign-2"], duration: 12, origin: "web"),
                FailingRequest(
                    at: failed.advanced(byMilliseconds: -9_000), method: "POST", host: "example.com",
                    path: "/checkout/a-path-that-is-longer-than-most-windows-are-wide/and-then-some", status: 404,
                    version: "shop@2", duration: 3),
            ]
        }
        let office = try #require(ListName(rawValue: "office"))
        try shift.apply(
            .list(
                .create(
                    office, .ip, description: "where we sit",
                    items: [ListItem("192.0.2.0/24", comment: "Berlin"), ListItem("198.51.100.7")])))
        // One that is nowhere yet.
        try shift.draft("shop", note: "summer prices", path: "/campaign/4")
        return shift
    }

    @Test(arguments: places)
    func screensAreAsTheyWere(path: String) async throws {
        let shift = try shift()
        for size in Self.sizes {
            if size == Self.sizes[0], Self.mailPlaces.contains(path) {
                try shift.routeMail()
                try shift.receiveMail()
            }
            // The word for the list of addresses is that of an environment, too.
            var console = try await shift.operatorAt(path == "staging-addresses" ? nil : path, size: size)
            if path == "staging-addresses" { try await console.press("g i") }
            try Golden.check(ScreenText.of(console.simulator.frame), Self.file(path, size))
        }
    }

    @Test(arguments: widePlaces)
    func largeWindowsAreWellUsed(path: String) async throws {
        let shift = try shift()
        var console = try await shift.operatorAt(path, size: Self.wide)
        console.simulator.send(.outcome(.history(.success(Self.hour(before: shift.now)))))
        try Golden.check(ScreenText.of(console.simulator.frame), Self.file(path, Self.wide))
    }

    /// Traffic that rises and falls, as two nodes would have reported it.
    private static func hour(before now: Timestamp) -> TrafficHistory {
        let first = now.advanced(byMilliseconds: -3_600_000)
        let records = (0..<360).map { place in
            let at = TrafficBucket(containing: first.advanced(byMilliseconds: Int64(place) * 10_000))
            let requests = 400 + 300 * abs(place % 120 - 60) / 60
            return TrafficRecord(
                at, TrafficSubject(.version, place < 200 ? "shop@1" : "shop@2"),
                TrafficCounts(
                    requests: requests, statusClasses: [0, requests, 0, 0, 0], latency: LatencyFigures()))
        }
        return TrafficHistory(of: .version, records, from: first, to: now)
    }

    /// What is typed into the command bar, and the page or question that comes of it.
    static let commands: [(name: String, text: String)] = [
        ("plan-pin", "rule pin shop shop@1"), ("plan-rollback", "rollback shop"), ("plan-undo", "undo 8"),
        ("answer", "trace http://example.com/"), ("problem", "zone import nothing.yaml"),
        ("edits", "version edit shop@2"), ("stays", "serve"),
    ]

    @Test(arguments: commands.map(\.name))
    func whatCommandsLeadTo(name: String) async throws {
        let shift = try shift()
        for size in Self.sizes {
            var console = try await shift.operatorAt(size: size)
            try await console.press(":")
            await console.type(Self.commands.first { $0.name == name }?.text ?? "")
            try await console.press("Enter")
            await console.wait(450)
            try Golden.check(ScreenText.of(console.simulator.frame), Self.file("command-\(name)", size))
        }
    }

    static let dialogs: [(name: String, keys: String)] = [
        ("rollback", "b"), ("promote", "p"), ("help", "?"), ("filter", "/ s h"), ("command", ": r o l"),
        ("environment", "E"), ("theme", "T"), ("columns", "C"), ("going", "g"), ("add", "+"), ("lock", "Enter L"),
        ("staged", "a"), ("marked", "Space"), ("unbound", "F12 X"),
    ]

    @Test(arguments: dialogs.map(\.name))
    func whatLiesOverThem(name: String) async throws {
        let shift = try shift()
        for size in Self.sizes {
            var console = try await shift.operatorAt(size: size)
            try await console.press(Self.dialogs.first { $0.name == name }?.keys ?? "")
            await console.wait(450)
            try Golden.check(ScreenText.of(console.simulator.frame), Self.file("over-\(name)", size))
        }
    }

    @Test func anEmptyStateSaysWhatNow() async throws {
        let console = try await NightShift().operatorAt(size: Self.sizes[0])
        try Golden.check(ScreenText.of(console.simulator.frame), Self.file("empty", Self.sizes[0]))
    }

    @Test func noGoldenIsLeftOver() {
        let known =
            Self.places.flatMap { place in Self.sizes.map { Self.file(place, $0) } }
            + Self.widePlaces.map { Self.file($0, Self.wide) }
            + Self.commands.flatMap { command in Self.sizes.map { Self.file("command-\(command.name)", $0) } }
            + Self.dialogs.flatMap { dialog in Self.sizes.map { Self.file("over-\(dialog.name)", $0) } }
            + [Self.file("empty", Self.sizes[0]), KeyManualTests.golden] + ImageScreenTests.goldens
        #expect(Golden.orphans(known: known).isEmpty)
    }

    static func file(_ path: String, _ size: TerminalSize) -> String {
        let name = path.replacing("/", with: "_").replacing("@", with: "-")
        return "\(name).\(size.columns)x\(size.rows).screen"
    }
}
