import Foundation
import Probes
import Synchronization
import Testing
import WebTransport

/// Answers by script and counts how many requests are in flight.
final class ScriptedTransport: WebTransport {
    private let answers: @Sendable (WebRequest) -> Result<WebResponse, WebError>
    private let flight = Mutex((now: 0, most: 0, sent: [WebRequest]()))

    init(_ answers: @escaping @Sendable (WebRequest) -> Result<WebResponse, WebError>) { self.answers = answers }

    var most: Int { flight.withLock { $0.most } }
    var sent: [WebRequest] { flight.withLock { $0.sent } }

    func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
        flight.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
            $0.sent.append(request)
        }
        for _ in 0..<20 { await Task.yield() }
        flight.withLock { $0.now -= 1 }
        return try answers(request).get()
    }
}

enum Sample {
    static func response(
        _ status: Int = 200, _ headers: KeyValuePairs<String, String> = [:], body: String = "", slower: Int64 = 0,
        peer: String = "127.0.0.1:80"
    ) -> WebResponse {
        WebResponse(
            status: status, version: .http11,
            headers: WebHeaders(headers.map { WebHeader(received: $0.key, $0.value) }), body: Array(body.utf8),
            timings: WebTimings(
                nameLookup: 12, connect: 130 + slower, tls: 1_480 + slower, firstByte: 2_985 + slower,
                total: 3_010 + 2 * slower),
            peer: peer, reusedConnection: false, redirectsFollowed: 0)
    }

    static func outcome(
        _ status: Int = 200, _ headers: KeyValuePairs<String, String> = [:], body: String = ""
    ) -> ProbeOutcome {
        .answer(ProbeAnswer(response(status, headers, body: body)))
    }

    static let refused = WebError(
        .cannotConnect, subject: "https://shop.example/", phase: .connect, message: "No connection to 127.0.0.2:443.",
        remedy: "Check that the server listens there.")
}

/// Compares with a file in `Goldens`; with SIGNALBOX_REWRITE_GOLDENS=1 in the environment it is written instead.
func expectGolden(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/\(name)")
    if ProcessInfo.processInfo.environment["SIGNALBOX_REWRITE_GOLDENS"] == "1" {
        try Data(text.utf8).write(to: file)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)), sourceLocation: sourceLocation)
}
