import ControlPlane
import EdgeModel
import MailRouting
import Synchronization
import TerminalUI
import TestKit
import Testing

@testable import Console

/// Mail on the screen: what fails is seen from everywhere, and what is pressed becomes a rule.
struct MailScreenTests {
    static let places = ["email", "email/example.com", "destinations", "activity", "workers"]

    static func shift() throws -> NightShift {
        let shift = try NightShift.withShop()
        try shift.routeMail()
        try shift.receiveMail()
        return shift
    }

    @Test func aDestinationThatFailsIsSeenFromEverywhereAndStandsFirst() async throws {
        let shift = try NightShift.withShop()
        try shift.routeMail()
        var console = try await shift.operatorAt(size: TerminalSize(columns: 180, rows: 30))
        #expect(!console.screen.contains("✗ 1"))
        try shift.receiveMail()
        // The store tells of a write; the revision is as it was.
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.screen.contains("✗ 1"))
        try await console.press("g f")
        #expect(console.screen.contains("email destination desk@slow.example"))
        #expect(console.screen.contains("mail to it is not delivered"))
        try await console.press("g D")
        #expect(console.first(["desk@slow.example", "new@dest.example", "ops@dest.example"]) == "desk@slow.example")
        #expect(console.screen.contains("connection timed out"))
        // It is over with the next that arrives.
        try shift.receive(
            "well", ago: 0, from: "carol@friend.example", to: "desk@example.com", rule: "desk", .forward,
            delivered: ("desk@slow.example", .delivered, "250 Ok"))
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(!console.screen.contains("✗ 1"))
        // What is not confirmed comes before what is well.
        #expect(console.first(["desk@slow.example", "new@dest.example"]) == "new@dest.example")
    }

    @Test func figuresMoveWithoutAChangeOfTheState() async throws {
        let shift = try Self.shift()
        var console = try await shift.operatorAt("email/example.com", size: TerminalSize(columns: 120, rows: 30))
        #expect(console.row("ops@dest.example").contains(" 6 "))
        try shift.receive(
            "one-more", ago: 0, from: "x@friend.example", to: "support@example.com", rule: "support", .forward)
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.row("ops@dest.example").contains(" 7 "))
    }

    @Test func aSenderIsBlockedAfterAQuestion() async throws {
        let shift = try Self.shift()
        var console = try await shift.operatorAt("activity")
        #expect(console.screen.contains("eve@bad.example"))
        try await console.press("B")
        #expect(console.dialog?.id == "ask")
        // The key that opened it does not answer it.
        try await console.press("B")
        func first() throws -> MailRule? {
            try shift.mail.ruleset(try #require(MailVersionReference("example.com@draft"))).ruleset.rules.first
        }
        #expect(try first()?.ref == "support")
        await console.wait(300)
        try await console.press("y")
        let rule = try #require(try first())
        #expect(rule.matcher == .sender(try #require(MailSender("eve@bad.example"))))
        #expect(rule.action.kind == .reject)
        #expect(console.message.contains("not in force yet"))
        #expect(try shift.mail.domain(named: "example.com").live?.number == 1)
        // Once is enough.
        try await console.press("B")
        await console.wait(300)
        try await console.press("y")
        #expect(console.message.contains("it stands first already"))
    }

    @Test func whoOnlyReadsBlocksNobody() async throws {
        let shift = try Self.shift()
        var console = try await shift.operatorAt("activity", readOnly: true)
        try await console.press("B")
        #expect(console.dialog == nil)
        #expect(console.message.contains("only reads"))
    }

    @Test func promotionAndTheWayBackAreTheCommandsOfTheCommandLine() async throws {
        let shift = try Self.shift()
        var console = try await shift.operatorAt("email/example.com")
        try await console.press("p Esc b")
        #expect(
            shift.commands.withLock(\.self) == [
                ["email", "promote", "example.com"], ["email", "rollback", "example.com"],
            ])
        console = try await shift.operatorAt("email")
        try await console.press("j p")
        #expect(console.message.contains("sale.example has no draft to promote"))
    }

    @Test func activityIsFilteredByAnyOfIt() async throws {
        let shift = try Self.shift()
        var console = try await shift.operatorAt("activity", size: TerminalSize(columns: 140, rows: 30))
        #expect(console.rows.count == 11)
        for (filter, count) in [("rule:support", 6), ("verdict:reject", 1), ("from:eve", 1), ("answer:timed", 1)] {
            try await console.press("/")
            await console.type(filter)
            try await console.press("Enter")
            #expect(console.rows.count == count, "\(filter)")
            try await console.press("Esc")
        }
    }

    @Test func hostileMailIsShownAndNeverSent() async throws {
        let shift = try Self.shift()
        let hostile = "\u{1B}]52;c;aGk=\u{07}\u{1B}[2J\u{202E}evil\r\n\u{0}"
        try shift.receive(
            "hostile", ago: 1, from: "\"\(hostile)\"@bad.example", to: "support@example.com", rule: "support",
            .forward, subject: hostile, delivered: ("ops@dest.example", .bounced, hostile))
        for place in Self.places {
            let console = try await shift.operatorAt(place, size: TerminalSize(columns: 160, rows: 30))
            #expect(!console.screen.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0 == "\u{202E}" })
        }
    }

    @Test func withoutMailTheNextCommandIsNamed() async throws {
        for (place, next) in [
            ("email", ":email domain add"), ("destinations", ":email destination add"),
            ("activity", ":email postfix setup"), ("workers", ":email worker new"),
        ] {
            let console = try await NightShift.withShop().operatorAt(place)
            #expect(console.screen.contains(next))
        }
    }

    @Test func figuresOfAnHourEndWithIt() throws {
        let now = Timestamp(milliseconds: 10_000_000)
        func span(_ ago: Int64, _ matched: Int, rule: String = "info") -> MailCounterSpan {
            var counters = MailRuleCounters(domain: "example.com", rule: rule)
            (counters.matched, counters.forwarded, counters.bounced) = (matched, matched, 1)
            let start = MailCounterSpan.start(of: now).advanced(byMilliseconds: -ago * MailCounterSpan.length)
            return MailCounterSpan(start: start, counters: counters)
        }
        let hour = MailHour([span(0, 2), span(0, 4, rule: "-"), span(1, 1), span(11, 9), span(12, 100)], at: now)
        #expect(hour.counts == [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 6])
        #expect(hour.matched == 12 && hour.forwarded == 16 && hour.failed == 4)
        #expect(MailRulesScreen.sparkline([0, 1, 8, 16]) == " ▁▄█")
    }
}

extension Operator {
    /// The first of these that the screen shows.
    fileprivate func first(_ words: [String]) -> String? {
        screen.split(separator: "\n").lazy.compactMap { line in words.first { line.contains($0) } }.first
    }

    /// The line that has it.
    fileprivate func row(_ text: String) -> String {
        screen.split(separator: "\n").first { $0.contains(text) }.map { String($0) } ?? ""
    }
}
