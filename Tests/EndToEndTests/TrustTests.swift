import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("Who is who")
    struct TrustTests {
        /// Every verb that only looks.
        private static let looks = [
            ["zone", "list"], ["zone", "show", ShopZone.name], ["app", "list"], ["app", "show", "shop"],
            ["version", "list"], ["version", "show", "shop@1"], ["rule", "list"], ["rule", "effective"],
            ["env", "list"],
            ["staging", "list"], ["history"], ["audit", "list"], ["audit", "verify"], ["node", "list"],
            ["node", "show", "fra1"], ["status"], ["config", "show"], ["doctor"], ["plan", "promote", "shop"],
            ["trace", "http://www.shop.example/"],
        ]

        @Test func tokensAreNowhereButInTheirFiles() async throws {
            let edge = try await EdgeScenario.running(serve: ["--log-level", "debug"])
            try await edge.promoteSecondVersion()
            try await edge.signalbox("rollback", "shop", "--yes")
            let tokens = try edge.nodes.map { try edge.folder.read($0.name + ".token").trimmed }
            #expect(tokens.allSatisfy { $0.utf8.count >= 32 } && Set(tokens).count == 2)
            func holds(_ text: String) -> Bool { tokens.contains { text.contains($0) } }

            for words in Self.looks {
                for form in ["table", "json"] {
                    let answer = try await edge.attempt(words + ["--output", form])
                    #expect(!holds(answer.output + answer.errors), "\(words)")
                }
            }
            let again = try await edge.attempt("node", "create", "fra1")
            #expect(again.status != 0 && !holds(again.output + again.errors))
            #expect(!holds(edge.serveLog))
            for path in ["/metrics", "/v1/fleet", "/healthz"] {
                let page = try await RawHTTP.request("GET", path, at: edge.server, headers: [("Connection", "close")])
                #expect(page.status == 200 && !holds(page.text), "\(path)")
            }
            try await edge.signalbox("state", "backup", edge.folder.path("copy.db"))
            for node in edge.nodes {
                #expect(!holds(edge.nodeLog(node)))
                for path in ["/config_dump?include_eds", "/server_info", "/clusters", "/listeners", "/stats", "/certs"]
                {
                    let told = try await edge.administration(of: node, path).output
                    #expect(
                        told.contains(path == "/config_dump?include_eds" ? "BootstrapConfigDump" : "") && !holds(told))
                }
                let processes = [edge.nodeProcess(node), edge.envoyProcess(of: node)].compactMap { $0 }
                #expect(processes.count == 2)
                for process in processes {
                    #expect(!SystemProcess.commandLine(of: process).isEmpty)
                    #expect(!holds(SystemProcess.commandLine(of: process) + SystemProcess.environment(of: process)))
                }
            }
            let server = try #require(edge.serveProcess)
            #expect(!holds(SystemProcess.environment(of: server)))
            #expect(SystemProcess.all.contains(server))
            for process in SystemProcess.all { #expect(!holds(SystemProcess.commandLine(of: process)), "\(process)") }

            // Every file of the state and of the nodes: database, its log, start files, last good configurations, logs.
            let own = Set(edge.nodes.map { $0.name + ".token" })
            var looked: [String] = []
            for name in try FileManager.default.subpathsOfDirectory(atPath: edge.folder.path) {
                guard !own.contains(name), let data = try? Data(contentsOf: URL(filePath: edge.folder.path(name)))
                else {
                    continue
                }
                looked.append(name)
                for token in tokens { #expect(data.firstRange(of: Data(token.utf8)) == nil, "\(name)") }
            }
            for name in [
                "state.db", "copy.db", "nodes/fra1/bootstrap.json", "nodes/fra1/last-good", "nodes/fra1/envoy.log",
            ] {
                #expect(looked.contains(name), "\(looked)")
            }
            await edge.stop()
        }

        /// What goes wrong is told without the secret, whoever is to blame; also where Envoy prints all it was given.
        @Test func noFailureTellsTheToken() async throws {
            let edge = try await EdgeScenario.prepared()
            try await edge.startServe(["--log-level", "debug"])
            let node = edge.nodes[0]
            try await edge.register(node)
            let token = try edge.folder.read(node.name + ".token").trimmed
            let wrong = String(token.reversed())
            try edge.folder.write(wrong, to: "wrong.token")
            chmod(edge.folder.path("wrong.token"), 0o600)
            // Ends at once and says all it knows, as Envoy does with a start file that it cannot read.
            let talker = try edge.folder.write(
                """
                #!/bin/sh
                [ "$1" = --version ] && exec "\(try EnvoyBinary.require())" --version
                echo "$@" >&2; env >&2; cat \(node.directory)/bootstrap.json >&2; tr '\\0' ' ' < /proc/$PPID/cmdline >&2
                exit 1
                """, to: "talker")
            chmod(talker, 0o700)
            let module = try #require(Checkout.edgeModule())
            let nobody = try FreePort.one()
            let server = "http://\(edge.server)"
            func holds(_ text: String) -> Bool { text.contains(token) || text.contains(wrong) }

            func fails(
                _ sign: String, token file: String = node.name + ".token", envoy: String, server: String
            ) async throws {
                let child = try ChildProcess(
                    Checkout.program("signalbox"),
                    [
                        "node", "run", node.name, "--token-file", edge.folder.path(file), "--directory",
                        node.directory, "--server", server, "--listen", "\(node.production)", "--envoy", envoy,
                        "--module", module, "--concurrency", "1", "--drain", "0s",
                    ], environment: edge.environment)
                try await eventually("'\(sign)' in the node's log") {
                    child.errors.contains(sign) || !child.isRunning
                }
                await child.terminate()
                #expect(child.errors.contains(sign) && !holds(child.errors + child.output), "\(child.errors)")
            }
            let envoy = try EnvoyBinary.require()
            try await fails("does not accept this node's token", token: "wrong.token", envoy: envoy, server: server)
            try await fails("serve cannot be used", envoy: envoy, server: "http://\(nobody)")
            try await fails("serve cannot be used", envoy: envoy, server: "https://\(edge.server)")
            try await fails("Envoy ended", envoy: talker, server: server)
            try await fails("no program of that absolute path", envoy: "/nowhere/envoy", server: server)

            #expect(try edge.folder.read("nodes/fra1/envoy.stderr").contains("signalbox_edge"))
            #expect(!holds(edge.serveLog))
            for words in [
                ["node", "run", "--help"], ["node", "token", "--help"], ["node", "create", node.name],
                ["doctor", "--listen", "\(node.production)"], ["node", "show", node.name], ["audit", "list"],
                ["node", "bootstrap", node.name], ["node", "bootstrap", node.name, "--listen", "nonsense"],
            ] {
                let answer = try await edge.attempt(words, environment: ["SIGNALBOX_NODE_TOKEN": nil])
                #expect(!holds("\(answer)"), "\(answer)")
            }
            for name in try FileManager.default.subpathsOfDirectory(atPath: edge.folder.path)
            where !name.hasSuffix(".token") {
                let data = (try? Data(contentsOf: URL(filePath: edge.folder.path(name)))) ?? Data()
                #expect([token, wrong].allSatisfy { data.firstRange(of: Data($0.utf8)) == nil }, "\(name)")
            }
            await edge.stop()
        }

        @Test func aTokenThatCannotBeUsedIsNotPrinted() async throws {
            let edge = try await EdgeScenario.prepared()
            for content in ["s3cr3t with blanks\n", "s3cr3t\u{1B}\n", String(repeating: "s3cr3t", count: 200)] {
                let file = try edge.folder.write(content, to: "bad.token")
                chmod(file, 0o600)
                let answer = try await edge.attempt(
                    ["node", "run", "fra1", "--token-file", file, "--listen", "127.0.0.1:1", "--module", "/nowhere"])
                #expect(answer.status != 0 && !(answer.output + answer.errors).contains("s3cr3t"), "\(answer)")
            }
            await edge.stop()
        }

        /// Nothing listens there, and nobody is asked: it is refused before a byte is sent.
        @Test func aNodeSendsItsTokenBeyondLoopbackOnlyOverTLS() async throws {
            let edge = try await EdgeScenario.prepared()
            let file = try edge.folder.write("sbx_0123456789", to: "some.token")
            chmod(file, 0o600)
            for server in ["http://198.18.0.1:8111", "http://127.evil.example:9090", "http://[2001:db8::1]:9090"] {
                let answer = try await edge.attempt([
                    "node", "run", "fra1", "--token-file", file, "--server", server, "--listen", "127.0.0.1:1",
                    "--module", "/nowhere", "--envoy", "/nowhere",
                ])
                #expect(answer.status == 77, "\(answer)")
                #expect(answer.errors.contains("the token would travel in clear text"), "\(answer)")
                #expect(answer.errors.contains("--server https://"), "\(answer)")
            }
            await edge.stop()
        }

        @Test func aWrongTokenIsRefusedAndSeen() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.stageSecondVersion()
            let node = try edge["fra1"]
            // The operator takes the token away: what the node has is no longer its own.
            try await edge.signalbox("node", "token", "fra1", "--yes")
            try await edge.signalbox(["promote", "shop", "--accept-warnings", "--yes", "--no-wait"])
            try await edge.serves("shop@2", at: [try edge["hil1"].production])
            try await eventually("the refusal in both logs") {
                edge.serveLog.contains("refused a request without the node's token node=fra1")
                    && edge.nodeLog(node).contains("it does not accept this node's token")
            }
            #expect(try await edge.version(at: node.production) == "shop@1")
            try await eventually("the refusal in the list of nodes") {
                let shown = try await edge.signalbox("node", "show", "fra1", "--output", "json").json
                return shown["unauthorized_at"].text != nil
            }
            #expect(try await edge.signalbox("node", "list").output.contains("comes without its token"))

            // Without any token it is the same, and a stranger's name is no node.
            for name in ["hil1", "stranger"] {
                let body = """
                    {"node":{"id":"\(name)","metadata":{"signalbox":{"token":"","listen":[],"staging":[]}}},\
                    "resource_names":[]}
                    """
                let answer = try await RawHTTP.request(
                    "POST", "/v3/discovery:clusters", at: edge.server, headers: [("Connection", "close")],
                    body: Array(body.utf8))
                #expect(answer.status == 401, "\(answer.text)")
            }
            #expect(try await edge.attempt("node", "show", "stranger").status == 66)

            // With its new token it comes back.
            let kept = edge.state + ".token"
            try await edge.signalbox("node", "token", "fra1", "--yes", "--token-file", kept)
            #expect(try FileManager.default.attributesOfItem(atPath: kept)[.posixPermissions] as? Int == 0o600)
            let fresh = try await edge.signalbox("node", "token", "fra1", "--yes", "--output", "name").output
            try edge.folder.write(fresh, to: "fra1.token")
            chmod(edge.folder.path("fra1.token"), 0o600)
            await edge.stopNode(node)
            try await edge.startNode(node)
            try await edge.serves("shop@2", at: [node.production])
            try await edge.isSettled()
            await edge.stop()
        }

        @Test func beyondLoopbackOnlyWithACertificate() async throws {
            let edge = try await EdgeScenario.prepared()
            let place = HostPort("0.0.0.0", try FreePort.one(on: "0.0.0.0").port)
            let clear = try await edge.attempt("serve", "--listen", "\(place)")
            #expect(clear.status == 64, "\(clear)")
            #expect(clear.errors.contains("node tokens would travel in clear text"), "\(clear)")
            #expect(FreePort.isFree(place))

            let certificate = try await TestCertificate.make("IP:127.0.0.1", in: edge.folder)
            let stranger = try await TestCertificate.make("DNS:stranger.test", in: edge.folder)
            let server = try ChildProcess(
                Checkout.program("signalbox"),
                ["serve", "--listen", "\(place)", "--certificate", certificate.certificate, "--key", certificate.key],
                environment: edge.environment)
            try await eventually("the server") { server.errors.contains("listening") }
            let secure = "https://127.0.0.1:\(place.port)"
            let (fra, hil) = (try edge["fra1"], try edge["hil1"])
            for node in [fra, hil] { try await edge.register(node) }

            try await edge.startNode(fra, ["--server", secure, "--server-authority", certificate.certificate])
            try await edge.signalbox("env", "assign", "staging", "shop@1", "--accept-warnings", "--yes")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            try await edge.serves("shop@1", at: [fra.production])

            // Whoever shows a certificate of somebody else gets no token to see.
            let doubting = Task {
                try await edge.startNode(hil, ["--server", secure, "--server-authority", stranger.certificate])
            }
            try await eventually("the doubt") { edge.nodeLog(hil).contains("cert") }
            let tokens = try [fra, hil].map { try edge.folder.read($0.name + ".token").trimmed }
            for token in tokens {
                #expect(![edge.nodeLog(fra), edge.nodeLog(hil), server.errors].contains { $0.contains(token) })
            }
            let shown = try await edge.signalbox("node", "show", "hil1", "--output", "json").json
            #expect(shown["live"] == .bool(false) && shown["last_seen"] == .null)
            await edge.stopNode(hil)
            _ = await doubting.result

            // Figures are for this machine, or for who has the token for reading.
            let page = try await ChildProcess.run(
                "curl",
                ["--silent", "--cacert", certificate.certificate, secure + "/metrics", "--write-out", "%{http_code}"])
            #expect(page.output.hasSuffix("403"), "\(page)")
            await server.terminate()
            await edge.stop()
        }
    }
}
