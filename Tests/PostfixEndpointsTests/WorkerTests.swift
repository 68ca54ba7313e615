import EdgeModel
import MailRouting
import NIOCore
import PostfixEndpoints
import PostfixProtocol
import Synchronization
import TestKit
import Testing
import WebTransport

@Suite("Workers")
struct WorkerTests {
    private static let verified = Set(MailLab.addresses("a@dest.test", "b@dest.test"))

    private static func read(_ text: String) -> Result<WorkerVerdict, WorkerError> {
        Result { () throws(WorkerError) in try WorkerAnswer.verdict(Array(text.utf8), verified: verified) }
    }

    @Test func everyVerdictIsRead() throws {
        let a = try #require(MailAddress("A@dest.test"))
        #expect(Self.read(#"{"action":"drop"}"#) == .success(WorkerVerdict(.drop)))
        #expect(Self.read(#"{"action":"reject","reason":"no"}"#) == .success(WorkerVerdict(.reject("no"))))
        #expect(Self.read(#"{"action":"forward","to":["A@dest.test"]}"#) == .success(WorkerVerdict(.forward([a]))))
        #expect(
            Self.read(#"{"action":"tag","to":["A@dest.test"],"tags":{"X-Score":"5"}}"#)
                == .success(WorkerVerdict(.forward([a]), tags: [MailTag(name: "X-Score", value: "5")])))
    }

    @Test(arguments: [
        "", "garbage", "[]", "{}", #"{"action":"explode"}"#, #"{"action":"forward"}"#, #"{"action":"forward","to":[]}"#,
        #"{"action":"forward","to":["mallory@foreign.test"]}"#,
        #"{"action":"forward","to":["a@dest.test","x@y.test"]}"#,
        #"{"action":"reject","reason":"a\r\n250 ok"}"#, #"{"action":"tag","to":["a@dest.test"]}"#,
        #"{"action":"tag","to":["a@dest.test"],"tags":{"To":"x"}}"#,
        #"{"action":"tag","to":["a@dest.test"],"tags":{"X-A":"b\nTo: c"}}"#,
        #"{"action":"tag","to":["a@dest.test"],"tags":{"X-A: b":"c"}}"#,
    ])
    func anyMistakeIsAFailure(_ text: String) {
        guard case .failure = Self.read(text) else {
            Issue.record("taken: \(text)")
            return
        }
    }

    @Test func aVerdictHasALimit() {
        let long = #"{"action":"drop","x":"\#(String(repeating: "x", count: WorkerAnswer.limit))"}"#
        #expect(Self.read(long) == .failure(WorkerError("its verdict is longer than \(WorkerAnswer.limit) bytes")))
    }

    /// The value is `printf '1790000000.{}' | openssl dgst -sha256 -hmac key`.
    @Test func theSignatureIsWhatOpenSSLSays() {
        #expect(
            WorkerSignature.sign(Array("{}".utf8), seconds: 1_790_000_000, key: Array("key".utf8))
                == "v1=099d33989336226b12c85da813adf6100e1bbab1e91bede9a41ddeb7882d66b8")
    }

    private static func worker(_ target: MailWorker.Target) throws -> MailWorker {
        let name = try #require(ResourceName(rawValue: "guard"))
        return MailWorker(
            name: name, target: target, timeLimit: 2_000, onFailure: .defer, description: "",
            createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0), author: "test")
    }

    private static func request() throws -> WorkerRequest {
        WorkerRequest(
            rule: "r-1", queueID: "4jXB5C6W64zG1KR", sender: "alice@sender.test",
            recipient: try #require(MailAddress("info@edge.test")), client: "192.0.2.1",
            content: MailContent(
                headers: [MailHeader("Subject", "hi")], size: 20, authentication: MailAuthentication(spf: .pass)),
            body: ByteBuffer(string: "body\r\n"))
    }

    /// Keeps the request and answers with what it was given.
    private final class Web: WebTransport {
        let seen = Mutex<WebRequest?>(nil)
        let answer: @Sendable () throws(WebError) -> WebResponse
        init(_ answer: @escaping @Sendable () throws(WebError) -> WebResponse) { self.answer = answer }
        func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
            seen.withLock { $0 = request }
            return try answer()
        }
    }

    @Test func aMessageIsToldWithItsBodyAndASignature() throws {
        let json = String(decoding: try Self.request().json(), as: UTF8.self)
        #expect(
            json == #"{"authentication":"spf=pass","client":"192.0.2.1","from":"alice@sender.test","#
                + #""headers":[["Subject","hi"]],"id":"4jXB5C6W64zG1KR:info@edge.test","#
                + #""raw":"U3ViamVjdDogaGkNCg0KYm9keQ0K","rule":"r-1","size":20,"subject":"hi","to":"info@edge.test"}"#)
    }

    @Test func aWebhookThatCannotBeReachedIsAFailure() async throws {
        let web = Web { () throws(WebError) in
            throw WebError(.timedOut, subject: "x", message: "No answer in time.", remedy: "")
        }
        let runner = WorkerRunner(
            web: web, programs: MailLab.NoPrograms(), secret: { _ in Array("key".utf8) }, now: MailLab.now)
        let worker = try Self.worker(.webhook(url: "https://hooks.test/mail", secret: "env:KEY"))
        await #expect(throws: WorkerError("its webhook gave no answer: No answer in time.")) {
            try await runner.verdict(of: worker, on: try Self.request(), verified: Self.verified)
        }
        let sent = try #require(web.seen.withLock { $0 })
        #expect(sent.headers.first(WorkerSignature.header)?.hasPrefix("v1=") == true)
        #expect(sent.deadlines.total == .seconds(2))
    }
}
