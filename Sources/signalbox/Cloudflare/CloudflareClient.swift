internal import CloudflareImport
internal import CurlTransport
internal import DocumentText
internal import EdgeModel
internal import WebTransport

/// Carries out what `CloudflareCrawl` decides: asks Cloudflare's API, and waits.
struct CloudflareClient {
    let transport: any WebTransport
    /// Without a slash at the end.
    let base: String
    private let headers: WebHeaders
    /// Told of waits that people would wonder at.
    let note: (String) -> Void

    static let standardBase = "https://api.cloudflare.com/client/v4"

    /// - Throws: `usage` when the address is none, or would carry the token in clear over a network.
    init(base: String, token: String, transport: any WebTransport, note: @escaping (String) -> Void) throws {
        var text = base
        while text.hasSuffix("/") { text.removeLast() }
        let url: WebURL
        do {
            url = try WebURL(text)
        } catch {
            throw ErrorReport(.usage, at: "--api-url", error.message, remedy: "write it as \(Self.standardBase)")
        }
        let isLocal = url.host == "::1" || url.host == "localhost" || url.host.hasPrefix("127.")
        guard url.scheme == .https || isLocal else {
            throw ErrorReport(
                .usage, at: "--api-url", "the token would be sent in clear", remedy: "write it with https://")
        }
        self.base = text
        self.transport = transport
        self.note = note
        headers = try WebHeaders([
            "Authorization": "Bearer \(token)", "Accept": "application/json",
            "User-Agent": "signalbox/\(Program.version)",
        ])
    }

    func export(of zone: String) async throws -> CloudflareExport {
        var crawl = CloudflareCrawl(zone: zone)
        while true {
            switch crawl.next() {
            case .done: return crawl.export
            case .failed(let failure): throw ErrorReport(failure)
            case .wait(let milliseconds):
                if milliseconds >= 2_000 { note("waiting \(DurationText.text(milliseconds)), as Cloudflare asks") }
                try await Task.sleep(for: .milliseconds(milliseconds))
            case .get(let target): crawl.handle(await answer(to: target))
            }
        }
    }

    private func answer(to target: String) async -> CloudflareCrawl.Answer {
        do throws(WebError) {
            let response = try await transport.send(WebRequest(.get, try WebURL(base + target), headers: headers))
            let body = try? DocumentText.read(bytes: response.body).value
            if response.status == 200, body == nil {
                return .broken("it is no JSON, or not all of it", isPassing: true)
            }
            return .response(status: response.status, retryAfter: response.headers.first("Retry-After"), body: body)
        } catch {
            let isPassing = [.connectionBroken, .timedOut, .cannotConnect].contains(error.code)
            return .broken(error.cause.map { "\(error.message) \($0)" } ?? error.message, isPassing: isPassing)
        }
    }
}

extension ErrorReport {
    init(_ failure: CrawlFailure) {
        let kind: Failure =
            switch failure.code {
            case .refused: .refused
            case .notFound: .notFound
            case .unavailable: .unavailable
            }
        self.init(kind, at: failure.place, failure.message, remedy: failure.remedy)
    }
}
