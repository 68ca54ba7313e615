import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    /// A load balancer that passes TLS on as it is, behind its PROXY protocol header.
    @Suite("TLS behind PROXY protocol")
    struct ProxiedTLSTests {
        @Test func theHeaderTellsTheClientAndTheServerNameChoosesTheCertificate() async throws {
            let lab = try await TLSLab.running()
            let edge = lab.edge
            try await edge.stageSecondVersion()
            let node = edge.nodes[1]
            try await edge.register(node)
            let (open, staged) = ("\(node.production.host):\(lab.port)", "\(node.staging.host):\(lab.port)")
            try await edge.startNode(
                node,
                [
                    "--listen", "https+proxy://\(open)", "--staging", "https+proxy://\(staged)",
                    "--load-balancer", "127.0.0.1", "--load-balancer", "::1",
                ])
            let client = ProxiedClient(authority: lab.authority.file)
            func first(to destination: String) -> [UInt8] {
                Array("PROXY TCP4 203.0.113.9 \(destination) 40000 443\r\n".utf8)
            }
            try await eventually("TLS behind the header") {
                try await client.ask(open, first(to: "192.0.2.80")) == "200 shop@1 for 203.0.113.9"
            }
            // Both versions of the header. The staging address is the one in it, wherever the connection arrived.
            #expect(try await client.ask(open, Self.second(from: [203, 0, 113, 8])) == "200 shop@1 for 203.0.113.8")
            try await eventually("what is staged") {
                try await client.ask(staged, first(to: node.staging.host)) == "200 shop@2 for 203.0.113.9"
            }
            #expect(
                try await client.ask(staged, Self.second(from: [203, 0, 113, 8], to: [127, 0, 0, 21]))
                    == "200 shop@2 for 203.0.113.8")
            #expect(try await client.ask(staged, first(to: "192.0.2.80")) == "200 shop@1 for 203.0.113.9")
            // What the load balancer asks for itself (LOCAL) is its own.
            #expect(try await client.ask(open, Self.signature + [0x20, 0, 0, 0]) == "200 shop@1 for -")

            // Another name, another certificate; a name without one ends the handshake.
            #expect(try await client.ask(open, first(to: "192.0.2.80"), name: "other.example") == "200 - for -")
            #expect(try await client.ask(open, first(to: "192.0.2.80"), name: "plain.example") == "closed")
            // HTTP/2 with the header that curl writes.
            let second = try await lab.curl(
                "https://www.shop.example/", at: open, ["--haproxy-protocol", "--http2"])
            #expect(second.status == 200 && second.version == "2", "\(second)")

            // No header, half a header, another protocol, or anybody else: closed before TLS.
            #expect(try await client.ask(open, []) == "closed")
            #expect(try await client.ask(open, Array("PROXY TCP4 203.0.113.9\r\n".utf8)) == "closed")
            #expect(try await client.ask(open, first(to: "192.0.2.80"), from: "127.0.0.5") == "closed")
            #expect(try await client.ask(open, [], from: "127.0.0.5") == "closed")
            await edge.stop()
        }

        private static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

        /// PROXY protocol version 2, section 2.2.
        private static func second(from client: [UInt8], to server: [UInt8] = [192, 0, 2, 80]) -> [UInt8] {
            signature + [0x21, 0x11, 0, 12] + client + server + [0x9C, 0x40, 1, 0xBB]
        }
    }
}

/// Writes exact bytes and begins TLS behind them, which no client with a name does.
private struct ProxiedClient {
    let authority: String

    /// Status, version and client that the answer tells; `closed` when the other side ended the connection before TLS
    /// was there.
    private static let script = """
        import socket, ssl, sys
        host, port = sys.argv[1].rsplit(":", 1)
        source, name, authority, header = sys.argv[2:6]
        plain = socket.create_connection((host, int(port)), 10, (source, 0))
        plain.sendall(bytes.fromhex(header))
        context = ssl.create_default_context(cafile=authority)
        try:
            secure = context.wrap_socket(plain, server_hostname=name)
        except ssl.SSLZeroReturnError:
            sys.exit("closed")
        except ssl.SSLEOFError:
            sys.exit("closed")
        except ssl.SSLError as error:
            sys.exit(str(error))
        except OSError:
            sys.exit("closed")
        secure.sendall(f"GET / HTTP/1.1\\r\\nHost: {name}\\r\\nConnection: close\\r\\n\\r\\n".encode())
        answer = b""
        while piece := secure.recv(65536):
            answer += piece
        lines = answer.split(b"\\r\\n\\r\\n")[0].decode().split("\\r\\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        print(lines[0].split()[1], fields.get("x-edge-version", "-"), "for", fields.get("x-shop-client", "-"))
        """

    func ask(
        _ place: String, _ header: [UInt8], name: String = "www.shop.example", from source: String = "127.0.0.1"
    ) async throws -> String {
        let hex = header.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        let finished = try await ChildProcess.run(
            "python3", ["-c", Self.script, place, source, name, authority, hex.joined()])
        return (finished.exit.isSuccess ? finished.output : finished.errors).trimmed
    }
}
