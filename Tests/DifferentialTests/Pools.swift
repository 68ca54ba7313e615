/// What requests and rules are made of. One pool for both, so that conditions hold about as often as they fail.
enum Pools {
    /// Zones and the hosts they serve.
    static let zones: [(name: String, hosts: [String])] = [
        ("alpha.test", ["alpha.test", "*.alpha.test"]),
        ("beta.test", ["beta.test", "www.beta.test"]),
        ("deep.alpha.test", ["deep.alpha.test", "*.deep.alpha.test"]),
        ("delta.co.uk", ["delta.co.uk", "*.delta.co.uk", "*.wide", "other-delta.test"]),
    ]
    static let hosts = ["alpha.test", "www.alpha.test", "shop.alpha.test", "beta.test", "www.beta.test"]
    /// As clients write them; the last ones belong to no zone.
    static let writtenHosts =
        hosts + hosts + hosts + [
            "ALPHA.test", "Www.Alpha.Test", "alpha.test.", "beta.test:80", "BETA.TEST.:8080", "shop.alpha.test:443",
            "alpha.test:", "alpha.test..", "a.b.alpha.test", "-x.alpha.test", "x_y.alpha.test", "deep.alpha.test",
            "x.DEEP.alpha.test", "delta.co.uk", "www.Delta.CO.UK.:81", "a.wide", "a.b.wide", "other-delta.test", "wide",
        ]
    static let foreignHosts = ["gamma.test", "[::1]", "127.0.0.1", "test", "alpha.test.evil", "beta.test%00", "a b"]

    static let paths = [
        "/", "/a", "/a/b", "/a/b/c", "/A/B", "/shop/cart", "/shop/item/42", "/index.html", "/img/logo.PNG",
        "/img/a.jpeg", "/shop/b.gif", "/favicon.ico", "/x.tar.gz", "/.mp3", "/a.b/c", "/blog/2026/11", "/api/v1/users",
        "/__lab/status/404", "/__lab/status/503", "/__lab/lasting/60",
    ]
    /// Encoded, doubled, dotted and otherwise unlike what a browser sends.
    static let hostilePaths = [
        "/%61", "/a%2Fb", "/a%2fb", "/a%5Cb", "/a//b", "//a/b", "/a/./b", "/a/../b", "/a/%2e%2e/b", "/..%2f..",
        "/../../etc/passwd", "/a/..", "/a/.", "/caf%C3%A9", "/caf\u{E9}", "/a%20b", "/a%00b", "/a%0d%0aX:1", "/%",
        "/%zz", "/%4", "/a|b", "/a;x=1", "/a\\b", "/a\\..\\b", "/a'b\"c", "/a<b>", "/~a", "/a%7Eb", "/a+b", "/a*b",
        "/a{b}", "/%25%36%31", "/a#b", "/a%23b", "/a%3Fb", "/...", "/a/...", "/%F0%9F%90%88", "/" + long,
    ]
    static let long = String(repeating: "long/", count: 60)

    static let queries = [
        "", "a=1", "a=1&b=2", "a=1&a=2", "b", "b=2", "q=a+b", "utm_source=x&a=1", "id=42", "a=&b=", "lang=de",
    ]
    static let hostileQueries = [
        "a=%31", "x=../../etc", "a=1&&b=", "=v", "?a", "a=b=c", "%61=1", "a=%0d%0ax", "a=1#f", "a=\u{E9}", "&", "a b",
        "a=%zz", "x=<script>",
    ]

    static let methods = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"]

    /// Names that requests carry, rules read and rules edit.
    static let headerNames = ["x-a", "x-b", "x-c"]
    static let headerValues = [
        "1", "a", "b", "ab", "A", "a, b", "", "/a/b", "x=1", "ABC", "\u{E9}", "a\"b\\", "q;r", "{\"k\":\"v\",\"n\":7}",
    ]
    static let userAgents = ["Mozilla/5.0", "curl/8.0", "bot/1.0", "BOT", ""]
    static let referers = [
        "https://alpha.test/", "http://evil.test/x?y", "https://www.beta.test/a", "https://EVIL.test/",
        "http://notalpha.test/alpha.test",
    ]
    /// Of some Envoy takes the header out.
    static let hostileReferers = [
        "", "/a/b", "a/b:c", "a:b", "about:blank", "https://alpha.test/#top", "https://alpha.test/#",
        "http://u@beta.test/",
        "http://@beta.test/", "http://beta_x.test/", "http://beta.test:80/", "http://beta.test:65536/",
        "http://beta.test:/", "http://[::1]:80/a", "http://[1:2]/", "android-app://com.shop/", "1x://beta.test/",
        "//alpha.test/x", "http://", "http:///a", "http://beta.test?q#", "http://beta.test#q",
        "http://beta.test/\u{E9}",
        "http://beta.test/a b", "http://beta.test/{a}|", "/{a}", "-", "https://alpha.test/%zz",
    ]
    static let languages = [
        "de", "en, de;q=0.5", "fr-CH, fr;q=0.9, en;q=0.8, *;q=0.1", "en;q=0.1, de", "de;q=0", ";;,",
    ]
    static let languageTags = ["de", "en", "fr", "fr-CH", "*"]
    static let cookieNames = ["sid", "beta", "a"]
    static let cookies = [
        "sid=1", "sid=2", "beta=1", "beta=0", "a=b=c", "a", "sid=", "a=\"x y\"", "%73id=9", "a=1;sid=3", " beta=1 ",
    ]
    static let forwardedFor = ["9.9.9.9", "9.9.9.9, 8.8.8.8", "10.0.0.1", "unknown", ""]
    static let countries = ["DE", "FR", "US", "T1"]
    static let countryHeader = "x-country"

    static let sources = (2...9).map { "127.0.0.\($0)" }
    static let networks = [
        "127.0.0.2", "127.0.0.4/30", "127.0.0.8/31", "127.0.0.0/29", "127.0.0.3..127.0.0.6", "::1", "::/96",
        "10.0.0.0/8",
        "127.0.0.6/31", "::1/128", "::/0", "2001:db8::/32",
    ]
    /// Whose country header is believed.
    static let trustedPeers = ["127.0.0.4/30", "::1/128"]
    static let stagingAddresses = ["127.0.0.20", "127.0.0.21"]
    static let originNames = ["one", "two", "three"]
    static let responseHeaderNames = [
        "x-origin", "x-powered-by-region", "x-r", "content-type", "vary", "set-cookie", "cache-control",
    ]
}
