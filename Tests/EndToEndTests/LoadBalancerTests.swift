import Foundation
import TestKit
import Testing

extension EndToEnd {
    /// Staging behind a load balancer: all of its addresses lead to one socket of the node.
    @Suite("PROXY protocol")
    struct LoadBalancerTests {
        private static let request = Array("GET / HTTP/1.1\r\nHost: www.shop.example\r\nConnection: close\r\n\r\n".utf8)

        private static func first(_ destination: String) -> [UInt8] {
            Array("PROXY TCP4 203.0.113.9 \(destination) 40000 80\r\n".utf8)
        }

        private static func second(_ destination: [UInt8]) -> [UInt8] {
            Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x21, 0x11, 0, 12, 203, 0, 113, 9] + destination + [
                0x9C, 0x40, 0, 80,
            ]
        }

        /// The version that answers, and the client that a rule saw; nil: the connection was closed.
        private func answer(_ header: [UInt8], at address: HostPort, from source: String? = nil) async throws -> String?
        {
            let bytes = header + Self.request
            return try await Blocking.run { try Self.exchange(bytes, with: address, from: source) }
        }

        private static func exchange(_ bytes: [UInt8], with address: HostPort, from source: String?) throws -> String? {
            do {
                let answer = try RawHTTPConnection(to: address, source: source).exchange(bytes)
                return "\(answer.first("x-edge-version") ?? "-") for \(answer.first("x-shop-client") ?? "-")"
            } catch {
                guard error == .reset || error == .aborted else { throw error }
                return nil
            }
        }

        @Test func theHeaderTellsClientAndStagingAddress() async throws {
            let edge = try await EdgeScenario.prepared { text in
                text.replacing(
                    "    - ref: security-headers\n",
                    with: """
                            - ref: tell-client
                              expression: ip.src in {203.0.113.0/24}
                              action: rewrite
                              action_parameters: {headers: {x-shop-client: {operation: set, value: documentation}}}
                            - ref: security-headers

                        """)
            }
            try await edge.signalbox("env", "change", "staging", "--staging-address", "192.0.2.77", "--yes")
            try await edge.startServe()
            try await edge.signalbox("env", "assign", "staging", "shop@1", "--accept-warnings", "--yes")
            try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
            try await edge.makeVersion(by: "release-2")
            try await edge.signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes", "--wait", "0s")
            let node = edge.nodes[0]
            let behind = HostPort(node.staging.host, try FreePort.pick(1, on: [node.staging.host])[0])
            try await edge.register(node)
            try await edge.startNode(
                node, ["--staging", "http+proxy://\(behind)", "--load-balancer", "127.0.0.1", "--load-balancer", "::1"])
            try await eventually("staging behind the load balancer") {
                try await answer(Self.first("192.0.2.77"), at: behind) == "shop@2 for documentation"
            }
            // What is staged answers on the staging address only; the lower network serves production on others.
            #expect(try await answer(Self.first("192.0.2.78"), at: behind) == "shop@1 for documentation")
            #expect(try await answer(Self.second([192, 0, 2, 77]), at: behind) == "shop@2 for documentation")
            #expect(try await answer(Self.second([192, 0, 2, 78]), at: behind) == "shop@1 for documentation")
            // Without a header, and from anybody else with one, the connection is closed.
            #expect(try await answer([], at: behind) == nil)
            #expect(try await answer(Self.first("192.0.2.77"), at: behind, from: "127.0.0.5") == nil)
            let unnamed = try await edge.attempt(
                "node", "run", "x1", "--token-file", "none", "--module", "none", "--listen", "http+proxy://127.0.0.1:1")
            #expect(unnamed.status == 64 && "\(unnamed)".contains("--load-balancer"), "\(unnamed)")
            await edge.stop()
        }
    }
}
