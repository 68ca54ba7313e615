import TestKit
import Testing

extension EndToEnd {
    @Suite("Origins ahead of the change that needs them")
    struct OriginsAheadTests {
        private func zone(_ edge: EdgeScenario, tls: String = "") -> String {
            let origin = edge.origins.origins[0].listening
            return """
                zone: fresh.example
                hosts: [fresh.example]
                origins:
                  web:
                    endpoints: [{address: \(origin.host), port: \(origin.port)}]
                    health: {path: /healthz, interval: 1s, timeout: 400ms}
                    \(tls)
                settings: {default_origin: web}

                """
        }

        /// Nodes that run take the origin on before the commit; with none there is nobody to ask, and it is said.
        @Test func nodesTakeThemOnBeforeTheCommit() async throws {
            let edge = try await EdgeScenario.running()
            let words = ["zone", "import", "-", "--accept-warnings", "--yes", "--output", "json"]
            let made = try await edge.signalbox(words, input: zone(edge))
            #expect(made.json["deployment"]["evidence"]["origins"] == .string("passed"), "\(made.output)")
            for address in edge.production {
                #expect(try await edge.get(at: address, host: "fresh.example").status == 200)
            }

            // It has the outline of a certificate, so that nothing before Envoy objects.
            let authorities = """
                tls: {server_name: origin.example, authorities: "-----BEGIN CERTIFICATE-----\\nMAcwADAAAwEA\\n-----END CERTIFICATE-----\\n"}
                """
            let before = try await edge.signalbox("history", "--output", "json").output
            let refused = try await edge.attempt(words, input: zone(edge, tls: authorities))
            #expect(refused.status == 77 && refused.errors.contains("origins-refused"), "\(refused)")
            #expect(refused.errors.contains(edge.nodes[0].name), "\(refused.errors)")
            #expect(try await edge.signalbox("history", "--output", "json").output == before)
            for address in edge.production {
                #expect(try await edge.get(at: address, host: "fresh.example").status == 200)
            }

            // The nodes are not stuck on what they refused, and one that is away is not waited for.
            await edge.stopNode(edge.nodes[1])
            let next = zone(edge).replacing("400ms", with: "450ms")
            let again = try await edge.signalbox(words + ["--no-wait"], input: next)
            #expect(again.json["deployment"]["evidence"]["origins"] == .string("passed"), "\(again.output)")
            await edge.stopNode(edge.nodes[0])
            let alone = try await edge.signalbox(
                words + ["--no-wait"], input: zone(edge).replacing("400ms", with: "460ms"))
            #expect(alone.errors.contains("origins-skipped"), "\(alone.errors)")
            await edge.stop()
        }
    }
}
