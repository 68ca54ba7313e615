import FoundationEssentials
import TestKit
import Testing

/// `zone import` and `zone diff` against a web server that speaks as Cloudflare's API does.
@Suite("Zones of Cloudflare's, live and from files") struct CloudflareVerbTests {
    private final class API: Sendable {
        let child: ChildProcess
        let url: String

        init(_ scenario: String) async throws {
            let script = Golden.inputPath("cloudflare_server.py", folder: ".")
            let child = try ChildProcess("python3", [script, scenario])
            let line: Substring? = try await eventually("the server's start") {
                child.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().first
                    .map { .some($0) } ?? (child.isRunning ? nil : .some(nil))
            }
            self.child = child
            url = "http://127.0.0.1:\(try #require(line.flatMap { Int($0) }, "\(child.errors)"))"
        }

        /// Paths and queries in the order in which they were asked for.
        var asked: [String] {
            child.output.split(separator: "\n").dropFirst().compactMap {
                (try? JSONTree(parsing: String($0)))?["path"].text
            }
        }
    }

    private static let token = "tops3cret"

    private static func run(
        _ words: [String], in folder: TemporaryDirectory, environment more: [String: String?] = ["CF_TOKEN": token]
    ) async throws -> CommandAnswer {
        let environment: [String: String?] = [
            "HOME": folder.path, "XDG_STATE_HOME": nil, "XDG_CONFIG_HOME": nil, "SIGNALBOX_STATE": nil, "NO_COLOR": "1",
        ]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment.merging(more) { $1 },
                directory: folder.path))
    }

    private static func live(_ api: API) -> [String] {
        ["--cloudflare", "shop.example", "--token", "env:CF_TOKEN", "--api-url", api.url]
    }

    @Test func aZoneIsReadPageByPageAndPutAsAnyOther() async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let api = try await API("plain")
        #expect(try await Self.run(["init"], in: folder).status == 0)
        let answer = try await Self.run(["zone", "import", "--yes"] + Self.live(api), in: folder)
        #expect(answer.status == 0, "\(answer)")
        #expect(answer.errors.contains("cloudflare shop.example: 13 things"), "\(answer)")
        #expect(answer.errors.contains("a challenge needs Cloudflare's page"), "\(answer)")
        let zone = try await Self.run(["zone", "show", "shop.example", "--output", "json"], in: folder).json
        #expect(zone["hosts"].elements.count == 6)
        let rules = zone["document"]["rules"]
        #expect(rules["http_request_firewall_custom"][0]["ref"].text == "scrapers")
        #expect(rules["http_request_firewall_custom"][1]["enabled"] == .bool(false))
        #expect(rules["http_request_dynamic_redirect"][0]["ref"].text == "old-blog")
        #expect(
            api.asked == [
                "/zones?name=shop.example&page=1&per_page=50", "/zones/zone1/rulesets?per_page=50",
                "/zones/zone1/rulesets?per_page=50&cursor=bmV4dA==",
                "/zones/zone1/dns_records?page=1&per_page=100", "/zones/zone1/dns_records?page=2&per_page=100",
                "/zones/zone1/dns_records?page=3&per_page=100", "/zones/zone1/pagerules?status=active",
                "/zones/zone1/pagerules?status=disabled", "/zones/zone1/settings",
                "/zones/zone1/load_balancers?page=1&per_page=50", "/zones/zone1/rulesets/aa01",
                "/zones/zone1/rulesets/aa02", "/zones/zone1/rulesets/aa03",
                "/accounts/acc1/load_balancers/pools?page=1&per_page=50",
                "/accounts/acc1/load_balancers/monitors?page=1&per_page=50",
            ])
        #expect(!answer.output.contains(Self.token) && !answer.errors.contains(Self.token))
        let audit = try await Self.run(["audit", "list", "--output", "json"], in: folder)
        #expect(!audit.output.contains(Self.token))

        // Imported, it differs in nothing; changed there, in what was changed.
        let compare = ["zone", "diff", "shop.example", "--cloudflare", "--token", "env:CF_TOKEN", "--api-url"]
        let same = try await Self.run(compare + [api.url], in: folder)
        #expect(same.status == 0 && same.output.contains("no difference"), "\(same)")
        let drifted = try await API("drifted")
        let changed = try await Self.run(compare + [drifted.url], in: folder)
        #expect(changed.status == 1, "\(changed)")
        #expect(changed.output.contains("~ scrapers") && changed.output.contains("contains \"crawl\""), "\(changed)")
        let program = try await Self.run(compare + [drifted.url, "--output", "json"], in: folder)
        #expect(program.status == 1)
        #expect(program.json["different"] == .bool(true))
        #expect(program.json["phases"][0]["changes"][0]["ref"].text == "scrapers")
    }

    @Test func theCertificateOfAZoneThatIsThereStays() async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let api = try await API("plain")
        #expect(try await Self.run(["init"], in: folder).status == 0)
        try folder.write(
            """
            zone: shop.example
            tls: {certificate: /etc/shop.crt, key: /etc/shop.key}
            """, to: "shop.yaml")
        let words = ["zone", "import", "--yes", "--accept-warnings", "--force", "--reason", "moved"]
        #expect(try await Self.run(words + ["shop.yaml"], in: folder).status == 0)
        let answer = try await Self.run(words + Self.live(api), in: folder)
        #expect(answer.status == 0, "\(answer)")
        let zone = try await Self.run(["zone", "export", "shop.example", "--output", "json"], in: folder).json
        #expect(zone["tls"]["certificate"].text == "/etc/shop.crt", "\(answer)")
        #expect(zone["hosts"].elements.count == 6)
    }

    @Test(arguments: ["throttled", "flaky"])
    func whatPassesIsWaitedOut(scenario: String) async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let api = try await API(scenario)
        let answer = try await Self.run(
            ["zone", "import", "--report", "--output", "json"] + Self.live(api), in: folder)
        #expect(answer.status == 0, "\(answer)")
        #expect(answer.json["summary"]["total"].int == 13, "\(answer)")
        #expect(TestFiles.names(in: folder.path) == [], "a report needs no state and makes none")
    }

    @Test(arguments: [
        ("forbidden", 77, "Zone: DNS: Read"), ("truncated", 69, "no JSON"), ("not-json", 69, "--api-url"),
        ("throttled-for-long", 69, "429"),
    ])
    func whatDoesNotPassEndsItAndSaysWhy(scenario: String, status: Int32, words: String) async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let api = try await API(scenario)
        let answer = try await Self.run(["zone", "import", "--report"] + Self.live(api), in: folder)
        #expect(answer.status == status && answer.errors.contains(words), "\(answer)")
        #expect(answer.output == "", "\(answer)")
    }

    @Test func aTokenIsNamedAndNeverGiven() async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let api = try await API("plain")
        let words = ["zone", "import", "--report", "--cloudflare", "shop.example", "--api-url", api.url, "--token"]
        let plain = try await Self.run(words + [Self.token], in: folder)
        #expect(plain.status == 64 && !plain.errors.contains(Self.token), "\(plain)")
        let wrong = try await Self.run(words + ["env:CF_TOKEN"], in: folder, environment: ["CF_TOKEN": "wrong-one"])
        #expect(wrong.status == 77 && wrong.errors.contains("does not know the token"), "\(wrong)")
        #expect(!wrong.errors.contains("wrong-one"), "\(wrong)")
        let missing = try await Self.run(words + ["env:NO_SUCH"], in: folder)
        #expect(missing.status == 66, "\(missing)")
        try folder.write(Self.token + "\n", to: "token")
        #expect(try await Self.run(words + ["file:" + folder.path("token")], in: folder).status == 0)
        #expect(try await Self.run(words + ["command:echo \(Self.token)"], in: folder).status == 0)
        let clear = try await Self.run(
            [
                "zone", "import", "--cloudflare", "shop.example", "--token", "env:CF_TOKEN", "--api-url",
                "http://192.0.2.1",
            ],
            in: folder)
        #expect(clear.status == 64 && clear.errors.contains("in clear"), "\(clear)")
    }

    @Test func anUnknownZoneIsNotAnEmptyOne() async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let api = try await API("plain")
        let answer = try await Self.run(
            ["zone", "import", "--cloudflare", "other.example", "--token", "env:CF_TOKEN", "--api-url", api.url],
            in: folder)
        #expect(answer.status == 66 && answer.errors.contains("no zone of that name"), "\(answer)")
    }

    @Test func listsAreComparedToo() async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let rule = #"{"id": "1", "ref": "office", "action": "block", "expression": "not ip.src in $office"}"#
        func export(_ items: String...) throws {
            let list = items.map { #"{"ip": "\#($0)"}"# }.joined(separator: ", ")
            try folder.write(
                """
                {"lists": [{"name": "office", "kind": "ip", "description": "", "items": [\(list)]}],
                 "rulesets": [{"phase": "http_request_firewall_custom", "kind": "zone", "id": "r", "rules": [\(rule)]}]}
                """, to: "export.json")
        }
        try export("192.0.2.0/24")
        #expect(try await Self.run(["init"], in: folder).status == 0)
        let file = folder.path("export.json")
        let words = ["zone", "import", "--cloudflare", "--name", "shop.example", file, "--yes", "--accept-warnings"]
        let answer = try await Self.run(words, in: folder)
        #expect(answer.status == 0, "\(answer)")
        let compare = ["zone", "diff", "shop.example", "--cloudflare", file]
        let same = try await Self.run(compare, in: folder)
        #expect(same.status == 0 && same.output.contains("no difference"), "\(same)")
        try export("192.0.2.0/24", "198.51.100.7")
        let more = try await Self.run(compare, in: folder)
        #expect(more.status == 1 && more.output.contains("+ 198.51.100.7"), "\(more)")
        #expect(more.output.contains("list $office: 1 item added") && more.output.contains("lists: 1"), "\(more)")
        try export("198.51.100.7")
        let json = try await Self.run(compare + ["--output", "json"], in: folder)
        #expect(json.status == 1 && json.json["different"] == .bool(true), "\(json)")
        #expect(json.json["lists"][0]["removed"][0]["value"].text == "192.0.2.0/24", "\(json)")
    }

    @Test func filesAndFoldersAreRead() async throws {
        let folder = try TemporaryDirectory("cloudflare")
        let record = { (name: String) in
            #"{"type": "A", "name": "\#(name)", "content": "192.0.2.1", "proxied": true, "zone_name": "shop.example"}"#
        }
        try folder.write(#"{"success": true, "result": [\#(record("shop.example"))]}"#, to: "export/dns.json")
        try folder.write("not for us", to: "export/notes.txt")
        try folder.write("[\(record("www.shop.example"))]", to: "more.json")
        let words = ["zone", "import", "--cloudflare", folder.path("export"), folder.path("more.json")]
        let report = try await Self.run(words + ["--report", "--output", "json"], in: folder)
        #expect((report.json["summary"]["total"].int ?? 0) == 2, "\(report)")
        #expect(report.json["document"]["hosts"].elements.count == 2, "\(report)")
        #expect(try await Self.run(["init"], in: folder).status == 0)
        let dry = try await Self.run(words + ["--dry-run"], in: folder)
        #expect(dry.status == 0 && dry.errors.contains("cloudflare shop.example: 2 things"), "\(dry)")
        #expect(try await Self.run(["zone", "list"], in: folder).output == "")
        #expect(try await Self.run(words + ["--yes", "--accept-warnings"], in: folder).status == 0)
        let same = try await Self.run(["zone", "diff", "shop.example"] + words.dropFirst(2), in: folder)
        #expect(same.status == 0, "\(same)")
        let bare = try await Self.run(["zone", "import", folder.path("more.json"), folder.path("export")], in: folder)
        #expect(bare.status == 64, "\(bare)")
    }
}
