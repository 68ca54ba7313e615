import TestKit
import Testing

extension EndToEnd {
    @Suite("Nodes stand on their own")
    struct NodeTests {
        @Test func oneRestartedWhileServeIsAwayStillServes() async throws {
            let edge = try await EdgeScenario.running()
            try await edge.promoteSecondVersion()
            try await edge.isSettled()
            await edge.stopServe()
            let node = try edge["fra1"]
            await edge.stopNode(node)
            try await edge.startNode(node)
            try await edge.serves("shop@2", at: [node.production, node.staging])
            #expect(try await edge.get("/.git/config", at: node.production).status == 404)

            // And takes what is new once it is back.
            try await edge.startServe()
            try await edge.signalbox("rollback", "shop", "--yes")
            try await edge.serves("shop@1", at: [node.production])
            await edge.stop()
        }

        @Test func aRefusalIsShownWithNodeDigestAndReason() async throws {
            let edge = try await EdgeScenario.running()
            // The outline of a certificate with nothing in it: only Envoy can tell.
            let origin = edge.origins.origins[0].listening
            let authorities = "-----BEGIN CERTIFICATE-----\\nMAcwADAAAwEA\\n-----END CERTIFICATE-----\\n"
            let tls = "tls: {server_name: web.example, authorities: \"\(authorities)\"}"
            let text = """
                zone: broken.example
                origins: {web: {\(tls), endpoints: [{address: \(origin.host), port: \(origin.port)}]}}
                """
            // With a server the nodes would be asked before the commit, and it would not be committed.
            await edge.stopServe()
            let imported = try await edge.attempt(["zone", "import", "-", "--accept-warnings", "--yes"], input: text)
            #expect(imported.status == 69, "\(imported)")
            try await edge.startServe()
            let refusals = try await eventually("a refusal with its reason at both nodes") {
                let nodes = try await edge.signalbox("node", "list", "--output", "json").json.elements
                let all = nodes.compactMap { node in node["refusal"]["reason"].text.map { (node["node"].text, $0) } }
                return all.count == 2 ? all : nil
            }
            #expect(refusals.map(\.0) == ["fra1", "hil1"])
            let table = try await edge.signalbox("node", "list").output
            for (node, reason) in refusals {
                #expect(reason.contains("certificate"), "\(reason)")
                let row = table.split(separator: "\n").first { $0.hasPrefix(node ?? "-") } ?? ""
                #expect(row.contains(#/refuses [0-9a-f]{8,}: /#) && row.contains(reason.prefix(20)), "\(table)")
            }
            // What was served is served on.
            for address in edge.production { #expect(try await edge.version(at: address) == "shop@1") }

            // And mending it mends the nodes, although they take no origin on before the broken one is gone.
            let mended = text.replacing(tls + ", ", with: "").replacing("web: ", with: "mended: ")
            let change = try await edge.signalbox(
                ["zone", "import", "-", "--accept-warnings", "--yes", "--output", "json"], input: mended)
            #expect(change.json["missing"].elements.isEmpty, "\(change.output)")
            #expect(change.errors.contains("refuses what is published already"), "\(change.errors)")
            try await edge.promoteSecondVersion()
            await edge.stop()
        }
    }
}
