import FoundationEssentials
import Glibc
import TestKit
import Testing

extension EndToEnd {
    @Suite("TLS")
    struct TLSTests {
        @Test func zonesAreServedWithTheirCertificates() async throws {
            let lab = try await TLSLab.running()
            let edge = lab.edge
            try await serving(lab)
            try await keepingZonesApart(lab)
            try await staging(lab)
            try await late(lab)
            try await findings(lab)
            try await rotation(lab)
            await edge.stop()
        }

        /// HTTP/2 when the client offers it; rules see TLS and the version of the protocol.
        private func serving(_ lab: TLSLab) async throws {
            let two = try await lab.curl("https://www.shop.example/", at: lab.production)
            #expect(two.status == 200 && two.version == "2", "\(two)")
            #expect(two.header("x-edge-version") == "shop@1" && two.header("x-shop-tls") == "HTTP/2", "\(two)")
            let one = try await lab.curl("https://api.shop.example/", at: lab.production, ["--http1.1"])
            #expect(one.version == "1.1" && one.header("x-shop-tls") == "HTTP/1.1", "\(one)")
            let plain = try await lab.edge.get(at: lab.node.production)
            #expect(plain.status == 200 && plain.first("x-shop-tls") == nil)
            for (scheme, isSeen) in [("https", true), ("http", false)] {
                let trace = try await lab.edge.signalbox("trace", "\(scheme)://www.shop.example/", "-o", "json").output
                #expect(trace.contains("x-shop-tls") == isSeen, "\(trace)")
            }
        }

        private func keepingZonesApart(_ lab: TLSLab) async throws {
            let other = try await lab.curl("https://other.example/", at: lab.production)
            #expect(other.status == 200 && other.header("x-edge-version") == nil, "\(other)")
            // One zone's connection, another's host: the client is sent away to make a connection of its own.
            for options in [["--http1.1"], []] {
                let crossed = try await lab.curl(
                    "https://www.shop.example/", at: lab.production, options + ["--header", "Host: other.example"])
                #expect(crossed.status == 421, "\(crossed)")
            }
            let own = try await lab.curl(
                "https://www.shop.example/", at: lab.production,
                ["--http1.1", "--header", "Host: API.shop.example:443"])
            #expect(own.status == 401, "a host of the same zone, whose rules ask for a key: \(own)")
            // A rule's own refusal stays what it is.
            let forbidden = try await lab.curl("https://www.shop.example/admin", at: lab.production)
            #expect([200, 403, 404].contains(forbidden.status), "\(forbidden)")
            // Neither a zone without certificate nor an unknown name, nor none, gets an answer with TLS.
            for host in ["plain.example", "unknown.example", "127.0.0.10"] {
                let refused = try await lab.curl("https://\(host)/", at: lab.production, ["--insecure"])
                #expect(refused.status == 0 && refused.exit == .exited(35), "\(host): \(refused)")
            }
            #expect(try await lab.edge.get(at: lab.node.production, host: "plain.example").status == 200)
        }

        private func staging(_ lab: TLSLab) async throws {
            // Answered by the edge itself, since no two answers of the laboratory's origins are the same.
            let url = "https://shop.example:\(lab.port)/"
            let places = ["--staging", lab.staging, "--against", lab.production]
            let equal = try await lab.edge.attempt(
                ["staging", "probe", url] + places + ["--cacert", lab.authority.file])
            #expect(equal.status == 0, "\(equal)")
            let untrusted = try await lab.edge.attempt(["staging", "probe", url] + places)
            #expect(untrusted.status != 0 && "\(untrusted)".contains("certificate"), "\(untrusted)")
            let command = try await lab.edge.signalbox(
                ["staging", "curl", url, "--staging", lab.staging, "--cacert", lab.authority.file])
            let run = try await ChildProcess.run(
                "sh", ["-c", command.output.trimmed + " --silent --output /dev/null --write-out '%{http_code}'"])
            #expect(run.output == "301", "\(command.output) \(run.errors)")
        }

        /// A certificate that is missing harms its own zone only, is shown with its reason, and is served when it comes.
        private func late(_ lab: TLSLab) async throws {
            let refused = try await lab.curl("https://late.example/", at: lab.production, ["--insecure"])
            #expect(refused.status == 0 && refused.exit == .exited(35), "\(refused)")
            let missing = lab.file("late.crt")
            try await eventually("the node's word on the file") {
                try await lab.edge.signalbox("node", "list").output.contains("refuses \(missing): No such file")
            }
            let doctor = try await lab.edge.attempt("doctor")
            #expect(doctor.status == 1 && doctor.output.contains("certificate-missing"), "\(doctor)")
            try await lab.authority.issue("late", hosts: ["late.example"])
            try await eventually("late.example over TLS") {
                try await lab.curl("https://late.example/", at: lab.production).status == 200
            }
        }

        private func findings(_ lab: TLSLab) async throws {
            let findings = try await lab.edge.signalbox("zone", "show", "shop.example", "-o", "json").json["findings"]
            let codes = findings.elements.compactMap { $0["code"].text }
            #expect(Set(codes) == ["certificate-expiring"] && codes.count == 2, "\(findings)")
            let text = try await lab.edge.signalbox("status").output
            #expect(text.contains("certificate-expiring") && text.contains("node fra1, zone shop.example"), "\(text)")
            let keys = try Data(contentsOf: URL(filePath: lab.file("shop.key")))
            let secret = String(decoding: keys, as: UTF8.self).split(separator: "\n")[1]
            for file in ["state.db", "nodes/fra1/last-good", "nodes/fra1/envoy.log", "nodes/fra1/bootstrap.json"] {
                let bytes = try? Data(contentsOf: URL(filePath: lab.edge.folder.path(file)))
                let isFree = bytes.map { !String(decoding: $0, as: UTF8.self).contains(secret) } ?? true
                #expect(isFree, "\(file) holds the key")
            }
        }

        /// Files replaced by a rename, as tools do it, are served without a restart; a half-replaced pair is not.
        private func rotation(_ lab: TLSLab) async throws {
            let next = try await TestAuthority.make(in: lab.folder, name: "next")
            try await next.issue("renewed", hosts: ["shop.example", "*.shop.example"])
            func replace(_ kind: String) throws {
                let target = lab.file("shop." + kind)
                guard rename(lab.file("renewed." + kind), target) == 0 else { throw CocoaError(.fileWriteUnknown) }
            }
            try replace("crt")
            try await eventually("the mismatch shown") {
                try await lab.edge.signalbox("node", "list").output.contains("it is not the key of")
            }
            #expect(try await lab.curl("https://www.shop.example/", at: lab.production).status == 200)
            try replace("key")
            try await eventually("the renewed certificate") {
                try await lab.curl("https://www.shop.example/", at: lab.production, authority: next.file).status == 200
            }
            #expect(try await lab.curl("https://www.shop.example/", at: lab.production).status == 0)
        }
    }
}
