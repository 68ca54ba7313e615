import RulesLanguage
import TestKit
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"), ("2001:DB8::0001", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("0:1::", "0:1::"),
    ])
    func textIsReadAndWritten(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1..2.3", ":", ":::", "1:2", "1::2::3",
        "12345::",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1%eth0", "[::1]", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7:8", "::1.2.3",
        "g::", "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
    ])
    func otherTextIsRefused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func everyAddressReadsBack() {
        var random = SeededGenerator.announced("addresses")
        for _ in 0..<5_000 {
            // Many zero groups, so that all forms of shortening occur.
            let groups = (0..<8).map { _ in
                Bool.random(using: &random) ? UInt64(0) : UInt64.random(in: 0...0xffff, using: &random)
            }
            let address = IPAddress(
                v6High: groups[..<4].reduce(0) { $0 << 16 | $1 }, low: groups[4...].reduce(0) { $0 << 16 | $1 })
            #expect(IPAddress(address.description) == address)
            let small = IPAddress(v4: UInt32.random(in: 0...UInt32.max, using: &random))
            #expect(IPAddress(small.description) == small)
        }
    }

    @Test func rangesHoldWhatTheyShould() throws {
        let network = try #require(IPRange("2001:db8::/33"))
        #expect(network.contains(try #require(IPAddress("2001:db8:7fff:ffff::1"))))
        #expect(!network.contains(try #require(IPAddress("2001:db8:8000::"))))
        #expect(try #require(IPRange("0.0.0.0/0")).contains(IPAddress(v4: .max)))
        #expect(try !#require(IPRange("::/0")).contains(IPAddress(v4: 1)))
        #expect(try #require(IPRange("::/0")).contains(IPAddress(v6High: .max, low: .max)))
        #expect(IPRange("192.0.2.1/24") == nil)
        #expect(IPRange("192.0.2.9..192.0.2.1") == nil)
        #expect(try #require(IPRange("192.0.2.4/30")).last == IPAddress("192.0.2.7"))
    }
}
