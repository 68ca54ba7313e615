import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("Nothing of strangers reaches configuration, logs or terminal unescaped")
    struct InjectionTests {
        private static let host = "www.inject.example"

        /// Texts that mean something to Envoy's formatter, to JSON, to shells or to templates.
        private static let values = [
            "%REQ(x-api-key)%", "%%", "100%", "%START_TIME%", "%DYNAMIC_METADATA(signalbox:zone)%",
            "%ENVIRONMENT(PATH)%",
            "\"}],\"x\":{\"", "\\u0022\\n", "${jndi:x} $(id) `id`", "{{.}} <b>", "a\tb", "käse \u{202E}x", "%", "%REQ(",
        ]

        private func quoted(_ text: String) -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        }

        /// A zone whose rules hold them wherever a rule can hold a text.
        private func zone(_ origin: HostPort) -> String {
            let ends = Self.values.enumerated().map { index, value in (index, quoted(value)) }
            func edits(_ prefix: String) -> String {
                ends.map { "\"\(prefix)\($0)\": {\"operation\": \"set\", \"value\": \($1)}" }.joined(separator: ", ")
            }
            let blocks = ends.map { index, value in
                let response = "{\"status_code\": 418, \"content_type\": \"text/plain\", \"content\": \(value)}"
                return
                    "{\"ref\": \"block-\(index)\", \"expression\": \"http.request.uri.path eq \\\"/block/\(index)\\\"\", "
                    + "\"description\": \(value), \"action\": \"block\", \"action_parameters\": {\"response\": \(response)}}"
            }.joined(separator: ", ")
            return """
                {"zone": "inject.example", "hosts": ["\(Self.host)"],
                 "origins": {"web": {"endpoints": [{"address": "\(origin.host)", "port": \(origin.port)}]}},
                 "settings": {"default_origin": "web", "version_header": "x-edge-version"},
                 "rules": {
                  "http_request_dynamic_redirect": [{"ref": "go-%REQ(host)%", "action": "redirect",
                    "expression": "http.request.uri.path eq \\"/go\\"", "action_parameters": {"from_value": {
                      "target_url": {"value": "https://x.example/%REQ(x-api-key)%/%%?%START_TIME%"}}}}],
                  "http_request_transform": [{"ref": "path", "action": "rewrite",
                    "expression": "http.request.uri.path eq \\"/rewrite\\"", "action_parameters": {"uri": {
                      "path": {"value": "/%REQ(x-api-key)%"}, "query": {"value": "%%=%ENVIRONMENT(PATH)%"}}}}],
                  "http_request_firewall_custom": [\(blocks)],
                  "http_request_late_transform": [{"ref": "up", "action": "rewrite", "expression": "true",
                    "action_parameters": {"headers": {\(edits("x-up-"))}}}],
                  "http_response_headers_transform": [{"ref": "down", "action": "rewrite", "expression": "true",
                    "action_parameters": {"headers": {\(edits("x-down-"))}}}]}}
                """
        }

        @Test func textsOfRulesStayWhatTheyAreInEnvoy() async throws {
            let edge = try await EdgeScenario.running()
            let origin = edge.origins.origins[0].listening
            // A tab inside a header's value is allowed by the protocol and refused by us: take it out for the headers.
            let refused = try await edge.attempt(
                ["zone", "import", "-", "--accept-warnings", "--yes", "--output", "json", "--quiet"],
                input: zone(origin))
            #expect(refused.status == 65 || refused.status == 77, "\(refused)")
            let places = refused.errorJSON["error"]["findings"].elements.compactMap { $0["place"].text }
            #expect(places.count == 2 && places.allSatisfy { $0.hasSuffix("-10.value") }, "\(refused)")
            let text = zone(origin).replacing(
                "-10\": {\"operation\": \"set\", \"value\": \"a\\tb\"",
                with: "-10\": {\"operation\": \"set\", \"value\": \"ab\"")
            try await edge.signalbox(["zone", "import", "-", "--accept-warnings", "--yes"], input: text)
            try await eventually("the zone") {
                try await edge.get("/", at: edge.production[0], host: Self.host).status == 200
            }
            let secret = [("x-api-key", "s3cr3t")]
            for address in edge.production {
                let answer = try await edge.get("/", at: address, host: Self.host, headers: secret)
                let echo = try OriginEcho(answer.body)
                for (index, value) in Self.values.enumerated() {
                    let expected = Latin1.string(Array((index == 10 ? "ab" : value).utf8))
                    #expect(echo.all("x-up-\(index)") == [expected], "\(value)")
                    #expect(answer.all("x-down-\(index)") == [expected], "\(value)")
                    let blocked = try await edge.get("/block/\(index)", at: address, host: Self.host, headers: secret)
                    #expect(blocked.status == 418 && blocked.text == value, "\(value): \(blocked.text)")
                }
                let moved = try await edge.get("/go", at: address, host: Self.host, headers: secret)
                #expect(moved.first("location") == "https://x.example/%REQ(x-api-key)%/%%?%START_TIME%")
                let rewritten = try OriginEcho(
                    try await edge.get("/rewrite", at: address, host: Self.host, headers: secret).body)
                #expect(rewritten.target == "/%REQ(x-api-key)%?%%=%ENVIRONMENT(PATH)%")
            }
            // And what is shown of it can be seen, byte for byte of the file it came from.
            try await isPrintable(edge, [["zone", "show", "inject.example"], ["zone", "export", "inject.example"]])
            let exported = try await edge.signalbox("zone", "export", "inject.example", "--output", "json").output
            let again = try await edge.attempt(["zone", "import", "-", "--yes", "--accept-warnings"], input: exported)
            #expect(again.status == 0 || again.status == 77, "\(again)")
            await edge.stop()
        }

        @Test func hostNamesThatAreNoneAreRefused() async throws {
            let edge = try await EdgeScenario.prepared()
            for host in [
                "a\"b.inject.example", "a\nb.inject.example", "*.*.inject.example", "%REQ(x)%.inject.example",
                "a b.inject.example",
                "ä.inject.example", "a\u{202E}.inject.example", "..inject.example", "[::1].inject.example",
                "a/b.inject.example",
                "a:80.inject.example", "-a.inject.example", String(repeating: "a", count: 64) + ".inject.example",
            ] {
                let text = "{\"zone\": \"inject.example\", \"hosts\": [\(quoted(host))]}"
                let answer = try await edge.attempt(["zone", "import", "-", "--yes"], input: text)
                #expect(answer.status == 65 && answer.errors.contains("[bad-host]"), "\(host): \(answer)")
                #expect(Printable.hidden(in: Array(answer.errors.utf8)) == [], "\(host)")
            }
            for name in ["a\"b", "%x%", "a b", "../x", "a\u{1B}[2J", "staging", "A\n"] {
                for words in [["app", "create", name, "--zone", ShopZone.name], ["node", "create", name]] {
                    let answer = try await edge.attempt(words)
                    #expect(answer.status != 0 || name == "staging", "\(words)")
                    #expect(Printable.hidden(in: Array((answer.errors + answer.output).utf8)) == [], "\(words)")
                }
            }
            await edge.stop()
        }

        @Test func clientsWriteNoLinesIntoTheAccessLog() async throws {
            let edge = try await EdgeScenario.running()
            let node = try edge["fra1"]
            let hostile: [[UInt8]] = [
                Array("GET /a\"}%0a{\"status\":999 HTTP/1.1\r\nHost: \(ShopZone.host)\r\n".utf8),
                Array(
                    "GET /%REQ(x-secret)%%RESPONSE_CODE% HTTP/1.1\r\nHost: \(ShopZone.host)\r\nx-secret: s3cr3t\r\n"
                        .utf8),
                Array("GET /e HTTP/1.1\r\nHost: ".utf8) + [0x1B] + Array("[2J\r\n".utf8),
                Array("GET /f".utf8) + [0x1B, 0xE2, 0x80, 0xAE] + Array(" HTTP/1.1\r\nHost: \(ShopZone.host)\r\n".utf8),
                Array("GET /bidi".utf8) + [0xE2, 0x80, 0xAE, 0xC2, 0x9B]
                    + Array(" HTTP/1.1\r\nHost: \(ShopZone.host)\r\n".utf8),
                Array("GET /g HTTP/1.1\r\nHost: a\"b{}%REQ(x)%\r\n".utf8),
                Array("GET /h HTTP/1.1\r\nHost: \(ShopZone.host)\r\nX-Request-Id: ".utf8) + [0xE2, 0x80, 0xAE, 0x22]
                    + Array("\r\n".utf8),
            ]
            for head in hostile {
                let answer = try? await RawHTTP.exchange(
                    head + Array("Connection: close\r\n\r\n".utf8), with: node.production)
                #expect(answer.map { $0.status < 500 } ?? true)
            }
            _ = try await edge.get("/the-last-one", at: node.production)
            let log = try await eventually("the lines") {
                let data = try Data(contentsOf: URL(filePath: node.directory + "/access.log"))
                return String(decoding: data, as: UTF8.self).contains("/the-last-one") ? [UInt8](data) : nil
            }
            #expect(Printable.hidden(in: log) == [])
            for line in log.split(separator: 10) {
                let read = try JSONTree(parsing: String(decoding: line, as: UTF8.self))
                #expect(read["network"].text != nil && read["status"].int != 999, "\(read)")
            }
            #expect(!String(decoding: log, as: UTF8.self).contains("s3cr3t"))
            await edge.stop()
        }

        /// What people and nodes say about changes is shown on terminals and in pipes, and moves no cursor there.
        @Test func whatOthersWroteIsShownAndNotCarriedOut() async throws {
            let edge = try await EdgeScenario.running()
            let text = "x\u{1B}[2J\u{1B}]0;t\u{7}\nfake: line\r\u{202E}evil\u{9B}1m\u{200B}\u{2028}%n"
            try await edge.makeVersion { $0.replacing("One canonical host", with: "\"\\u001b[2J\\nfake\\u202e\"") }
            try await edge.signalbox(["version", "note", "shop@2", text])
            try await edge.signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes")
            let words = ["promote", "shop", "--accept-warnings", "--yes", "--reason", text]
            let claimed = try await edge.attempt(words + ["--as", text])
            #expect(claimed.status == 64 && Printable.hidden(in: Array(claimed.errors.utf8)) == [], "\(claimed)")
            try await edge.signalbox(words)
            // A node that tells things about itself: its token is right, its words are not.
            let node = try edge["fra1"]
            let token = try edge.folder.read("fra1.token").trimmed
            let body = """
                {"node":{"id":"fra1","metadata":{"signalbox":{"token":"\(token)","region":"\\u001b[2J\\n\\u202e",\
                "listen":["127.0.0.1:1"],"staging":[],"envoy_version":"1\\u001b[31m\\n","module_version":"\\u0007\\u009b",\
                "plan_formats":[1]}}},"type_url":"x","resource_names":[],"version_info":"\\u001b[2J\\n",\
                "error_detail":{"message":"no \\u001b[2J\\nfake\\u202e"}}
                """
            let report = """
                {"node":"fra1","at":0,"process":"\\u001b[2J\\n","warming_clusters":0,"refusals":[{"kind":"clusters",\
                "reason":"\\u001b[2J\\nfake\\u202e"}],"restarts":0,"resident_bytes":0,"figures":{}}
                """
            edge.signalNode(node, SIGSTOP)
            _ = try? await RawHTTP.request(
                "POST", "/v3/discovery:listeners", at: edge.server, headers: [("Connection", "close")],
                body: Array(body.utf8),
                within: .seconds(2))
            _ = try await RawHTTP.request(
                "POST", "/v1/nodes/fra1/report", at: edge.server,
                headers: [("Authorization", "Bearer \(token)"), ("Connection", "close")], body: Array(report.utf8))
            _ = try await RawHTTP.request(
                "GET", "/%1b[2J%0afake", at: edge.server,
                headers: [("Connection", "close"), ("User-Agent", "\u{202E}")])
            try await isPrintable(
                edge,
                [
                    ["version", "list"], ["version", "show", "shop@2"], ["version", "export", "shop@2"],
                    ["version", "diff", "shop@1", "shop@2"], ["history"], ["audit", "list"], ["status"],
                    ["node", "list"],
                    ["node", "show", "fra1"], ["env", "list"], ["rule", "effective"], ["zone", "show", ShopZone.name],
                    ["trace", "http://www.shop.example/%1b[2J%0a\u{202E}?\u{1B}"], ["app", "show", "a\u{1B}[2J\n"],
                    ["no-such-\u{1B}[2J-verb\n"], ["zone", "list", "--state", "\u{1B}[2J\n/x"], ["config", "show"],
                ])
            #expect(Printable.hidden(in: Array(edge.serveLog.utf8)) == [])
            #expect(Printable.hidden(in: Array(edge.nodeLog(node).utf8)) == [])
            #expect(!edge.serveLog.contains("\nfake") && !edge.nodeLog(node).contains("\nfake"))
            edge.signalNode(node, SIGCONT)
            await edge.stop()
        }

        /// Every form of output into a pipe, and the table on a terminal.
        private func isPrintable(_ edge: EdgeScenario, _ commands: [[String]]) async throws {
            for words in commands {
                for form in ["table", "json", "jsonl", "name"] {
                    let answer = try await edge.attempt(words + ["--output", form])
                    let bytes = Array((answer.output + answer.errors).utf8)
                    #expect(Printable.hidden(in: bytes) == [], "\(words) as \(form): \(answer)")
                    #expect(!(answer.output + answer.errors).contains("\nfake"), "\(words) as \(form): \(answer)")
                }
                // A terminal's line discipline makes two characters of a line end; the programs must not.
                let terminal = try await ChildProcess.run(
                    "python3",
                    ["-c", "import pty, sys; pty.spawn(sys.argv[1:])", try Checkout.program("signalbox")] + words,
                    environment: edge.environment.merging(["TERM": "xterm"]) { $1 }, directory: edge.folder.path,
                    within: .seconds(60))
                let shown = Array(terminal.output.replacing("\r\n", with: "\n").utf8)
                #expect(!shown.isEmpty && Printable.hidden(in: shown) == [], "\(words) on a terminal: \(terminal)")
            }
        }
    }
}
