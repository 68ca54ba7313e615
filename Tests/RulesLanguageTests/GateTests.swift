import RulesLanguage
import TestKit
import Testing

@Suite("Gates: what passes over conditions that cannot hold")
struct GateTests {
    private static func isShut(_ program: Program, _ values: [FieldID: FieldValue]) -> Bool {
        let store = FieldStore(values)
        return program.bytes.withUnsafeBytes { GateTable([$0]).next(0, 1, store.table) == 1 }
    }

    private static let request: [FieldID: FieldValue] = [
        .path: .string("/products/Shoes"), .method: .string("GET"), .sourceIP: .ip(IPAddress(v4: 0xc633_6407)),
        .userAgent: .string("Mozilla/5.0 GoodBot"),
        .headers: .map([.init("x-beta", "1"), .init("accept", "text/html")]),
    ]

    @Test(
        "Conditions that a glance at the request refutes",
        arguments: [
            #"http.request.uri.path eq "/products/Shirt""#, #"http.request.uri.path eq "/products/Shoe""#,
            #"http.request.uri.path contains "qz""#, #"http.request.uri.path contains "/products/Shoes/1""#,
            #"starts_with(http.request.uri.path, "/admin")"#, #"ends_with(http.request.uri.path, ".php")"#,
            #"starts_with(lower(http.request.uri.path), "/admin")"#, #"lower(http.user_agent) contains "wget""#,
            #"upper(http.request.method) eq "POST""#, #"http.request.uri.path wildcard "/Admin/*""#,
            #"http.request.method in {"POST" "PUT"}"#, "ip.src in {10.0.0.0/8 2001:db8::/32}", "ip.src eq 10.1.2.3",
            #"any(http.request.headers["x-other"][*] eq "1")"#, #"http.request.headers["x-other"][0] contains "1""#,
            #"len(http.request.headers["x-other"][0]) gt 0"#, #"any(http.request.headers.names[*] eq "x-other")"#,
            #"has_key(http.request.headers, "x-other")"#, #"http.referer eq """#,
            #"http.request.method eq "POST" or starts_with(http.request.uri.path, "/admin")"#,
            #"ssl and http.request.method eq "POST""#,
        ])
    func shut(text: String) throws {
        let program = try ProgramCompiler().compile(Expression(text))
        #expect(Self.isShut(program, Self.request))
    }

    @Test(
        "Conditions that hold, or that a glance says nothing about",
        arguments: [
            #"http.request.uri.path eq "/products/Shoes""#, #"http.request.uri.path contains "ts/Sh""#,
            #"lower(http.request.uri.path) eq "/products/shoes""#, #"lower(http.user_agent) contains "goodbot""#,
            #"http.request.uri.path wildcard "/PRODUCTS/*""#, #"starts_with(http.request.uri.path, "")"#,
            #"http.request.uri.path contains """#, "ip.src in {198.51.100.0/24}", "not ip.src in {10.0.0.0/8}",
            #"any(http.request.headers.names[*] eq "accept")"#, #"all(http.request.headers.names[*] ne "host")"#,
            #"concat(http.request.headers["x-other"][0], "a") eq "a""#, #"not http.request.method eq "POST""#,
            #"http.request.method eq "POST" xor http.request.method eq "GET""#, #"http.request.method in {"GET"}"#,
        ])
    func open(text: String) throws {
        let program = try ProgramCompiler().compile(Expression(text))
        #expect(!Self.isShut(program, Self.request))
        #expect(try ProgramRunner(program).matches(Self.request))
    }

    /// A shut gate is never wrong, whatever the condition and the request.
    @Test func shutGatesAgreeWithTheReference() throws {
        var random = SeededGenerator.announced("gates against reference")
        var (shut, cases) = (0, 0)
        for _ in 0..<6_000 {
            let expression = RandomExpression.expression(RandomExpression.condition(depth: 2, &random))
            let program = try ProgramCompiler().compile(expression)
            for _ in 0..<6 {
                let request = RandomExpression.request(&random)
                cases += 1
                guard Self.isShut(program, request) else { continue }
                shut += 1
                #expect(!Reference(fields: request).truth(expression.root), "\(expression.canonical) on \(request)")
            }
        }
        #expect(shut > cases / 20, "\(shut) of \(cases)")
    }

    /// A field that changes is looked at anew.
    @Test func gatesFollowTheFields() throws {
        let program = try ProgramCompiler().compile(Expression(#"http.request.uri.path contains "new""#))
        var table = FieldTable()
        let (old, new) = (Array("/old".utf8), Array("/new".utf8))
        program.bytes.withUnsafeBytes { bytes in
            let gates = GateTable([bytes, bytes])
            old.withUnsafeBytes { table.setBytes(.path, $0) }
            #expect(gates.next(0, 2, table) == 2)
            new.withUnsafeBytes { text in
                table.setBytes(.path, text)
                #expect(gates.next(0, 2, table) == 0)
            }
            table.removeAll()
            #expect(gates.next(0, 2, table) == 2)
        }
    }
}
