import TestKit
import Testing

extension EndToEnd {
    @Suite("Origins over TLS are who they say they are")
    struct OriginTLSTests {
        private static let host = "www.tls.example"

        @Test func theNameIsSentAndTheCertificateVerified() async throws {
            let edge = try await EdgeScenario.running()
            let own = try await TestCertificate.make("DNS:origin.test", in: edge.folder)
            let stranger = try await TestCertificate.make("DNS:stranger.test", in: edge.folder)
            let files = ["--tls-cert", own.certificate, "--tls-key", own.key]
            let any = try await OriginProcess.start(["any:lab"], arguments: files)
            // One that ends the handshake of a client that asks for no name or another one.
            let strict = try await OriginProcess.start(
                ["strict:lab"], arguments: files + ["--tls-name", "origin.test"])

            func origin(_ name: String, _ process: OriginProcess, _ serverName: String, _ authority: String?) -> String
            {
                let place = process.origins[0].listening
                let trusted = authority.map { "      authorities: |\n" + indented($0) } ?? ""
                return """
                      \(name):
                        endpoints: [{address: \(place.host), port: \(place.port)}]
                        tls:
                          server_name: \(serverName)

                    """ + trusted
            }
            let names = ["good", "asked", "wrong-name", "wrong-authority", "no-authority"]
            let text = """
                zone: tls.example
                hosts: [\(Self.host)]
                settings: {default_origin: good}
                origins:

                """
                + origin("good", any, "origin.test", own.authority)
                + origin("asked", strict, "origin.test", own.authority)
                + origin("wrong-name", any, "other.test", own.authority)
                + origin("wrong-authority", any, "origin.test", stranger.authority)
                + origin("no-authority", any, "origin.test", nil) + "rules:\n  http_request_origin:\n"
                + names.map { name in
                    let isAsked = "http.request.uri.path eq \"/\(name)\""
                    let action = "action: route, action_parameters: {origin: {host: \(name)}}"
                    return "    - {ref: \(name), expression: '\(isAsked)', \(action)}\n"
                }.joined()
            try await edge.signalbox(["zone", "import", "-", "--accept-warnings", "--yes"], input: text)
            try await eventually("the zone") {
                try await edge.get("/good", at: edge.production[0], host: Self.host).status == 200
            }
            for address in edge.production {
                for (name, answers) in [("good", "any"), ("asked", "strict")] {
                    let answer = try await edge.get("/\(name)", at: address, host: Self.host)
                    #expect(answer.status == 200 && answer.first("x-origin") == answers, "\(name): \(answer.status)")
                }
                for name in ["wrong-name", "wrong-authority", "no-authority"] {
                    let answer = try await edge.get("/\(name)", at: address, host: Self.host)
                    #expect(answer.status == 503 && answer.first("x-origin") == nil, "\(name): \(answer.status)")
                }
            }
            await edge.stop()
            await any.stop()
            await strict.stop()
        }

        private func indented(_ text: String) -> String {
            text.split(separator: "\n").map { "        \($0)\n" }.joined()
        }
    }
}
