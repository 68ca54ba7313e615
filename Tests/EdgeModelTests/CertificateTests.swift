import EdgeModel
import EdgePlan
import Testing

@Suite("Certificates of zones")
struct CertificateTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)
    private let day: Int64 = 86_400_000
    private let files = CertificateFiles(certificate: "/tls/a.crt", key: "/tls/a.key")

    private func codes(
        names: [String] = ["a.example"], hosts: [String] = ["a.example"], endsIn milliseconds: Int64,
        problem: CertificateInspection.Problem? = nil
    ) -> [String] {
        let facts = CertificateFacts(
            names: names, notBefore: now.advanced(byMilliseconds: -day),
            notAfter: now.advanced(byMilliseconds: milliseconds))
        return CertificateFindings.findings(
            zone: "a.example", hosts: hosts,
            CertificateInspection(files: files, facts: facts, problem: problem), place: "node fra1", at: now
        ).map(\.code)
    }

    @Test("The end within 21 days is a finding, and so is an end that is over")
    func ends() {
        #expect(codes(endsIn: 21 * day + 1) == [])
        #expect(codes(endsIn: 21 * day) == ["certificate-expiring"])
        #expect(codes(endsIn: 0) == ["certificate-expiring"])
        #expect(codes(endsIn: -1) == ["certificate-expired"])
    }

    @Test("A wildcard covers one label, and a wildcard host only by the same wildcard")
    func names() {
        func mismatch(_ names: [String], _ host: String) -> Bool {
            codes(names: names, hosts: [host], endsIn: 90 * day) == ["certificate-name-mismatch"]
        }
        #expect(!mismatch(["*.a.example"], "www.a.example"))
        #expect(mismatch(["*.a.example"], "a.example"))
        #expect(mismatch(["*.a.example"], "x.www.a.example"))
        #expect(!mismatch(["*.a.example"], "*.a.example"))
        #expect(mismatch(["*.example", "www.a.example"], "*.a.example"))
    }

    @Test("What cannot be served with is an error with file and reason")
    func problem() {
        let problem = CertificateInspection.Problem(.mismatch, file: "/tls/a.key", "it is not the key")
        #expect(codes(endsIn: 90 * day, problem: problem) == ["certificate-mismatch"])
    }

    @Test("A zone names its files; it is read back as written")
    func document() throws {
        let tls: DocumentValue = .object(["certificate": .string("/tls/a.crt"), "key": .string("/tls/a.key")])
        let (zone, findings) = ZoneDocument.read(
            DocumentNode(.object(["zone": .string("a.example"), "tls": tls])))
        #expect(findings == [] && zone?.tls == files)
        let written = try #require(zone).write()
        #expect(ZoneDocument.read(DocumentNode(written)).0 == zone)
    }

    @Test(
        "Nothing but a whole path is taken, least of all a key",
        arguments: ["a.key", "/tls/../a.key", "/tls/a:b", "/tls/a b", "/tls/", "-----BEGIN PRIVATE KEY-----"])
    func paths(_ path: String) {
        let tls: DocumentValue = .object(["certificate": .string("/tls/a.crt"), "key": .string(path)])
        let (zone, findings) = ZoneDocument.read(DocumentNode(.object(["zone": .string("a.example"), "tls": tls])))
        #expect(findings.map(\.code) == ["bad-path"] && zone?.tls == nil)
        #expect(findings.allSatisfy { !$0.message.contains("BEGIN") })
    }
}

extension ZoneDocument {
    fileprivate func write() -> DocumentValue {
        Self.write(name: name, hosts: hosts, tls: tls, configuration: configuration)
    }
}
