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

    /// Conditions as large rule sets have them: mostly one kind after another, each with a text of its own.
    private static func ruleSet(_ count: Int, _ random: inout SeededGenerator) -> [String] {
        var texts: [String] = []
        var kind = Int.random(in: 0..<11, using: &random)
        while texts.count < count {
            // In turn, so that a large set has every kind.
            kind = (kind + 1) % 11
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                let number = Int.random(in: 0..<60, using: &random)
                switch kind {
                case 0: texts.append("http.request.uri.path eq \"/old-\(number)\"")
                case 1: texts.append("starts_with(http.request.uri.path, \"/a\(number)\")")
                case 2: texts.append("http.request.uri.path wildcard \"/P-\(number)/*\"")
                case 3: texts.append("http.host in {\"h\(number).test\" \"www.h\(number).test\"}")
                case 4: texts.append("ip.src in {\(number * 4).0.0.0/7 2001:db8:\(number)::/48}")
                case 5: texts.append("ip.src in {10.0.\(number).0/24} or http.host eq \"h\(number).test\"")
                case 6: texts.append("lower(http.user_agent) contains \"bot-\(number)\"")
                case 7: texts.append("http.request.method eq \"POST\" and http.request.uri.path eq \"/\(number)\"")
                case 8: texts.append("not http.request.uri.path eq \"/old-\(number)\"")
                case 9: texts.append("any(http.request.headers.names[*] eq \"x-\(number)\")")
                default:
                    let expression = RandomExpression.expression(RandomExpression.condition(depth: 2, &random))
                    texts.append(expression.canonical)
                }
            }
        }
        return Array(texts.prefix(count))
    }

    private static func request(_ random: inout SeededGenerator) -> [FieldID: FieldValue] {
        var request = RandomExpression.request(&random)
        let number = Int.random(in: 0..<60, using: &random)
        let paths = ["/old-\(number)", "/a\(number)/b", "/p-\(number)/x", "/\(number)", "/", ""]
        if Bool.random(using: &random) { request[.path] = .string(paths.randomElement(using: &random) ?? "/") }
        if Bool.random(using: &random) { request[.httpHost] = .string("h\(number).test") }
        if Bool.random(using: &random) { request[.method] = .string("POST") }
        if Bool.random(using: &random) { request[.userAgent] = .string("Bot-\(number)/1.0") }
        if Bool.random(using: &random) {
            let isIPv6 = Bool.random(using: &random)
            let high = 0x2001_0db8_0000_0000 | UInt64(number) << 16
            request[.sourceIP] = .ip(
                isIPv6 ? IPAddress(v6High: high, low: 1) : IPAddress(v4: .random(in: 0...UInt32.max, using: &random)))
        }
        return request
    }

    /// Passing over many conditions at once finds the same next one as asking each alone, wherever it begins and ends.
    @Test func manyConditionsArePassedOverAsOneByOne() throws {
        var random = SeededGenerator.announced("index of gates")
        var (passed, found) = (0, 0)
        for count in [1, 4, 63, 64, 65, 128, 200, 700] {
            let programs = try Self.ruleSet(count, &random).map { try ProgramCompiler().compile(Expression($0)) }
            let memory = programs.map { program in
                let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: program.bytes.count, alignment: 16)
                copy.copyBytes(from: program.bytes)
                return copy
            }
            defer { for copy in memory { copy.deallocate() } }
            let table = GateTable(memory.map { UnsafeRawBufferPointer($0) })
            for _ in 0..<40 {
                let store = FieldStore(Self.request(&random))
                let open = memory.map { GateTable([UnsafeRawBufferPointer($0)]).next(0, 1, store.table) == 0 }
                for _ in 0..<20 {
                    let start = Int.random(in: 0...count, using: &random)
                    let end = Int.random(in: start...count, using: &random)
                    let expected = (start..<end).first { open[$0] } ?? end
                    #expect(table.next(start, end, store.table) == expected, "\(start)..<\(end) of \(count)")
                    passed += expected - start
                    found += expected < end ? 1 : 0
                }
                #expect(table.next(0, count + 5, store.table) == open.firstIndex(of: true) ?? count)
            }
        }
        #expect(passed > 10_000 && found > 500, "\(passed) passed over, \(found) found")
    }
}
