import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    @Suite("Named lists")
    struct ListTests {
        private static let anchor = "      expression: http.request.uri.path contains \"/.\"\n"

        /// Version 2 with a rule that turns the office away.
        private func promoteBlocking(_ edge: EdgeScenario) async throws {
            let rule = """
                    - ref: not-the-office
                      expression: ip.src in $office
                      action: block
                      action_parameters: {response: {content: "not you\\n", content_type: text/plain, status_code: 418}}

                """
            let version = try await edge.makeVersion { text in
                guard let phase = text.firstRange(of: "  http_request_firewall_custom:\n") else { return text }
                return text[..<phase.upperBound] + rule + text[phase.upperBound...]
            }
            try await edge.signalbox("env", "assign", "staging", version, "--accept-warnings", "--yes")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            try await edge.serves(version, at: edge.production)
        }

        private func statuses(_ edge: EdgeScenario) async throws -> Set<Int> {
            var found: Set<Int> = []
            for address in edge.production { found.insert(try await edge.get("/", at: address).status) }
            return found
        }

        private func becomes(_ status: Int, on edge: EdgeScenario) async throws {
            try await eventually("\(status) at every node") { try await statuses(edge) == [status] }
        }

        /// The list is no part of the version; changing it changes what the version does, at once and on every node.
        @Test func anAddressAddedTakesEffectOnAllNodesAndUndoTakesItBack() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.signalbox("list", "create", "office", "--kind", "ip", "192.0.2.0/24", "--yes")
            try await promoteBlocking(edge)
            #expect(try await statuses(edge) == [200])
            let digest = try await edge.signalbox("version", "show", "shop@2", "--output", "json").json["digest"]

            let planned = try await edge.signalbox("list", "add", "office", "127.0.0.0/8", "--dry-run")
            #expect(planned.output.contains("+ 127.0.0.0/8"), "\(planned)")
            #expect(planned.output.contains("used by shop@2 (staging, production)"), "\(planned)")
            #expect(try await statuses(edge) == [200])

            let added = try await edge.signalbox(
                "list", "add", "office", "127.0.0.0/8", "--comment", "the lab", "--yes", "--output", "json")
            #expect(added.json["acknowledged"].elements.count == edge.nodes.count, "\(added)")
            try await becomes(418, on: edge)
            #expect(try await edge.signalbox("version", "show", "shop@2", "--output", "json").json["digest"] == digest)
            let traced = try await edge.attempt("trace", "http://\(ShopZone.host)/", "--ip", "127.0.0.1")
            #expect(traced.output.contains("answered with 418"), "\(traced)")

            let refused = try await edge.attempt("list", "delete", "office", "--yes")
            #expect(refused.status == 77 && refused.errors.contains("shop@2 (staging, production)"), "\(refused)")
            try await edge.signalbox("undo", "--yes")
            try await becomes(200, on: edge)
            try await edge.signalbox("audit", "verify")
            await edge.stop()
        }

        @Test func whatIsExportedImportsToTheSameList() async throws {
            let bench = try StateBench.bare()
            try await bench.run(["init"])
            let text = """
                # who may come in
                192.0.2.1 # ada
                2001:db8::/32

                """
            let file = try bench.folder.write(text, to: "office.txt")
            let unasked = try await bench.attempt(["list", "import", file, "--name", "office", "--yes"])
            #expect(unasked.status == 64 && unasked.errors.contains("--kind"), "\(unasked)")
            try await bench.run(["list", "import", file, "--name", "office", "--kind", "ip", "--yes"])
            #expect(
                try await bench.run(["list", "export", "office", "--text"]).output == "192.0.2.1 # ada\n2001:db8::/32\n"
            )
            let exported = try await bench.run(["list", "export", "office"]).output
            for (name, content) in [
                ("office.yaml", exported),
                ("office.json", try await bench.run(["list", "export", "office", "--output", "json"]).output),
            ] {
                let same = try await bench.attempt(
                    ["list", "import", try bench.folder.write(content, to: name), "--yes"])
                #expect(same.status == 77 && same.errors.contains("changes nothing"), "\(same)")
            }
            let bad = try bench.folder.write(exported.replacing("192.0.2.1", with: "192.0.2.300"), to: "bad.yaml")
            let refused = try await bench.attempt(["list", "import", bad, "--yes"])
            #expect(refused.status == 65 && refused.errors.contains("192.0.2.300"), "\(refused)")
            #expect(try await bench.run(["list", "list"]).output.contains("office  ip        2  -"))
            // Rules on the command line know the state's lists.
            #expect(
                try await bench.attempt(["rules", "eval", "ip.src in $office", "--ip", "2001:db8::7"]).status == 0)
            let lint = try await bench.attempt(["rules", "lint", "ip.src in $office and ip.src in {10.0.0.0/8}"])
            #expect(lint.output.contains("never-matches"), "\(lint)")
            let unknown = try await bench.attempt(["rules", "lint", "ip.src in $offices"])
            #expect(unknown.status == 1 && unknown.output.contains("did you mean $office?"), "\(unknown)")
        }
    }
}
