import Foundation
import Probes
import Synchronization
import Testing
import WebTransport

@Suite struct StagingProbeTests {
    private let staging: WebAddress
    private let request: WebRequest

    init() throws {
        staging = try WebAddress("127.0.0.2:8443")
        request = WebRequest(.get, try WebURL("https://shop.example/cart"), headers: try WebHeaders(["X-A": "1"]))
    }

    @Test func sendsTheSameRequestToBothSides() async throws {
        let transport = ScriptedTransport { _ in .success(Sample.response()) }
        let row = await StagingProbe(transport: transport, staging: staging).probe(request)
        #expect(row.verdict == .equal)
        #expect(Set(transport.sent.map(\.connectTo)) == [staging, nil])
        for var sent in transport.sent {
            sent.connectTo = nil
            #expect(sent == request)
        }
    }

    @Test func atMostSoManyProbesRunAtOnceAndTheirOrderIsKept() async throws {
        let transport = ScriptedTransport { .success(Sample.response(200, [:], body: $0.url.target)) }
        let requests = try (0..<40).map { WebRequest(.get, try WebURL("https://shop.example/\($0)")) }
        let seen = Mutex([Int]())
        let report = await StagingProbe(transport: transport, staging: staging).report(requests, concurrency: 3) {
            index, row in
            #expect(row.url.hasSuffix("/\(index)"))
            seen.withLock { $0.append(index) }
        }
        #expect(report.rows.map(\.url) == requests.map { "\($0.url)" })
        #expect(report.equal == 40)
        #expect(seen.withLock { $0.sorted() } == Array(0..<40))
        // Two requests a probe.
        #expect(transport.most <= 6)
        #expect(transport.most > 2)
    }

    @Test func cancellationLeavesNoRowOut() async throws {
        let transport = ScriptedTransport { _ in .success(Sample.response()) }
        let requests = [WebRequest](repeating: request, count: 10)
        let probe = StagingProbe(transport: transport, staging: staging)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await probe.report(requests, concurrency: 2)
        }
        task.cancel()
        let report = await task.value
        #expect(report.failed == 10)
        #expect(report.rows.allSatisfy { $0.staging.failure?.code == .cancelled })
        #expect(transport.sent.isEmpty)
    }

    private func sampleReport() async throws -> ProbeReport {
        let staging = staging
        let transport = ScriptedTransport { request in
            let isStaging = request.connectTo == staging
            switch request.url.target {
            case "/same":
                return .success(Sample.response(200, ["ETag": "\"1\""], body: "abc", slower: isStaging ? 1_000 : 0))
            case "/gone" where isStaging:
                return .failure(Sample.refused)
            default:
                return .success(
                    Sample.response(
                        isStaging ? 301 : 200,
                        isStaging ? ["Location": "/\u{1B}[31m\u{202E}", "Set-Cookie": "sid=s3cret"] : [:],
                        body: isStaging ? "" : "abc", peer: isStaging ? "127.0.0.2:8443" : "127.0.0.1:443"))
            }
        }
        let requests = try ["same", "cart", "gone"].map { WebRequest(.get, try WebURL("https://shop.example/\($0)")) }
        let probe = StagingProbe(
            transport: transport, staging: staging, ignoring: VolatileHeaders(["date", "x-request-id"]))
        return await probe.report(requests, concurrency: 1)
    }

    @Test func readsLikeTheGolden() async throws {
        let report = try await sampleReport()
        #expect(!report.isEqual)
        #expect((report.equal, report.different, report.failed) == (1, 1, 1))
        try expectGolden("report.txt", report.lines().joined(separator: "\n") + "\n")
    }

    @Test func jsonIsTheGoldenAndReadsBack() async throws {
        let report = try await sampleReport()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(report)
        try expectGolden("report.json", String(decoding: data, as: UTF8.self) + "\n")
        #expect(try JSONDecoder().decode(ProbeReport.self, from: data) == report)
    }
}
