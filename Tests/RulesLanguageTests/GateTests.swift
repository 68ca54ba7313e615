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
            #"ssl and http.request.method eq "POST""#, #"http.request.uri.path wildcard "*/hats/*""#,
            #"http.request.uri.path matches "^/shop/[0-9]+$""#, #"lower(http.request.uri.path) matches "x+/Hats(/|$)""#,
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
            #"http.request.uri.path wildcard "*/SHOES""#, #"http.request.uri.path matches "/Shoes|/much-longer-hats""#,
            #"http.request.uri.path matches "^/productss?/S""#, #"http.request.uri.path matches "(/hats)?/Shoes$""#,
            #"http.request.uri.path matches "(?i)/PRODUCTS/""#, #"http.request.uri.path matches "/productsx{0,2}/""#,
            #"http.request.uri.path matches "/[^]hats]roducts""#,
            #"http.request.uri.path matches "/x*products/\x53hoes""#,
            #"http.request.uri.path matches "(?:hats|(p[a-z(|)]+))/Sh""#,
            #"http.request.uri.path matches "/pro\w+s/+Sho""#,
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
        let kinds = 18
        var kind = Int.random(in: 0..<kinds, using: &random)
        while texts.count < count {
            // In turn, so that a large set has every kind.
            kind = (kind + 1) % kinds
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
                case 10: texts.append("http.request.uri.path matches \"^/v[0-9]+/item-\(number)(/|$)\"")
                case 11: texts.append("http.request.uri.path wildcard \"*/Deep-\(number)/*.php\"")
                case 12: texts.append("ends_with(http.request.uri.path, \"/page-\(number).html\")")
                case 13: texts.append("ip.src in {\(number).0.0.3..\(number + 9).1.7.250}")
                case 14:
                    let hosts = (0..<40).map { "\"h\(number + $0).test\"" }.joined(separator: " ")
                    texts.append("http.host in {\(hosts)} and http.request.method eq \"POST\"")
                case 15:
                    let paths = (0..<20).map { "starts_with(http.request.uri.path, \"/old-\(number + $0)\")" }
                    texts.append(paths.joined(separator: " or "))
                case 16:
                    texts.append(
                        "any(http.request.headers[\"x-\(number)\"][*] eq \"1\") or ip.src eq 2001:db8::\(number)")
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
        let paths = [
            "/old-\(number)", "/a\(number)/b", "/p-\(number)/x", "/\(number)", "/", "", "/V2/item-\(number)",
            "/v2/item-\(number)/1", "/x/deep-\(number)/y/z.PHP", "/page-\(number).html",
            String(repeating: "/page-\(number).html", count: 200),
        ]
        if Bool.random(using: &random) { request[.path] = .string(paths.randomElement(using: &random) ?? "/") }
        if Bool.random(using: &random) { request[.httpHost] = .string("h\(number).test") }
        if Bool.random(using: &random) { request[.method] = .string("POST") }
        if Bool.random(using: &random) { request[.userAgent] = .string("Bot-\(number)/1.0") }
        if Bool.random(using: &random) {
            let names = (0..<Int.random(in: 0...150, using: &random)).map { _ in Int.random(in: 0..<90, using: &random)
            }
            request[.headers] = .map(names.map { .init("x-\($0)", "1") })
            request[.headersNames] = .list(names.map { Array("x-\($0)".utf8) })
        }
        if Bool.random(using: &random) {
            let isIPv6 = Bool.random(using: &random)
            let high = 0x2001_0db8_0000_0000 | UInt64(number) << 16
            request[.sourceIP] = .ip(
                isIPv6 ? IPAddress(v6High: high, low: 1) : IPAddress(v4: .random(in: 0...UInt32.max, using: &random)))
        }
        return request
    }

    /// Passing over many conditions at once finds the same next one as asking each alone, wherever it begins and ends. A
    /// directory, which knows more of what conditions need, leaves out none that holds.
    @Test func manyConditionsArePassedOverAsOneByOne() throws {
        var random = SeededGenerator.announced("index of gates")
        var (passed, found, refuted) = (0, 0, 0)
        for count in [1, 4, 63, 64, 65, 128, 200, 700, 2_500] {
            let conditions = try Conditions(Self.ruleSet(count, &random))
            let tables = Tables(single: conditions.table(from: .max), directory: conditions.table(from: 0))
            for _ in 0..<(count > 1_000 ? 24 : 40) {
                let request = Self.request(&random)
                let store = FieldStore(request)
                let all = Self.all(tables.directory, count, store.table)
                let open = conditions.memory.map {
                    GateTable([UnsafeRawBufferPointer($0)]).next(0, 1, store.table) == 0
                }
                for _ in 0..<20 {
                    let start = Int.random(in: 0...count, using: &random)
                    let end = Int.random(in: start...count, using: &random)
                    let expected = (start..<end).first { open[$0] } ?? end
                    #expect(tables.single.next(start, end, store.table) == expected, "\(start)..<\(end) of \(count)")
                    let listed = all.first { start..<end ~= $0 } ?? end
                    #expect(tables.directory.next(start, end, store.table) == listed, "\(start)..<\(end) of \(count)")
                    passed += expected - start
                    found += expected < end ? 1 : 0
                }
                #expect(Self.all(tables.single, count, store.table) == (0..<count).filter { open[$0] })
                #expect(tables.single.next(0, count + 5, store.table) == open.firstIndex(of: true) ?? count)
                #expect(tables.directory.next(0, count + 5, store.table) == all.first ?? count)
                #expect(all.allSatisfy { open[$0] })
                let left = Set(all)
                for number in 0..<count where open[number] && !left.contains(number) {
                    refuted += 1
                    #expect(try !conditions.holds(number, request), "\(conditions.texts[number]) on \(request)")
                }
            }
        }
        #expect(passed > 10_000 && found > 500 && refuted > 2_000, "\(passed) passed over, \(found) found, \(refuted)")
    }

    /// However short the shortest part is that is asked for, and wherever a text has it: at its beginning, at its end and
    /// at every distance between.
    @Test(arguments: 2...9) func aPartIsFoundWhereverItStands(shortest: Int) throws {
        var random = SeededGenerator.announced("parts of \(shortest)")
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let parts = (0..<60).map { number in
            String((0..<shortest + number % 5).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
        let conditions = try Conditions(parts.map { "http.user_agent contains \"\($0)\"" })
        let table = conditions.table(from: 0)
        var (asked, passed) = (0, 0)
        for (number, part) in parts.enumerated() {
            for before in 0..<10 {
                for after in [0, 1, 5] {
                    let text = String(repeating: "-", count: before) + part + String(repeating: "-", count: after)
                    let store = FieldStore([.userAgent: .string(text)])
                    let open = Self.all(table, parts.count, store.table)
                    #expect(open.contains(number), "\(part) in \(text)")
                    (asked, passed) = (asked + parts.count, passed + parts.count - open.count)
                }
            }
        }
        // A pair of letters is in more texts than a part of nine.
        #expect(passed > asked / 2, "\(passed) of \(asked) passed over")
    }

    private struct Tables: ~Copyable {
        let single: GateTable
        let directory: GateTable
    }

    /// Programs in memory that stays.
    private final class Conditions {
        let texts: [String]
        let memory: [UnsafeMutableRawBufferPointer]
        private let programs: [Program]

        init(_ texts: [String]) throws {
            self.texts = texts
            programs = try texts.map { try ProgramCompiler().compile(Expression($0)) }
            memory = programs.map { program in
                let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: program.bytes.count, alignment: 16)
                copy.copyBytes(from: program.bytes)
                return copy
            }
        }

        deinit { for copy in memory { copy.deallocate() } }

        func holds(_ number: Int, _ request: [FieldID: FieldValue]) throws -> Bool {
            try ProgramRunner(programs[number]).matches(request)
        }

        func table(from minimum: Int) -> GateTable {
            GateTable(memory.map { UnsafeRawBufferPointer($0) }, directoryFrom: minimum)
        }
    }

    private static func all(_ table: borrowing GateTable, _ count: Int, _ fields: borrowing FieldTable) -> [Int] {
        var found: [Int] = []
        var next = 0
        while next < count {
            next = table.next(next, count, fields)
            if next < count { found.append(next) }
            next += 1
        }
        return found
    }

    /// A directory keeps its answers only as long as nothing changes: neither the fields nor who asks.
    @Test func directoriesFollowTheFields() throws {
        let first = try Conditions((0..<300).map { "http.host eq \"h\($0).test\"" })
        let second = try Conditions((0..<300).map { "starts_with(http.host, \"h\(299 - $0).\")" })
        let tables = Tables(single: second.table(from: 0), directory: first.table(from: 0))
        var fields = FieldTable()
        Array("h7.test".utf8).withUnsafeBytes { host in
            fields.setBytes(.httpHost, host)
            #expect(tables.directory.next(0, 300, fields) == 7)
            #expect(tables.single.next(0, 300, fields) == 292)
            #expect(tables.directory.next(8, 300, fields) == 300)
            #expect(tables.directory.next(3, 300, fields) == 7)
        }
        Array("h9.test".utf8).withUnsafeBytes { host in
            fields.setBytes(.httpHost, host)
            #expect(tables.directory.next(8, 300, fields) == 9)
        }
        fields.removeAll()
        #expect(tables.directory.next(0, 300, fields) == 300)
    }

    /// A part is found where the text begins and where it ends.
    @Test(arguments: [("q105/a", 5), ("/a/q105", 5), ("q105", 5), ("q10", 20), ("/a/zz", 20), ("zz", 20), ("z", 21)])
    func directoriesFindPartsAtTheEnds(path: String, expected: Int) throws {
        let texts = (100..<120).map { "http.request.uri.path contains \"q\($0)\"" }
        let last = path == "q10" ? "q10" : "zz"
        let conditions = try Conditions(texts + ["http.request.uri.path contains \"\(last)\""])
        let tables = Tables(single: GateTable([]), directory: conditions.table(from: 0))
        let store = FieldStore([.path: .string(path)])
        #expect(tables.directory.next(0, 21, store.table) == expected)
    }

    /// Of many conditions that ask for things of many kinds hardly any but those that hold is looked at.
    @Test func directoriesPassOverNearlyAll() throws {
        let texts = (0..<3_000).map { number in
            switch number % 8 {
            case 0: "http.host in {\"h\(number).test\" \"www.h\(number).test\"}"
            case 1: "starts_with(http.request.uri.path, \"/products/category-\(number)/\")"
            case 2: "ip.src in {10.\(number / 256).\(number % 256).0/24 2001:db8:\(number)::/48}"
            case 3: "lower(http.user_agent) contains \"crawler-\(number)-\""
            case 4: "http.request.uri.path matches \"^/v[0-9]+/item-\(number)-\""
            case 5: "any(http.request.headers[\"x-tenant-\(number)\"][*] eq \"1\")"
            case 6:
                "http.request.method eq \"GET\" and lower(http.request.uri.path) eq \"/products/category-\(number)/\""
            default: "http.request.uri.path wildcard \"*/category-\(number)/*\""
            }
        }
        let table = Tables(single: GateTable([]), directory: try Conditions(texts).table(from: 0))
        let store = FieldStore([
            .httpHost: .string("www.h800.test"), .path: .string("/Products/category-801/x"), .method: .string("GET"),
            .sourceIP: .ip(IPAddress(v4: 0x0a03_2207)), .userAgent: .string("Crawler-803-bot"),
            .headers: .map([.init("x-tenant-805", "1"), .init("accept", "*/*")]),
        ])
        let found = Self.all(table.directory, texts.count, store.table)
        #expect(Set(found).isSuperset(of: [800, 802, 803, 805]) && found.count <= 12, "\(found)")
    }
}
