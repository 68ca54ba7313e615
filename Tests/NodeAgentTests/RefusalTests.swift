import EdgeModel
import TestKit
import Testing

@testable import NodeAgent

@Suite struct RefusalTests {
    /// Real lines of Envoy 1.39.3, each provoked by a configuration it does not take.
    @Test func reasonsInARealLog() throws {
        var assembler = LogAssembler()
        var entries = assembler.take(Array(try Golden.input("envoy.log").utf8))
        if let last = assembler.finish() { entries.append(last) }
        let lines = entries.compactMap { EnvoyLogEntry($0) }.compactMap { LoggedRefusal($0) }
            .map { "\($0.kind.rawValue): \(RefusalText.clean($0.reason, secret: nil))" }
        try Golden.check(lines.joined(separator: "\n") + "\n", "refusals.txt")
        #expect(Golden.orphans(known: ["envoy.log", "refusals.txt"]).isEmpty)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func entriesAreTheSameHoweverTheBytesCome(seed: UInt64) throws {
        let bytes = Array(try Golden.input("envoy.log").utf8)
        var whole = LogAssembler()
        let expected = whole.take(bytes) + [whole.finish()].compactMap(\.self)
        var random = SeededGenerator(seed: seed)
        var pieces = LogAssembler()
        var entries: [String] = []
        var place = 0
        while place < bytes.count {
            let end = min(bytes.count, place + Int.random(in: 1...200, using: &random))
            entries += pieces.take(Array(bytes[place..<end]))
            place = end
        }
        entries += [pieces.finish()].compactMap(\.self)
        #expect(entries == expected, "seed \(seed)")
    }

    @Test func aLongEntryKeepsItsBeginningAndItsCause() throws {
        var assembler = LogAssembler()
        let start =
            "[2026-11-21 12:00:39.652][25186][warning][config] [a.cc:132] REST config for /v3/discovery:routes rejected: goo.gle/debugonly\nname: \"big\"\n"
        let dump = String(repeating: "  value: 12345678\n", count: 5_000)
        _ = assembler.take(Array((start + dump + ": Proto constraint validation failed (X: too big)\n").utf8))
        let entry = try #require(assembler.finish().flatMap { EnvoyLogEntry($0) })
        let refusal = try #require(LoggedRefusal(entry))
        #expect(refusal.reason == "\"big\": Proto constraint validation failed (X: too big)")
    }

    @Test func theModulesWordIsRead() throws {
        let entry = EnvoyLogEntry(
            "[2026-11-21 12:00:39.652][1][error][dynamic_modules] [a.cc:1] signalbox: plan refused: zone shop.test: format 9\n"
        )
        #expect(entry.flatMap { LoggedRefusal($0) }?.kind == .plan)
        #expect(LoggedRefusal(line: "signalbox: plan refused: too long\n")?.reason == "too long\n")
        #expect(LoggedRefusal(line: "something else") == nil)
    }

    @Test func aReasonIsOneCleanLineWithoutSecrets() {
        let text = "bad\u{1B}[31m line\r\n\tof s3cr3t, authorization: Bearer abc.def \"token\":\"xyz\" \u{202E}end "
        #expect(
            RefusalText.clean(text, secret: "s3cr3t")
                == "bad [31m line of [redacted], authorization: Bearer [redacted] \"token\":\"[redacted]\" end")
        let long = RefusalText.clean(String(repeating: "é", count: 5_000) + "CAUSE", secret: nil)
        #expect(long.utf8.count <= RefusalText.limit)
        #expect(long.hasSuffix("éCAUSE"))
        #expect(!long.contains("\u{FFFD}"))
    }

    @Test func aLoggedRefusalOfRoutesGoesToTheTableThatWasRefused() {
        let routes = LoggedRefusal(kind: .routes, reason: "why")
        // The question comes first.
        var journal = RefusalJournal()
        journal.sent(.productionRoutes)
        journal.accepted(.productionRoutes)
        journal.sent(.lowerRoutes)
        #expect(journal.refused(.lowerRoutes) == nil)
        #expect(journal.logged(routes) == .init(kind: .lowerRoutes, reason: "why"))
        // The log comes first, while the answer is under judgement.
        journal.sent(.productionRoutes)
        #expect(journal.logged(routes) == .init(kind: .productionRoutes, reason: "why"))
        #expect(journal.refused(.productionRoutes) == nil)
        #expect(journal.logged(LoggedRefusal(kind: .listeners, reason: "x")) == .init(kind: .listeners, reason: "x"))
    }

    @Test func aReasonThatComesBeforeAnybodyKnowsWaits() {
        var journal = RefusalJournal()
        #expect(journal.logged(LoggedRefusal(kind: .routes, reason: "early")) == nil)
        #expect(journal.refused(.lowerRoutes) == .init(kind: .lowerRoutes, reason: "early"))
    }

    @Test func theModulesReasonStandsBeforeEnvoys() {
        var journal = RefusalJournal()
        journal.sent(.lowerRoutes)
        #expect(journal.logged(LoggedRefusal(kind: .plan, reason: "zone shop.test: bad rule")) == nil)
        #expect(
            journal.logged(LoggedRefusal(kind: .routes, reason: "failed"))
                == .init(kind: .lowerRoutes, reason: "zone shop.test: bad rule (failed)"))
    }
}
