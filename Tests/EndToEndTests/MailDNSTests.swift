import TestKit
import Testing

extension EndToEnd {
    @Suite("The DNS of an email domain, asked from a real server")
    struct MailDNSTests {
        private let bench: StateBench

        init() throws { bench = try StateBench.bare() }

        private func check(_ answers: [String: DNSServer.Answer], _ words: String...) async throws -> (
            CommandAnswer, questions: [String]
        ) {
            let server = try DNSServer(answers)
            let answer = try await bench.attempt(
                ["email", "dns", "check", "edge.test", "--server", "\(server.address)"] + words)
            return (answer, server.questions)
        }

        private let good: [String: DNSServer.Answer] = [
            "edge.test 15": .records([.mx("edge.test", 10, "mx.edge.test")]),
            "edge.test 16": .records([.txt("edge.test", "v=spf1 mx -all"), .txt("edge.test", "other=1")]),
            "_dmarc.edge.test 16": .records([.txt("_dmarc.edge.test", "v=DMARC1; p=reject")]),
            "s1._domainkey.edge.test 16": .records([.txt("s1._domainkey.edge.test", "v=DKIM1; p=", "MIIB")]),
        ]

        @Test func aDomainWithAllRecordsIsReady() async throws {
            try await bench.run(["init"])
            try await bench.run(["email", "domain", "add", "edge.test"])
            let (answer, questions) = try await check(good, "--selector", "s1", "--record")
            #expect(answer.status == 0, "\(answer)")
            #expect(answer.output.contains("edge.test: no findings") || !answer.output.contains("error"), "\(answer)")
            #expect(Set(questions) == Set(good.keys.map { "udp " + $0 }))
            let shown = try await bench.run(["email", "domain", "show", "edge.test", "--output", "json"]).json
            #expect(shown["problems"] == .array([]) && shown["checked_at"].text != nil)
        }

        @Test func whatIsWrongIsNamedAndKept() async throws {
            try await bench.run(["init"])
            try await bench.run(["email", "domain", "add", "edge.test"])
            var answers = good
            answers["edge.test 15"] = .records([.mx("edge.test", 5, "mail.other.test")])
            answers["edge.test 16"] = .records([.txt("edge.test", "v=spf1 +all")])
            answers["_dmarc.edge.test 16"] = .records([])
            answers["s1._domainkey.edge.test 16"] = .records([.txt("s1._domainkey.edge.test", "v=DKIM1; p=")])
            let (answer, _) = try await check(answers, "--selector", "s1", "--record", "--output", "json")
            #expect(answer.status == 1)
            let codes = answer.json["findings"].elements.compactMap { $0["code"].text }
            #expect(codes == ["other-mx", "spf-for-all", "spf-without-us", "no-dmarc", "revoked-dkim"])
            let shown = try await bench.run(["email", "domain", "show", "edge.test", "--output", "json"]).json
            #expect(shown["problems"].elements.count == 4)
        }

        @Test func aLongAnswerIsAskedForOverTCP() async throws {
            var answers = good
            let texts = (0..<40).map { DNSServer.Record.txt("edge.test", "filler \($0)") }
            answers["edge.test 16"] = .long(texts + [.txt("edge.test", "v=spf1 a:mx.edge.test -all")])
            let (answer, questions) = try await check(answers)
            #expect(answer.status == 0, "\(answer)")
            #expect(questions.contains("tcp edge.test 16"))
            answers["edge.test 16"] = .cut
            let (refused, _) = try await check(answers)
            #expect(refused.status == 69 && refused.errors.contains("does not answer over TCP"), "\(refused)")
        }

        @Test func aliasesAreFollowedAndRecordsOfOthersIgnored() async throws {
            var answers = good
            answers["_dmarc.edge.test 16"] = .records([
                .txt("policy.host.test", "v=DMARC1; p=none"), .cname("a.host.test", "policy.host.test"),
                .cname("_dmarc.edge.test", "a.host.test"),
            ])
            #expect(try await check(answers).0.status == 0)
            answers["edge.test 16"] = .records([.txt("evil.test", "v=spf1 mx -all"), .cname("x.test", "evil.test")])
            let (answer, _) = try await check(answers, "--output", "json")
            #expect(answer.json["findings"].elements.compactMap { $0["code"].text } == ["no-spf"])
        }

        @Test func whoAnswersSomethingElseIsNotHeard() async throws {
            var answers = good
            answers["edge.test 15"] = .forged(
                .mx("edge.test", 1, "evil.test"), then: [.mx("edge.test", 10, "mx.edge.test")])
            let (answer, _) = try await check(answers)
            #expect(answer.status == 0, "\(answer)")
            #expect(!answer.output.contains("evil"))
        }

        @Test func noSuchNameIsAnAnswerAndAFailureIsNone() async throws {
            let (missing, _) = try await check([:], "--output", "json")
            #expect(missing.status == 1)
            let codes = missing.json["findings"].elements.compactMap { $0["code"].text }
            #expect(codes == ["no-mx", "no-spf", "no-dmarc"])
            var answers = good
            answers["edge.test 15"] = .code(2)
            let (failed, questions) = try await check(answers)
            #expect(failed.status == 69 && failed.errors.contains("answers with code 2"), "\(failed)")
            #expect(questions == ["udp edge.test 15", "udp edge.test 15"], "asked twice, then given up")
            answers["edge.test 15"] = .silence
            let (silent, _) = try await check(answers)
            #expect(silent.status == 69 && silent.errors.contains("does not answer"), "\(silent)")
        }
    }
}
