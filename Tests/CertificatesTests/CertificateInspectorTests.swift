import Certificates
import EdgeModel
import EdgePlan
import Glibc
import TestKit
import Testing

@Suite("Certificates on this machine")
struct CertificateInspectorTests {
    private let inspector = CertificateInspector()

    @Test("A pair tells its names and its end, and fits")
    func whole() async throws {
        let folder = try TemporaryDirectory("certificates")
        let authority = try await TestAuthority.make(in: folder)
        let files = try await authority.issue("shop", hosts: ["Shop.example", "*.shop.example"], days: 10)
        let found = inspector.inspect(CertificateFiles(certificate: files.certificate, key: files.key))
        #expect(found.problem == nil)
        let facts = try #require(found.facts)
        #expect(facts.names == ["shop.example", "*.shop.example"])
        #expect((facts.notAfter.milliseconds - facts.notBefore.milliseconds) / 86_400_000 == 10)
    }

    @Test("What keeps a pair from being served is told with the file and nothing of its content")
    func broken() async throws {
        let folder = try TemporaryDirectory("certificates")
        let authority = try await TestAuthority.make(in: folder)
        let one = try await authority.issue("one", hosts: ["one.example"])
        let two = try await authority.issue("two", hosts: ["two.example"])
        try folder.write("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", to: "damaged.key")
        try folder.write("hello", to: "text")
        func problem(_ certificate: String, _ key: String) -> CertificateInspection.Problem? {
            inspector.inspect(CertificateFiles(certificate: certificate, key: key)).problem
        }
        #expect(problem(folder.path("none"), one.key)?.code == .missing)
        #expect(problem(one.certificate, folder.path("none"))?.file == folder.path("none"))
        #expect(problem(folder.path("text"), one.key)?.code == .notCertificate)
        #expect(problem(one.certificate, two.key)?.code == .mismatch)
        #expect(problem(one.certificate, folder.path)?.code == .unreadable)
        let damaged = try #require(problem(one.certificate, folder.path("damaged.key")))
        #expect(damaged.code == .notKey && !damaged.message.contains("c2VjcmV0"))
        // A pipe that nobody writes to must not hold anything up.
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(problem(folder.path("pipe"), one.key)?.code == .unreadable)
    }

    @Test("Every kind of key is read", arguments: [["rsa", "rsa_keygen_bits:2048"], ["ed25519"], ["ec"]])
    func kinds(_ kind: [String]) async throws {
        let folder = try TemporaryDirectory("certificates")
        let (key, certificate) = (folder.path("a.key"), folder.path("a.crt"))
        let options =
            kind.count > 1 ? ["-pkeyopt", kind[1]] : kind[0] == "ec" ? ["-pkeyopt", "ec_paramgen_curve:P-384"] : []
        let made = try await ChildProcess.run(
            "openssl",
            ["req", "-x509", "-newkey", kind[0]] + options + [
                "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=a", "-days", "5",
            ])
        #expect(made.exit.isSuccess, "\(made.errors)")
        let found = inspector.inspect(CertificateFiles(certificate: certificate, key: key))
        #expect(found.problem == nil && found.facts?.names == [])
    }

    @Test("A plan's certificates and authorities are looked at; what lies elsewhere is no fault")
    func check() async throws {
        let folder = try TemporaryDirectory("certificates")
        let authority = try await TestAuthority.make(in: folder)
        let files = try await authority.issue("shop", hosts: ["shop.example"], days: 10)
        let nothing = NetworkPlan(addresses: [], zones: [])
        let origin = OriginPlan(
            name: "web.1", endpoints: [], tls: OriginTLSPlan(serverName: "a", verify: true, authorities: "none"),
            health: nil, connectTimeout: 1, responseTimeout: 1, retries: nil, hostHeader: nil)
        let plan = EdgePlan(
            account: AccountID(rawValue: 1), production: nothing, lower: nothing, origins: [origin],
            certificates: [
                CertificatePlan(
                    zone: "shop.example", hosts: ["shop.example", "www.shop.example"],
                    files: CertificateFiles(certificate: files.certificate, key: files.key)),
                CertificatePlan(
                    zone: "far.example", hosts: ["far.example"],
                    files: CertificateFiles(certificate: folder.path("far.crt"), key: folder.path("far.key"))),
            ])
        let made = try #require(
            inspector.inspect(CertificateFiles(certificate: files.certificate, key: files.key)).facts)
        let findings = CertificateCheck(now: made.notBefore).look(at: plan)
        #expect(
            findings.map { "\($0.severity) \($0.code)" } == [
                "warning certificate-expiring", "warning certificate-name-mismatch", "info certificate-elsewhere",
                "error bad-certificate",
            ])
    }
}
