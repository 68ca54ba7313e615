import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("trace --live")
    struct LiveTraceTests {
        /// The edge and the trace are the same engine; where a node has another plan than the state, they differ.
        @Test func aNodeTellsWhatItDecidedAndWhereThatDiffersFromTheState() async throws {
            let edge = try await EdgeScenario.running()
            let port = edge.nodes[0].production.port
            func trace(_ path: String, _ more: [String] = []) async throws -> CommandAnswer {
                try await edge.attempt(["trace", "http://\(ShopZone.host):\(port)\(path)", "--live"] + more)
            }
            for node in edge.nodes {
                for place in [[], ["--staging", node.staging.host]] {
                    let answer = try await trace("/c/shoes?page=2", ["--node", node.name] + place)
                    #expect(answer.status == 0, "\(answer)")
                    #expect(answer.output.contains("the edge and this trace agree"), "\(answer)")
                }
            }
            let blocked = try await trace("/.git/config", ["--output", "json"])
            #expect(blocked.status == 0, "\(blocked)")
            #expect(blocked.json["live"]["edge"]["ended_by"] == .string("no-dotfiles"), "\(blocked)")
            #expect(blocked.json["live"]["status"].int == 404 && blocked.json["live"]["differences"] == .array([]))
            #expect(try await trace("/login.php").status == 0)
            #expect(try await trace("/", ["-X", "POST"]).status == 77, "it would be sent")
            #expect(try await trace("/", ["-X", "POST", "--unsafe"]).status == 0)

            // A change of the state that no node can have got: it lets this machine pass the firewall.
            try await edge.signalbox("list", "create", "lab", "--kind", "ip", "192.0.2.0/24", "--yes")
            let version = try await edge.makeVersion { text in
                text.replacing("ip.src in {198.51.100.0/24 2001:db8:0ff1::/48}", with: "ip.src in $lab")
            }
            for words in [["env", "assign", "staging", version], ["promote", "shop"]] {
                try await edge.signalbox(words + ["--accept-warnings", "--yes"])
            }
            #expect(try await trace("/.git/config").status == 0)
            await edge.stopServe()
            try await edge.signalbox("list", "add", "lab", "127.0.0.0/8", "--yes", "--no-wait")
            let differs = try await trace("/.git/config")
            #expect(differs.status == 1, "\(differs)")
            #expect(differs.output.contains("the edge and this trace differ"), "\(differs)")
            #expect(differs.output.contains("ended by: edge no-dotfiles, here none"), "\(differs)")
            #expect(differs.output.contains("node-behind"), "\(differs)")

            // The key is nowhere but in the node's own file.
            for node in edge.nodes {
                let key = try String(contentsOf: URL(filePath: node.directory + "/trace.key"), encoding: .utf8).trimmed
                var status = stat()
                #expect(stat(node.directory + "/trace.key", &status) == 0 && status.st_mode & 0o777 == 0o600)
                let dump = try await edge.administration(of: node, "/config_dump?include_eds").output
                let envoy = try #require(edge.envoyProcess(of: node))
                let shown = [
                    dump, edge.nodeLog(node), SystemProcess.environment(of: envoy),
                    SystemProcess.commandLine(of: envoy),
                ]
                #expect(key.utf8.count == 64 && shown.allSatisfy { !$0.contains(key) })
                let state = try Data(contentsOf: URL(filePath: edge.state))
                #expect(state.firstRange(of: Data(key.utf8)) == nil)
            }

            let nobody = try await trace("/", ["--node", "nobody"])
            #expect(nobody.status == 66, "\(nobody)")
            // Another's signature is as good as none.
            let (one, two) = (edge.nodes[0], edge.nodes[1])
            let wrong = try await trace("/", ["--node", one.name, "--to", "\(two.production)"])
            #expect(wrong.status == 69 && wrong.errors.contains("told nothing of a decision"), "\(wrong)")
            await edge.stop()
        }
    }
}
