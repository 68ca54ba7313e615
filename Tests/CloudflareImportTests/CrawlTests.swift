import CloudflareImport
import DocumentText
import EdgeModel
import Testing

/// What is asked of Cloudflare's API, and when it is enough.
@Suite("Reading over the API, decided")
struct CrawlTests {
    private func body(_ result: String, info: String = "{}") throws -> DocumentValue {
        try DocumentText.read(#"{"success": true, "result": \#(result), "result_info": \#(info)}"#).value
    }

    private func begun(account: String = "acc") throws -> CloudflareCrawl {
        var crawl = CloudflareCrawl(zone: "shop.example")
        #expect(crawl.next() == .get("/zones?name=shop.example&page=1&per_page=50"))
        crawl.handle(
            .response(
                status: 200, retryAfter: nil,
                body: try body(#"[{"id": "z", "name": "shop.example", "account": {"id": "\#(account)"}}]"#)))
        #expect(crawl.next() == .get("/zones/z/rulesets?per_page=50"))
        return crawl
    }

    private func failure(_ step: CloudflareCrawl.Step) -> CrawlFailure? {
        if case .failed(let failure) = step { failure } else { nil }
    }

    @Test("Too many requests are waited out as asked, four times at most")
    func retryAfter() throws {
        var crawl = try begun()
        for _ in 0..<3 {
            crawl.handle(.response(status: 429, retryAfter: "7", body: nil))
            #expect(crawl.next() == .wait(7_000))
            #expect(crawl.next() == .get("/zones/z/rulesets?per_page=50"))
        }
        crawl.handle(.response(status: 429, retryAfter: "7", body: nil))
        #expect(failure(crawl.next())?.message.contains("429") == true)
        #expect(failure(crawl.next()) != nil, "it stays ended")
    }

    @Test("Without the header, and after failures of the server, the wait doubles")
    func doubling() throws {
        for status in [429, 500, 503] {
            var crawl = try begun()
            for wait in [500, 1_000, 2_000] {
                crawl.handle(.response(status: status, retryAfter: nil, body: nil))
                #expect(crawl.next() == .wait(wait))
                _ = crawl.next()
            }
            crawl.handle(.response(status: status, retryAfter: "soon", body: nil))
            #expect(failure(crawl.next())?.code == .unavailable)
        }
    }

    @Test("A wait of more than five minutes is told instead", arguments: ["301", "99999999999999999999", "-5"])
    func tooLong(header: String) throws {
        var crawl = try begun()
        crawl.handle(.response(status: 429, retryAfter: header, body: nil))
        switch header {
        case "301": #expect(failure(crawl.next())?.code == .unavailable)
        case "-5": #expect(crawl.next() == .wait(0))
        default: #expect(crawl.next() == .wait(500), "what is no number is not there")
        }
    }

    @Test(
        "A server that turns in a circle does not hold anybody",
        arguments: [
            #"{"cursors": {"after": "same"}}"#, #"{"cursors": {"after": "a b&c=d"}}"#,
        ])
    func cursors(info: String) throws {
        var crawl = try begun()
        for _ in 0..<3 {
            guard case .get = crawl.next() else { break }
            crawl.handle(.response(status: 200, retryAfter: nil, body: try body("[]", info: info)))
        }
        #expect(failure(crawl.next())?.message.contains("cursor") == true)
    }

    @Test("Pages without an end end")
    func endless() throws {
        var crawl = try begun()
        var asked = 0
        while case .get = crawl.next() {
            asked += 1
            let records = try body(
                #"[{"type": "TXT", "name": "a", "content": "x"}]"#, info: #"{"total_pages": 99999999}"#)
            crawl.handle(.response(status: 200, retryAfter: nil, body: records))
        }
        #expect(asked < CloudflareCrawl.mostRequests)
        #expect(failure(crawl.next())?.message.contains("requests") == true)
    }

    @Test("Ids from the answer never leave their place in the path")
    func ids() throws {
        var crawl = try begun()
        let rulesets = #"[{"id": "../../user/tokens", "kind": "zone"}, {"id": "ok", "kind": "zone", "phase": "p"}]"#
        crawl.handle(.response(status: 200, retryAfter: nil, body: try body(rulesets)))
        var paths: [String] = []
        while case .get(let path) = crawl.next() {
            paths.append(path)
            crawl.handle(.response(status: 200, retryAfter: nil, body: try body("[]")))
        }
        #expect(crawl.next() == .done)
        #expect(paths.contains("/zones/z/rulesets/ok"))
        #expect(paths.allSatisfy { !$0.contains("..") })
    }

    @Test("What the token may not read ends it with the permission's name")
    func permissions() throws {
        var crawl = try begun()
        crawl.handle(
            .response(
                status: 200, retryAfter: nil,
                body: try body(#"[{"id": "r", "kind": "zone", "phase": "http_request_cache_settings"}]"#)))
        while case .get(let path) = crawl.next() {
            let isRuleset = path == "/zones/z/rulesets/r"
            crawl.handle(
                .response(status: isRuleset ? 403 : 200, retryAfter: nil, body: isRuleset ? nil : try body("[]")))
        }
        #expect(failure(crawl.next())?.remedy.contains("Zone: Cache Rules: Read") == true)
        #expect(failure(crawl.next())?.code == .refused)
    }
}
