import CurlTransport
import Probes
import Testing
import WebTransport

/// The probe over real connections; its decisions are tested in ProbesTests.
@Suite(.timeLimit(.minutes(2))) struct StagingProbeLiveTests {
    private let transport = CurlTransport()

    @Test func twoServersThatAnswerAlikeAreEqual() async throws {
        let (staging, production) = (try LoopbackServer([]).port, try LoopbackServer.plain.get().port)
        let probe = StagingProbe(
            transport: transport, staging: try WebAddress("127.0.0.1:\(staging)"),
            production: try WebAddress("127.0.0.1:\(production)"))
        let row = await probe.probe(WebRequest(.get, try WebURL("http://shop.example/big?n=7")))
        #expect(row.verdict == .equal, "\(row.differences)")
        #expect(row.staging.answer?.peer == "127.0.0.1:\(staging)")
        #expect(row.production.answer?.peer == "127.0.0.1:\(production)")
        #expect(row.staging.answer?.bodyLength == 7)
    }

    @Test func manyProbesKeepTheirOrderAndNoSecretStays() async throws {
        let (staging, production) = (try LoopbackServer([]).port, try LoopbackServer.plain.get().port)
        let probe = StagingProbe(
            transport: transport, staging: try WebAddress("127.0.0.1:\(staging)"),
            production: try WebAddress("127.0.0.1:\(production)"))
        let list = try ProbeTargetList(
            "http://a.example/big?n=1\nHEAD http://b.example/big?n=2\nhttp://c.example/echo # own id in the body\n")
        let requests = list.requests(like: WebRequest(.get, try WebURL("http://x.example/")))
        let report = await probe.report(requests, concurrency: 2)
        // The echo tells the client's port, which differs between two connections.
        #expect(report.rows.map(\.verdict) == [.equal, .equal, .different])
        #expect(report.rows[2].differences.map(\.part) == [.body])
        #expect(!"\(report)".contains("secret"))
    }
}
