import CloudflareImport
import DocumentText
import EdgeModel
import EdgePlan
import RulesLanguage
import TestKit
import Testing

@Suite("Lists of the account")
struct ListImportTests {
    private let rules = """
        {"phase": "http_request_firewall_custom", "kind": "zone", "id": "r", "rules": [
            {"id": "1", "ref": "office", "action": "block", "expression": "not ip.src in $office"},
            {"id": "2", "ref": "hosts", "action": "block", "expression": "http.host in $hosts"},
            {"id": "3", "ref": "managed", "action": "block", "expression": "ip.src in $cf.anonymizer"}]}
        """

    private func outcome(_ imported: CloudflareImport, _ name: String) -> ImportItem? {
        imported.report.items.first { $0.name == name }
    }

    @Test("A list with its items becomes a list, and rules that ask for it are exact")
    func items() throws {
        let imported = try ImportLab.run(
            """
            {"lists": [
                {"id": "li1", "name": "office", "kind": "ip", "description": "who may come in", "num_items": 3, "items": [
                    {"id": "i1", "ip": "192.0.2.0/24", "comment": "HQ"}, {"value": {"ip": "2001:DB8::1"}},
                    {"ip": "10.0.0.1/8"}]},
                {"name": "hosts", "kind": "hostname", "items": [
                    {"hostname": {"url_hostname": "a.example"}}, {"hostname": {"url_hostname": "*.b.example"}}]},
                {"name": "networks", "kind": "asn", "items": [{"asn": 64512}, {"value": {"asn": 64513}}]},
                {"name": "moves", "kind": "redirect", "items": [{"redirect": {"source_url": "a", "target_url": "b"}}]}],
             "rulesets": [\(rules)]}
            """)
        let office = try #require(imported.lists.first { $0.name?.rawValue == "office" })
        #expect(office.kind == .ip && office.description == "who may come in")
        #expect(office.items == [ListItem("192.0.2.0/24", comment: "HQ"), ListItem("2001:db8::1")])
        #expect(imported.lists.map(\.kind) == [.ip, .text, .integer])
        #expect(imported.lists.last?.items == [ListItem("64512"), ListItem("64513")])
        #expect(outcome(imported, "office")?.kind == .rule && outcome(imported, "hosts")?.outcome == .exact)
        let lists = imported.report.items.filter { $0.kind == .list }
        #expect(lists.map(\.outcome) == [.changed, .changed, .exact, .notExpressible])
        #expect(lists[0].words == ["an item is left out: 10.0.0.1/8"] && lists[0].becomes == ["list $office"])
        #expect(lists[1].words == ["an item is left out: *.b.example"])
        #expect(outcome(imported, "managed")?.words == ["there is no list $cf.anonymizer"])
        let enabled = imported.zone.configuration.rules(in: .firewallCustom).filter(\.enabled).map(\.ref)
        #expect(enabled == ["office", "hosts"])
        // What comes out of it compiles with the lists and not without.
        var compiler = ConfigurationCompiler(
            EdgeSnapshot.Content(
                id: ConfigurationID(rawValue: 1), digest: imported.zone.configuration.digest, application: nil,
                version: nil, configuration: imported.zone.configuration),
            lists: KnownLists(
                try imported.lists.map { list in
                    let (name, kind) = (try #require(list.name), try #require(list.kind))
                    return (name, NamedList.digest(of: list.items, kind), kind.contents(list.items))
                }))
        _ = compiler.compile()
        #expect(compiler.findings.filter { $0.severity == .error } == [])
    }

    @Test("Without its items a list is told to be missing, and its rules stay disabled")
    func noItems() throws {
        let imported = try ImportLab.run(
            #"{"lists": [{"id": "li1", "name": "office", "kind": "ip", "num_items": 3}], "rulesets": [\#(rules)]}"#)
        let list = imported.report.items.first { $0.kind == .list }
        #expect(list?.outcome == .notExpressible && list?.remedy?.contains("/rules/lists/li1/items") == true)
        #expect(
            imported.lists == [] && imported.zone.configuration.rules(in: .firewallCustom).allSatisfy { !$0.enabled })
    }

    @Test("A list that is there already will do")
    func known() throws {
        var export = CloudflareExport()
        export.add(try DocumentText.read(rules).value, from: "input")
        let office = try #require(ListName(rawValue: "office"))
        let known = KnownLists([(office, NamedList.digest(of: [], .ip), .ips([]))])
        let imported = CloudflareImport(export, zone: "shop.example", known: known)
        let enabled = imported.zone.configuration.rules(in: .firewallCustom).filter(\.enabled).map(\.ref)
        #expect(enabled == ["office"])
    }

    private func body(_ result: String, info: String = "{}") throws -> DocumentValue {
        try DocumentText.read(#"{"success": true, "result": \#(result), "result_info": \#(info)}"#).value
    }

    /// The crawl up to the account's lists; every other list of the zone is empty.
    private func crawled() throws -> CloudflareCrawl {
        var crawl = CloudflareCrawl(zone: "shop.example")
        while case .get(let path) = crawl.next(), !path.contains("/rules/lists") {
            let result =
                path.hasPrefix("/zones?")
                ? #"[{"id": "z", "name": "shop.example", "account": {"id": "acc"}}]"#
                : path.hasSuffix("rulesets?per_page=50")
                    ? #"[{"id": "r", "kind": "zone", "phase": "http_request_firewall_custom"}]"#
                    : path.hasSuffix("/rulesets/r") ? rules : "[]"
            crawl.handle(.response(status: 200, retryAfter: nil, body: try body(result)))
        }
        return crawl
    }

    @Test("Over the API the lists that rules ask for are read, page by page, and no others")
    func pages() throws {
        var crawl = try crawled()
        #expect(crawl.next() == .get("/accounts/acc/rules/lists"))
        let lists = """
            [{"id": "l1", "name": "office", "kind": "ip", "num_items": 2},
             {"id": "l2", "name": "other", "kind": "ip", "num_items": 1}]
            """
        crawl.handle(.response(status: 200, retryAfter: nil, body: try body(lists)))
        #expect(crawl.next() == .get("/accounts/acc/rules/lists/l1/items?per_page=500"))
        crawl.handle(
            .response(
                status: 200, retryAfter: nil,
                body: try body(#"[{"ip": "192.0.2.1"}]"#, info: #"{"cursors": {"after": "next"}}"#)))
        #expect(crawl.next() == .get("/accounts/acc/rules/lists/l1/items?per_page=500&cursor=next"))
        crawl.handle(.response(status: 200, retryAfter: nil, body: try body(#"[{"ip": "192.0.2.2"}]"#)))
        #expect(crawl.next() == .done)
        let imported = CloudflareImport(crawl.export, zone: "shop.example")
        #expect(imported.lists.map(\.items) == [[ListItem("192.0.2.1"), ListItem("192.0.2.2")]])
    }

    @Test("A token that may not read the lists still reads the zone", arguments: [403, 404])
    func notPermitted(status: Int) throws {
        var crawl = try crawled()
        _ = crawl.next()
        crawl.handle(.response(status: status, retryAfter: nil, body: nil))
        #expect(crawl.next() == .done)
        let imported = CloudflareImport(crawl.export, zone: "shop.example")
        #expect(imported.report.notes.contains { $0.contains("Account Filter Lists: Read") })
        #expect(imported.zone.configuration.rules(in: .firewallCustom).allSatisfy { !$0.enabled })
    }
}
