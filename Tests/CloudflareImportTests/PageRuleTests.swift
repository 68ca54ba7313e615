import CloudflareImport
import EdgeModel
import EdgePlan
import RulesLanguage
import TestKit
import Testing

@Suite("Page rules")
struct PageRuleTests {
    private struct Page {
        var pattern: String
        var priority: Int
    }

    private func imported(_ pages: [Page], action: String) throws -> CloudflareImport {
        let items = pages.enumerated().map { index, page in
            """
            {"id": "p\(index)", "status": "active", "priority": \(page.priority), "actions": [\(action)],
             "targets": [{"target": "url", "constraint": {"operator": "matches", "value": "\(page.pattern)"}}]}
            """
        }
        return try ImportLab.run("[\(items.joined(separator: ","))]")
    }

    /// Whether a URL has the form of a pattern, by the words of the documentation: a scheme that is not written is
    /// either, a star is anything.
    private static func matches(_ pattern: String, _ url: String) -> Bool {
        let patterns = pattern.contains("://") ? [pattern] : ["http://\(pattern)", "https://\(pattern)"]
        return patterns.contains { glob(Array($0.utf8)[...], Array(url.utf8)[...]) }
    }

    private static func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return glob(pattern.dropFirst(), text) || (!text.isEmpty && glob(pattern, text.dropFirst()))
        }
        return text.first == first && glob(pattern.dropFirst(), text.dropFirst())
    }

    @Test("Of the page rules that match, the one of the highest priority applies and no other")
    func firstMatchOnly() throws {
        var dice = SeededGenerator.announced("page rules")
        let patterns = [
            "shop.example/*", "*shop.example/*", "www.shop.example/*", "http://shop.example/a*", "https://*/b/*",
            "shop.example/a/*/c", "*.shop.example/a", "shop.example/", "*/b/*", "shop.example/a?x=*",
        ]
        let urls = ["http", "https"].flatMap { scheme in
            ["shop.example", "www.shop.example", "other.example"].flatMap { host in
                ["/", "/a", "/a/", "/a/b/c", "/b/", "/x/b/y", "/a?x=1", "/?u=https://shop.example/b/c"].map {
                    "\(scheme)://\(host)\($0)"
                }
            }
        }
        var applied = 0
        for _ in 0..<60 {
            let pages = patterns.shuffled(using: &dice).prefix(Int.random(in: 1...5, using: &dice)).enumerated().map {
                Page(pattern: $1, priority: $0 + 1)
            }
            let result = try imported(pages, action: #"{"id": "cache_level", "value": "bypass"}"#)
            #expect(ImportLab.errors(in: result.zone) == [])
            let rules = result.zone.configuration.rules(in: .cacheSettings)
            try #require(rules.count == pages.count)
            for url in urls {
                let expected = pages.enumerated().filter { Self.matches($0.element.pattern, url) }
                    .max { $0.element.priority < $1.element.priority }.map { "page-p\($0.offset)-cache" }
                let found = try rules.filter { try holds($0.expression, url) }.map(\.ref)
                #expect(found == (expected.map { [$0] } ?? []), "\(pages) \(url)")
                applied += found.count
            }
        }
        #expect(applied > 500)
    }

    private func holds(_ expression: String, _ url: String) throws -> Bool {
        try Expression(expression).evaluate([.fullURI: .string(url), .ssl: .bool(url.hasPrefix("https"))])
    }

    @Test(
        "A forwarding URL gets what the stars took",
        arguments: [
            (
                "shop.example/old/*", "https://www.shop.example/new/$1", "http://shop.example/old/a/b?c=d",
                "https://www.shop.example/new/a/b?c=d"
            ),
            (
                "*.shop.example/*", "https://shop.example/$1/$2", "https://de.shop.example/x",
                "https://shop.example/de/x"
            ),
            (
                "http://*.shop.example/*/end", "https://shop.example/$2?from=$1", "http://de.shop.example/x/end",
                "https://shop.example/x?from=de"
            ),
            ("http*://shop.example/*", "https://new.example/$2", "https://shop.example/p", "https://new.example/p"),
            ("shop.example/*", "https://shop.example/$$1$x", "http://shop.example/p", "https://shop.example/$p$x"),
        ])
    func forwarding(pattern: String, target: String, url: String, expected: String) throws {
        let result = try imported(
            [Page(pattern: pattern, priority: 1)],
            action: #"{"id": "forwarding_url", "value": {"url": "\#(target)", "status_code": 301}}"#)
        #expect(ImportLab.errors(in: result.zone) == [])
        let rule = try #require(result.zone.configuration.rules(in: .dynamicRedirect).first, "\(result.report.text)")
        #expect(try holds(rule.expression, url))
        guard case .string(let source)? = rule.parameters?["from_value"]?["target_url"]?["expression"] else {
            Issue.record("no target expression")
            return
        }
        let value = try Expression(source, mode: .value)
        let runner = try ProgramRunner(ProgramCompiler().compile(value))
        #expect(runner.bytes([.fullURI: .string(url)]) == Array(expected.utf8))
    }

    @Test("A star that is not there is told, not guessed")
    func missingStar() throws {
        let result = try imported(
            [Page(pattern: "shop.example/*", priority: 1)],
            action: #"{"id": "forwarding_url", "value": {"url": "https://a.example/$2", "status_code": 301}}"#)
        #expect(result.zone.configuration.ruleCount == 0)
        #expect(result.report.items.map(\.outcome) == [.notExpressible, .notExpressible])
    }

    @Test("Rulesets have the last word, and the first redirect")
    func order() throws {
        let result = ImportLab.run(try ImportLab.documents("shapes"), zone: "shop.example")
        let redirects = result.zone.configuration.rules(in: .dynamicRedirect).map(\.ref)
        #expect(redirects == ["always-use-https", "old-blog", "r2", "page-pr1-redirect", "page-pr3-https"])
        let caches = result.zone.configuration.rules(in: .cacheSettings).map(\.ref)
        #expect(caches == ["page-pr2-cache", "page-pr2-cookie", "static", "respect"])
    }
}
