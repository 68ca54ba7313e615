import MailRouting
import Testing

@Suite("Verdicts of SPF, DKIM and DMARC")
struct AuthenticationTests {
    private func read(_ headers: [(String, String)], of server: String? = "mx.example.com") -> String {
        MailAuthentication(reading: headers.map { MailHeader($0.0, $0.1) }, of: server).text
    }

    @Test(arguments: [
        (
            "mx.example.com; spf=pass smtp.mailfrom=a@b.c; dkim=fail (bad; sig) header.d=b.c; dmarc=none",
            "spf=pass dkim=fail dmarc=none"
        ),
        ("MX.Example.com 1 ; SPF = Pass", "spf=pass"),
        ("\"mx.example.com\"; spf/1=softfail", "spf=softfail"),
        ("mx.example.com (a (nested) comment; spf=pass) ; dkim=neutral reason=\"a; spf=pass\"", "dkim=neutral"),
        ("mx.example.com; dkim=fail header.d=a; dkim=pass header.d=b", "dkim=pass"),
        ("mx.example.com; none", "unknown"), ("mx.example.com", "unknown"), ("mx.example.com; spf=splendid", "unknown"),
        ("mx.example.com; spf=pass (open comment", "unknown"), ("mx.example.com; spf", "unknown"),
        ("mx.example.com x; spf=pass", "unknown"), ("", "unknown"), ("; spf=pass", "unknown"),
        ("mx.example.com.evil.test; spf=pass", "unknown"), ("evil.test; mx.example.com; spf=pass", "unknown"),
    ])
    func areReadFromOneHeader(value: String, wanted: String) {
        #expect(read([("Authentication-Results", value)]) == wanted)
    }

    @Test func othersAndForgeriesAreIgnored() {
        let ours = ("Authentication-Results", "mx.example.com; spf=fail; dmarc=fail")
        let forged = ("Authentication-Results", "mx.example.com; spf=pass; dkim=pass; dmarc=pass")
        let other = ("Authentication-Results", "mx.other.test; spf=pass; dkim=pass; dmarc=pass")
        #expect(read([other]) == "unknown")
        #expect(read([ours, other]) == "spf=fail dmarc=fail")
        // What the sender wrote stands below our verifier's, and below the first header of the message itself.
        #expect(read([ours, ("Received", "from evil"), forged]) == "spf=fail dmarc=fail")
        #expect(read([("From", "a@b.c"), forged]) == "unknown")
        #expect(read([forged], of: nil) == "unknown")
        #expect(read([forged], of: "") == "unknown")
    }

    /// Who wrote a header at the top is nothing that it tells: a verifier that leaves those of senders there (against RFC
    /// 8601 section 5) lets them add methods that it does not report itself, and no verifier at all lets them say anything.
    /// `email postfix check` warns of that.
    @Test func aForgeryThatTheVerifierLeavesAtTheTopCountsWhereItSaysNothingItself() {
        let ours = ("Authentication-Results", "mx.example.com; spf=fail; dmarc=fail")
        let forged = ("Authentication-Results", "mx.example.com; spf=pass; dkim=pass; dmarc=pass")
        #expect(read([ours, forged]) == "spf=fail dkim=pass dmarc=fail", "a method of ours is never overruled")
        #expect(read([forged, ("Received", "from evil")]) == "spf=pass dkim=pass dmarc=pass")
    }

    @Test func separateHeadersOfOneVerifierAreJoined() {
        #expect(
            read([
                ("Authentication-Results", "mx.example.com; dmarc=pass"),
                ("authentication-results", "mx.example.com; spf=pass"),
            ]) == "spf=pass dmarc=pass")
    }
}
