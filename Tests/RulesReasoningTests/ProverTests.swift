import RulesLanguage
import RulesReasoning
import Testing

@Suite("What the prover knows")
struct ProverTests {
    private let prover = Prover(lists: ["office": .ips([IPRange("192.0.2.0/24")].compactMap { $0 })])

    private func relation(_ first: String, _ second: String) throws -> Prover.Relation {
        try prover.relation(Expression(first), Expression(second))
    }

    @Test(
        "never",
        arguments: [
            #"http.host eq "a" and http.host eq "b""#,
            #"http.host eq "A.example""#,
            #"lower(http.user_agent) contains "Mozilla""#,
            #"ip.src in {10.0.0.0/8} and not ip.src in {10.0.0.0/9 10.128.0.0/9}"#,
            #"starts_with(http.request.uri.path, "/a") and http.request.uri.path eq "/b""#,
            #"http.request.uri.path matches "^/api/" and not starts_with(http.request.uri.path, "/api")"#,
            #"cf.edge.server_port gt 65535"#,
            #"len(http.user_agent) lt 0"#,
            #"http.user_agent eq "abc" and len(http.user_agent) eq 4"#,
            #"http.request.method in {"GET" "HEAD"} and not http.request.method in {"HEAD" "GET" "PUT"}"#,
            #"(ssl or http.host eq "a") and not ssl and http.host ne "a""#,
            #"ssl xor ssl"#,
            #"ip.src in $office and ip.src eq 198.51.100.1"#,
            #"http.request.headers["k"][0] lt "a" and http.request.headers["k"][0] gt "b""#,
        ])
    func never(_ text: String) throws {
        #expect(prover.isNever(try Expression(text)) == .proven)
    }

    @Test(
        "not never",
        arguments: [
            #"http.host eq "a" or http.host eq "b""#,
            #"http.request.headers["k"][0] ne "a" or http.request.headers["k"][0] eq "a""#,
            #"ip.src in {10.0.0.0/8} and not ip.src in {10.0.0.0/9}"#,
            #"starts_with(http.request.uri.path, "/a") and ends_with(http.request.uri.path, ".php") and http.request.uri.path contains "x""#,
            #"any(http.request.cookies["dev"][*] eq "true") and http.host wildcard "*.example""#,
            #"lower(http.user_agent) contains "bot" and not http.user_agent contains "x""#,
            #"len(http.request.headers["k"]) ge 0"#,
        ])
    func notNever(_ text: String) throws {
        let condition = try Expression(text)
        guard case .refuted(let witness) = prover.isNever(condition) else {
            Issue.record("no example of \(text)")
            return
        }
        #expect(try condition.evaluate(witness.values))
    }

    @Test(
        "always",
        arguments: [
            #"http.host eq "a" or not http.host eq "a""#, #"http.request.uri.path contains """#,
            #"cf.edge.server_port ge 0 or not ssl or ssl"#, #"http.host eq "a" or http.host ne "a""#,
        ])
    func always(_ text: String) throws {
        #expect(prover.isAlways(try Expression(text)) == .proven)
    }

    @Test("A missing value makes neither side true")
    func missing() throws {
        let text = #"http.request.headers["k"][0] eq "a" or http.request.headers["k"][0] ne "a""#
        #expect(prover.isAlways(try Expression(text)) == .refuted(Witness.none))
    }

    @Test("No example is told that no request can have")
    func shape() throws {
        let prover = Prover()
        func example(_ text: String) throws -> Witness? { prover.example(of: try Expression(text)) }
        let both = #"http.request.uri.path.extension eq "css" and starts_with(http.request.uri.path, "/a")"#
        #expect(try example(both)?.values[.path] == .string("/a.css"))
        #expect(try example(#"http.request.uri.path.extension eq "css" and http.request.uri.path eq "/a.js""#) == nil)
        #expect(try example(#"http.request.uri eq "/a?b" and http.request.uri.path eq "/b""#) == nil)
        #expect(try example(#"http.request.full_uri eq "http://a/" and ssl"#) == nil)
    }

    @Test func relations() throws {
        #expect(try relation(#"http.host eq "a""#, #"http.host in {"b" "a"}"#) == .firstWithinSecond)
        #expect(try relation(#"ip.src in {10.0.0.0/8}"#, #"ip.src in {10.1.0.0/16} and ssl"#) == .secondWithinFirst)
        #expect(try relation(#"http.host eq "a""#, #"http.host eq "b""#) == .neverTogether)
        #expect(try relation(#"not (ssl or http.host eq "a")"#, #"not ssl and not http.host eq "a""#) == .same)
        #expect(
            try relation(#"http.request.uri.path strict wildcard "/a*""#, #"http.request.uri.path wildcard "/A*""#)
                == .firstWithinSecond)
        #expect(
            try relation(#"http.host wildcard "*.a.example""#, #"http.host wildcard "*.example""#) == .firstWithinSecond
        )
        guard case .overlapping = try relation(#"http.host eq "a""#, "ssl") else {
            Issue.record("two fields have nothing to do with each other")
            return
        }
    }
}

extension Witness {
    fileprivate static let none = Witness(values: [:])
}
