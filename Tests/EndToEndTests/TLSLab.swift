import FoundationEssentials
import TestKit

/// A scenario whose nodes also listen for TLS, and curl as its client.
///
/// Beside the shop there are `other.example` with a certificate of its own, `plain.example` without one, and
/// `late.example`, whose certificate is not there yet.
struct TLSLab {
    let edge: EdgeScenario
    let folder: TemporaryDirectory
    let authority: TestAuthority
    let node: EdgeNode
    let port: Int

    var production: String { "\(node.production.host):\(port)" }
    var staging: String { "\(node.staging.host):\(port)" }
    func file(_ name: String) -> String { folder.path(name) }

    static let rule = """
            - ref: tell-tls
              expression: 'ssl'
              action: rewrite
              action_parameters: {headers: {x-shop-tls: {operation: set, expression: 'http.request.version'}}}
            - ref: tell-client
              expression: ip.src in {203.0.113.0/24}
              action: rewrite
              action_parameters: {headers: {x-shop-client: {operation: set, expression: 'to_string(ip.src)'}}}
            - ref: security-headers

        """

    static func running() async throws -> TLSLab {
        let folder = try TemporaryDirectory("tls")
        let authority = try await TestAuthority.make(in: folder)
        try await authority.issue("shop", hosts: ["shop.example", "*.shop.example"], days: 10)
        try await authority.issue("other", hosts: ["other.example"])
        func tls(_ name: String) -> String {
            "tls: {certificate: \(folder.path(name + ".crt")), key: \(folder.path(name + ".key"))}\n"
        }
        let port = try FreePort.pick(1, on: ["127.0.0.10", "127.0.0.20", "127.0.0.11", "127.0.0.21"])[0]
        let edge = try await EdgeScenario.prepared { text in
            text.replacing("zone: shop.example\n", with: "zone: shop.example\n" + tls("shop"))
                .replacing("    - ref: security-headers\n", with: rule)
        }
        let origin = edge.origins.origins[0].listening
        for zone in ["other", "plain", "late"] {
            let text = """
                zone: \(zone).example
                \(zone == "plain" ? "" : tls(zone))
                origins: {web: {endpoints: [{address: \(origin.host), port: \(origin.port)}]}}
                settings: {default_origin: web}
                """
            try await edge.signalbox(["zone", "import", "-", "--accept-warnings", "--yes"], input: text)
        }
        try await edge.startServe()
        try await edge.signalbox("env", "assign", "staging", "shop@1", "--accept-warnings", "--yes")
        try await edge.signalbox("promote", "shop", "--accept-warnings", "--yes")
        let node = edge.nodes[0]
        try await edge.register(node)
        let options = [
            "--listen", "https://\(node.production.host):\(port)", "--staging", "https://\(node.staging.host):\(port)",
        ]
        try await edge.startNode(node, options)
        try await edge.serves("shop@1", at: [node.production, node.staging], within: .seconds(60))
        let lab = TLSLab(edge: edge, folder: folder, authority: authority, node: node, port: port)
        try await eventually("TLS on both sockets") {
            for address in [lab.production, lab.staging] {
                guard try await lab.curl("https://www.shop.example/", at: address).status == 200 else { return false }
            }
            return true
        }
        return lab
    }

    struct Answer: CustomStringConvertible {
        /// 0: no answer.
        var status: Int
        var version: String
        var headers: String
        /// curl's exit code.
        var exit: ChildProcess.Exit

        var description: String { "\(status) HTTP/\(version), curl \(exit): \(headers)" }
        func header(_ name: String) -> String? {
            headers.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix(name + ": ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    func curl(_ url: String, at address: String, _ options: [String] = [], authority: String? = nil) async throws
        -> Answer
    {
        let finished = try await ChildProcess.run(
            "curl",
            [
                "--silent", "--max-time", "10", "--cacert", authority ?? self.authority.file, "--connect-to",
                "::\(address)", "--dump-header", "-", "--output", "/dev/null", "--write-out",
                "\n%{http_code} %{http_version}",
            ] + options + [url])
        let words = finished.output.split(whereSeparator: \.isWhitespace).suffix(2).map(String.init)
        return Answer(
            status: words.first.flatMap { Int($0) } ?? 0, version: words.last ?? "", headers: finished.output,
            exit: finished.exit)
    }
}
