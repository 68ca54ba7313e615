import EdgeModel
import MailRouting
import PostfixEndpoints
import PostfixProtocol
import Synchronization
import TestKit
import Testing

/// A worker's verdict while the sender waits, on a real Postfix.
@Suite("Workers on a real Postfix", .enabled(if: PostfixInstance.isPossible), .serialized)
struct WorkersInMailTests {
    /// A program that answers by what the subject says.
    private struct Programs: ProgramRunner {
        func run(
            _ command: [String], input: [UInt8], variables: [String: String], within time: Duration, limit: Int
        ) async throws(WorkerError) -> [UInt8] {
            let text = String(decoding: input, as: UTF8.self)
            let subject = text.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") }?.dropFirst(9) ?? ""
            guard variables["MAIL_TO"] == "guarded@edge.test" else { throw WorkerError("no recipient") }
            switch subject {
            case "forward": return Array(#"{"action":"forward","to":["w1@out.test","w2@out.test"]}"#.utf8)
            case "tag": return Array(#"{"action":"tag","to":["w1@out.test"],"tags":{"X-Guard":"seen"}}"#.utf8)
            case "drop": return Array(#"{"action":"drop"}"#.utf8)
            case "reject": return Array(#"{"action":"reject","reason":"Not today"}"#.utf8)
            case "garbage": return Array("segfault".utf8)
            case "elsewhere": return Array(#"{"action":"forward","to":["mallory@foreign.test"]}"#.utf8)
            default: throw WorkerError("it did not end in time")
            }
        }
    }

    private static func lab(_ policy: MailWorker.FailurePolicy) async throws -> MailLab {
        let name = try #require(ResourceName(rawValue: "guard"))
        let worker = MailWorker(
            name: name, target: .program(path: "/bin/guard", arguments: []), timeLimit: 1_000, onFailure: policy,
            description: "", createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0),
            author: "test")
        let address = try #require(MailAddress("guarded@edge.test"))
        let ruleset = MailRuleset(
            domain: "edge.test", rules: [MailRule(ref: "guarded", matcher: .address(address), action: .worker(name))],
            senderRewriting: false)
        return try await MailLab(ruleset, workers: [worker], programs: Programs())
    }

    @Test func itsVerdictIsTheSendersAnswer() async throws {
        let lab = try await Self.lab(.defer)
        func data(_ subject: String) async throws -> String {
            try await lab.send(to: "guarded@edge.test", text: "Subject: \(subject)\n\nbody\n").data ?? "-"
        }
        #expect(try await data("forward").hasPrefix("250"))
        #expect(try await data("tag").hasPrefix("250"))
        #expect(try await data("drop").hasPrefix("250"))
        #expect(try await data("reject") == "550 5.7.1 Not today (guarded)")
        for failing in ["garbage", "elsewhere", "hang"] {
            #expect(
                try await data(failing) == "450 4.7.1 The mail cannot be checked at the moment (guarded)", "\(failing)")
        }
        try await eventually("the mail") { lab.sink.messages.count == 2 }
        // Postfix delivers them side by side: either may come first.
        let delivered = lab.sink.messages.map { message in
            "\(message.header("Subject") ?? "-"): \(message.recipients.sorted().joined(separator: " ")), "
                + "X-Guard \(message.header("X-Guard") ?? "-")"
        }
        #expect(
            delivered.sorted() == [
                "forward: w1@out.test w2@out.test, X-Guard -", "tag: w1@out.test, X-Guard seen",
            ])
        try await eventually("all records") { lab.ledger.decided.count == 7 }
        #expect(Set(lab.ledger.decided.map { "\($0.rule ?? "-") \($0.outcome)" }) == ["guarded worker"])
        let results = lab.ledger.events.compactMap { event -> String? in
            if case .worker(let result) = event.kind { Self.word(result) } else { nil }
        }
        #expect(
            results.sorted() == ["drop", "failed, defer", "failed, defer", "failed, defer", "forward", "reject", "tag"])
        await lab.stop()
    }

    private static func word(_ result: MailWorkerResult) -> String {
        (result.failure == nil ? "" : "failed, ") + (result.verdict ?? "-")
    }

    @Test func whenItFailsItsPolicyHolds() async throws {
        let reject = try await Self.lab(.reject("Cannot be checked"))
        #expect(
            try await reject.send(to: "guarded@edge.test").data == "550 5.7.1 Cannot be checked (guarded)")
        await reject.stop()
        let forward = try await Self.lab(.forward(MailLab.addresses("w2@out.test")))
        #expect(try await forward.send(to: "guarded@edge.test").data?.hasPrefix("250") == true)
        try await eventually("the mail") { forward.sink.messages.map(\.recipients) == [["w2@out.test"]] }
        try await eventually("what was done in its place") {
            forward.ledger.events.contains { event in
                if case .worker(let result) = event.kind { Self.word(result) == "failed, forward" } else { false }
            }
        }
        await forward.stop()
        // An address that is verified no more gets nothing.
        let withdrawn = try await Self.lab(.forward(MailLab.addresses("mallory@foreign.test")))
        #expect(try await withdrawn.send(to: "guarded@edge.test").data?.hasPrefix("450") == true)
        await withdrawn.stop()
    }
}
