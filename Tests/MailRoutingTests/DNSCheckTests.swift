import EdgeModel
import MailRouting
import Testing

@Suite("What a mail domain needs in its DNS")
struct DNSCheckTests {
    private func codes(
        mx: [String] = ["mx.example.com"], texts: [String] = ["v=spf1 mx -all"], dmarc: [String] = ["v=DMARC1; p=none"],
        dkim: [String]? = nil, selector: String? = nil
    ) -> [String] {
        MailDNSCheck(
            of: "example.com", host: "mx.example.com", selector: selector,
            MailDNSFacts(
                exchanges: mx.map { .init(preference: 10, host: $0) }, texts: texts, dmarc: dmarc, dkim: dkim)
        ).findings.map(\.code)
    }

    @Test func allIsWell() {
        #expect(codes() == [])
        #expect(codes(texts: ["google-verification=1", "V=SPF1 a:mx.example.com ~all"]) == [])
        #expect(codes(texts: ["v=spf1 include:_spf.example.net -all"]) == [])
        #expect(codes(dkim: ["v=DKIM1; p=MIIB"], selector: "s1") == [])
    }

    @Test func everythingMissingIsNamed() {
        #expect(
            codes(mx: [], texts: [], dmarc: [], dkim: [], selector: "s1") == ["no-mx", "no-spf", "no-dmarc", "no-dkim"])
        #expect(codes(mx: [""]) == ["null-mx"])
        #expect(codes(mx: ["old.example.net"]) == ["other-mx"])
        #expect(codes(mx: ["mx.example.com", "old.example.net"]) == ["mixed-mx"])
        #expect(codes(texts: ["v=spf1 mx -all", "v=spf1 -all"]) == ["many-spf"])
        #expect(codes(texts: ["v=spf1 -all"]) == ["spf-without-us"])
        #expect(codes(texts: ["v=spf1 mx +all"]) == ["spf-for-all"])
        #expect(codes(texts: ["v=spf10 mx"]) == ["no-spf"])
        #expect(codes(dmarc: ["v=DMARC1; p=none", "v=DMARC1; p=reject"]) == ["many-dmarc"])
        #expect(codes(dkim: ["v=DKIM1; p="], selector: "s1") == ["revoked-dkim"])
    }

    @Test func theRecordsAreOnesForAZoneFile() {
        let check = MailDNSCheck(
            of: "example.com", host: "mx.example.com", selector: nil,
            MailDNSFacts(exchanges: [], texts: [], dmarc: [], dkim: nil))
        #expect(check.needed.map { "\($0.name) \($0.type) \($0.value)" }.first == "example.com. MX 10 mx.example.com.")
        #expect(check.problems.count == 2)
    }
}
