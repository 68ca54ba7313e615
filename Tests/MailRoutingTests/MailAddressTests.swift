import MailRouting
import Testing

@Suite("Mail addresses")
struct MailAddressTests {
    @Test(arguments: [
        ("alice@example.com", "alice", "example.com"),
        ("<alice@Example.COM>", "alice", "example.com"),
        ("Al.ice+Tag@example.com", "Al.ice+Tag", "example.com"),
        ("\"quoted local\"@example.com", "quoted local", "example.com"),
        ("\"a\\\"b\\\\c\"@example.com", "a\"b\\c", "example.com"),
        ("\"plain\"@example.com", "plain", "example.com"),
        ("user@[192.0.2.1]", "user", "[192.0.2.1]"),
        ("user@[IPv6:2001:db8::1]", "user", "[ipv6:2001:db8::1]"),
        ("!#$%&'*+-/=?^_`{|}~@xn--bcher-kva.example", "!#$%&'*+-/=?^_`{|}~", "xn--bcher-kva.example"),
    ])
    func isReadAndPrintedSoThatItReadsBack(text: String, local: String, domain: String) throws {
        let address = try #require(MailAddress(text))
        #expect(address.local == local)
        #expect(address.domain == domain)
        #expect(MailAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "<>", "alice", "@example.com", "alice@", "a b@example.com", ".a@example.com", "a.@example.com",
        "a..b@example.com", "\"open@example.com", "\"\"@example.com", "a@exa mple.com", "a@example.com.", "a@-x.com",
        "a@b@c.com", "bücher@example.com", "a@bücher.example", "a\u{0}@example.com", "a@example.com\r\nRCPT TO:<b@c.d>",
        "\"a\u{7}b\"@example.com", "\"a\nb\"@example.com", "a@[1.2.3.4", "a@[]", "<a@b.c", "a@b.c>", "a,b@example.com",
    ])
    func hostileAndBrokenTextsAreNoAddresses(text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test func lengthsAreBounded() {
        let longest = String(repeating: "a", count: 64)
        #expect(MailAddress("\(longest)@example.com") != nil)
        #expect(MailAddress("\(longest)a@example.com") == nil)
        let domain = Array(repeating: String(repeating: "d", count: 61), count: 3).joined(separator: ".")
        #expect(MailAddress("\(longest)@\(domain)") != nil)
        #expect(MailAddress("\(longest)@\(domain).dddd") == nil)
    }

    @Test func tagsStandBehindTheFirstPlus() throws {
        let tagged = try #require(MailAddress("Info+a+b@example.com")?.subaddress)
        #expect(tagged == ("Info", "a+b"))
        #expect(MailAddress("info@example.com")?.subaddress == nil)
        #expect(MailAddress("+x@example.com")?.subaddress == nil)
        #expect(MailAddress("info+@example.com")?.subaddress?.tag == "")
    }

    @Test func sendersMeanOneOrAllOfADomain() throws {
        let all = try #require(MailSender("@Bad.Example"))
        let one = try #require(MailSender("Eve@bad.example"))
        let eve = try #require(MailAddress("EVE@BAD.example"))
        #expect(all.matches(eve) && one.matches(eve))
        #expect(!one.matches(MailAddress("adam@bad.example")) && !all.matches(MailAddress("eve@sub.bad.example")))
        #expect(!all.matches(nil) && !one.matches(nil))
        #expect(MailSender("bad.example") == nil && MailSender("@") == nil)
    }
}
