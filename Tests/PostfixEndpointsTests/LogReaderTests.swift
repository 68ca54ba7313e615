import EdgeModel
import Logging
import MailRouting
import PostfixProtocol
import TestKit
import Testing

@testable import PostfixEndpoints

@Suite("Log reader")
struct LogReaderTests {
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)

    private static func plan() throws -> MailPlan {
        let ops = try #require(MailAddress("ops@dest.test"))
        let info = try #require(MailAddress("info@edge.test"))
        let ruleset = MailRuleset(
            domain: "edge.test",
            rules: [
                MailRule(ref: "info", matcher: .address(info), action: .forward([ops])),
                MailRule(ref: "closed", matcher: .expression(#"mail.to eq "closed@edge.test""#), action: .reject("No")),
            ])
        return try MailPlan([LiveMailDomain(ruleset: ruleset, version: 4)], verified: [ops])
    }

    private static let lines = [
        "smtpd[1]: 4jXB5C6W64zG1KR: info: DATA from h[192.0.2.1]: signalbox forward=info=4=info_40edge.test=; from=<a@b.test> to=<info@edge.test> proto=ESMTP helo=<h>",
        "qmgr[2]: 4jXB5C6W64zG1KR: from=<a@b.test>, size=222, nrcpt=1 (queue active)",
        "smtp[3]: 4jXB5C6W64zG1KR: to=<ops@dest.test>, orig_to=<info@edge.test>, relay=m[1]:25, delay=1, delays=0/0/0/1, dsn=4.2.0, status=deferred (450 later)",
        "smtp[3]: 4jXB5C6W64zG1KR: to=<ops@dest.test>, orig_to=<info@edge.test>, relay=m[1]:25, delay=9, delays=8/0/0/1, dsn=2.0.0, status=sent (250 ok)",
        "qmgr[2]: 4jXB5C6W64zG1KR: removed",
        "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.1]: 550 5.7.1 <closed@edge.test>: Recipient address rejected: No (closed); from=<a@b.test> to=<closed@edge.test> proto=ESMTP helo=<h>",
        "smtpd[1]: NOQUEUE: reject: RCPT from h[192.0.2.1]: 550 5.7.1 <x@edge.test>: Recipient address rejected: by another list; from=<a@b.test> to=<x@edge.test> proto=ESMTP helo=<h>",
        "smtpd[1]: 4jXB5D0000zG1KR: info: DATA from h[192.0.2.1]: signalbox forward=info=4=info_40edge.test=; from=<a@b.test> to=<info@edge.test> proto=ESMTP helo=<h>",
    ].map { "Nov 22 00:48:23 mx postfix/" + $0 }

    private static func read(_ lines: [String], with reader: inout LogReader, from first: Int = 0) throws -> [MailEvent]
    {
        let plan = try plan()
        return lines.enumerated().flatMap { index, line in
            reader.read(
                Substring(line), at: .init(file: 7, offset: UInt64(1000 * (first + index))), now: Self.start, plan: plan
            )
        }
    }

    @Test func aMessagesWholeLife() throws {
        var reader = LogReader()
        let events = try Self.read(Self.lines, with: &reader)
        #expect(
            events.dropLast().map(\.key) == [
                "4jXB5C6W64zG1KR info@edge.test", "7:2000 4jXB5C6W64zG1KR ops@dest.test",
                "7:3000 4jXB5C6W64zG1KR ops@dest.test",
            ])
        // A refusal has no queue id: its line's time tells it from one at the same place of a file that was cut.
        let last = try #require(events.last).key
        #expect(last.hasPrefix("7:5000 Nov ") && last.hasSuffix(" closed@edge.test"), "\(last)")
        guard case .decided(let decided) = events[0].kind, case .decided(let refused) = events[3].kind else {
            Issue.record("\(events)")
            return
        }
        #expect(decided.rule == "info" && decided.version == 4 && decided.sender == "a@b.test")
        #expect(refused.rule == "closed" && refused.outcome == .reject)
        // The last message is not queued: it counts when it is, and until then a restart reads its note again.
        #expect(reader.resumption(at: .init(file: 7, offset: 8000)) == .init(file: 7, offset: 7000))
        reader.forget(before: Self.start.advanced(byMilliseconds: 1))
        #expect(reader.resumption(at: .init(file: 7, offset: 8000)) == .init(file: 7, offset: 8000))
    }

    /// Wherever it was killed: what it had not recorded comes again, and every key is one it would have had.
    @Test func readingAgainFromAnywhereTellsNothingNew() throws {
        var whole = LogReader()
        let keys = Set(try Self.read(Self.lines, with: &whole).map(\.key))
        for cut in 0...Self.lines.count {
            var first = LogReader()
            var seen = Set(try Self.read(Array(Self.lines[..<cut]), with: &first).map(\.key))
            let place = first.resumption(at: .init(file: 7, offset: UInt64(1000 * cut)))
            let again = Int(place.offset / 1000)
            var second = LogReader()
            seen.formUnion(
                try Self.read(Array(Self.lines[again...]), with: &second, from: again).map(\.key))
            #expect(seen == keys, "cut at \(cut)")
        }
    }

    @Test func mailOfTheMilterCarriesItsRuleItself() throws {
        let entry = DecisionNote.Entry(
            outcome: .worker, rule: "screen", version: 9, recipient: try #require(MailAddress("info@edge.test")),
            passed: ["seen", "counted"])
        let address = DecidedAddress(entry, to: MailAddress(local: "Odd = One", domain: "dest.test"))
        #expect(DecidedAddress(address.text) == address)
        #expect(DecidedAddress(address.text.uppercased()) == nil)
        var reader = LogReader()
        let line =
            "smtp[3]: 4jXB5C6W64zG1KR: to=<ops@dest.test>, orig_to=<\(address.text)>, relay=m[1]:25, delay=1, dsn=2.0.0, "
            + "status=sent (250 ok)"
        let events = try Self.read(["Nov 22 00:48:23 mx postfix/" + line], with: &reader)
        #expect(events.map(\.recipient.description) == ["info@edge.test", "info@edge.test"])
        guard case .decided(let decided) = try #require(events.first).kind else { return }
        #expect(decided.rule == "screen" && decided.outcome == .worker && decided.passed == ["seen", "counted"])
    }

    @Test func whatTheLedgerRefusesIsRecordedLater() async throws {
        let folder = try TemporaryDirectory("log")
        let path = try folder.write("", to: "mail.log")
        let ledger = LedgerFake()
        let plan = try Self.plan()
        let recorder = MailRecorder(
            path: path, ledger: ledger, memory: DecisionMemory(), plan: { plan }, now: { Self.start },
            log: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { await recorder.run() }
        try await eventually("the start") { ledger.position != nil }
        ledger.refuse(3)
        try folder.write(Self.lines[..<6].joined(separator: "\n") + "\n", to: "mail.log")
        try await eventually("all events") { ledger.events.count == 4 }
        task.cancel()
        await recorder.finish()
        #expect(ledger.events.count == 4)
    }
}
